"""What a fleet of simulated chargers has been through, counted."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.simulator.narration import Happening
from cpoctl.table import Column


@dataclass
class Tally:
    """Counts as it listens."""

    chargers: Annotated[int, Column("CHARGERS", 1, "right")] = 0
    misbehaving: Annotated[int, Column("MISBEHAVING", 2, "right")] = 0
    accepted: Annotated[int, Column("ACCEPTED", 1, "right")] = 0
    connections: Annotated[int, Column("CONNECTIONS", 2, "right")] = 0
    sessions: Annotated[int, Column("SESSIONS", 1, "right")] = 0
    answered: Annotated[int, Column("ANSWERED", 1, "right")] = 0
    misbehaved: Annotated[int, Column("MISBEHAVED", 2, "right")] = 0

    def hear(self, happening: Happening) -> None:
        """Count what has happened. A charger is accepted once, however often it boots."""
        what = happening.what
        self.connections += what == "connected"
        self.sessions += what == "session started"
        self.answered += what.startswith("answered ")
        self.misbehaved += what.startswith("misbehaves at ")
        if what.startswith("cannot connect"):
            self.trouble = f"{happening.charger_id} {what}"
        if what == "booted" and happening.detail == "Accepted" and happening.charger_id not in self._known:
            self._known.add(happening.charger_id)
            self.accepted += 1

    def __post_init__(self) -> None:
        self._known: set[str] = set()
        self.trouble = ""
        """Why a charger could not connect, the last time that one could not."""

    def __str__(self) -> str:
        told = f"{self.accepted} of {self.chargers} accepted, {self.sessions} sessions, {self.answered} Calls answered"
        return f"{told}; {self.trouble}" if self.trouble and self.accepted < self.chargers else told
