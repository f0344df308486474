"""How large a generated history is, and when it ends."""

from dataclasses import dataclass
from datetime import datetime

from cpoctl.simulator.history.stamps import DAY

A_DAY = 4.2
"""Sessions of a charger in a day, where nothing else is asked for."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A network of so many chargers, watched for so many days; another seed is another network."""

    until: datetime
    chargers: int = 200
    days: int = 365
    sessions: int | None = None
    """About how many; None: what such chargers usually have."""
    sample_s: int = 900
    """From one meter sample of a session to the next; 0: none."""
    seed: int = 0

    @property
    def end(self) -> int:
        """When it ends, in seconds since 1970."""
        return int(self.until.timestamp())

    @property
    def begin(self) -> int:
        """When it begins."""
        return self.end - self.days * DAY

    @property
    def visits(self) -> float:
        """How many drivers come."""
        return self.chargers * self.days * A_DAY if self.sessions is None else float(self.sessions)
