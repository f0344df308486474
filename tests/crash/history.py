"""What the chargers sent and what was acknowledged, and the comparison of that with a database.

Kept outside the server, so that the server cannot be wrong about it. Energy and time never repeat for one charger,
so each message is known by them.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PERIODIC = "Sample.Periodic"


@dataclass(slots=True)
class Sample:
    """One MeterValues Call."""

    timestamp: str
    energy_wh: int
    acked: bool = False


@dataclass(slots=True)
class Session:
    """One session as its charger sees it."""

    charger_id: str
    meter_start_wh: int
    transaction_id: int | str | None = None
    """The server's number in 1.6, the charger's own text in 2.x; there is one as soon as the start is acknowledged."""
    samples: list[Sample] = field(default_factory=list)
    meter_stop_wh: int | None = None
    """Where the meter stood when the stop was sent."""
    stop_acked: bool = False


def problems(sent: Iterable[Session], database: Path) -> list[str]:
    """Compare: acked ⊆ stored ⊆ sent, each once, in the chargers' order, with the chargers' energy."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        damage = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        stored = _Stored(connection)
    found = [f"integrity: {line}" for line in damage]
    for session in sent:
        found += _session_problems(session, stored)
    return found + stored.unclaimed() + stored.out_of_order()


class _Stored:
    """The rows of the database, by what makes them unique for a charger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.sessions: dict[tuple[str, int], list[sqlite3.Row]] = defaultdict(list)
        self.samples: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
        self._claimed: set[Any] = set()
        for row in connection.execute("SELECT * FROM session ORDER BY session_id"):
            self.sessions[row["charger_id"], int(row["meter_start_wh"])].append(row)
        for row in connection.execute("SELECT * FROM meter_value WHERE context = ?", (_PERIODIC,)):
            self.samples[row["charger_id"], row["timestamp_raw"]].append(row)

    def take_sessions(self, session: Session) -> list[sqlite3.Row]:
        """Return the rows of a session."""
        key = (session.charger_id, session.meter_start_wh)
        self._claimed.add(key)
        return self.sessions.get(key, [])

    def take_samples(self, charger_id: str, sample: Sample) -> list[sqlite3.Row]:
        """Return the rows of a MeterValues Call."""
        key = (charger_id, sample.timestamp)
        self._claimed.add(key)
        return self.samples.get(key, [])

    def unclaimed(self) -> list[str]:
        """Name the rows that nobody sent."""
        keys = [*self.sessions, *self.samples]
        return [
            f"{charger} {what}: stored, but never sent"
            for charger, what in keys
            if (charger, what) not in self._claimed
        ]

    def out_of_order(self) -> list[str]:
        """Name the chargers whose sessions are not stored in the order of their energy."""
        starts: dict[str, list[int]] = defaultdict(list)
        by_number = sorted((row["session_id"], *key) for key, rows in self.sessions.items() for row in rows)
        for _, charger, meter_start in by_number:
            starts[charger].append(meter_start)
        return [f"{charger}: sessions out of order" for charger, meters in starts.items() if meters != sorted(meters)]


def _session_problems(session: Session, stored: _Stored) -> Iterator[str]:
    name = f"{session.charger_id} session from {session.meter_start_wh} Wh"
    rows = stored.take_sessions(session)
    if len(rows) > 1:
        yield f"{name}: stored {len(rows)} times"
    if session.transaction_id is not None:
        if not rows:
            yield f"{name}: acknowledged start is missing"
        elif all(row["transaction_id"] != str(session.transaction_id) for row in rows):
            yield f"{name}: acknowledged as {session.transaction_id}, stored as {rows[0]['transaction_id']}"
    for row in rows[:1]:
        yield from _stop_problems(name, session, row)
    for sample in session.samples:
        yield from _sample_problems(name, session, sample, stored, {row["session_id"] for row in rows})


def _stop_problems(name: str, session: Session, row: sqlite3.Row) -> Iterator[str]:
    if row["stopped_at"] is None:
        if session.stop_acked:
            yield f"{name}: acknowledged stop is missing"
    elif session.meter_stop_wh is None:
        yield f"{name}: stopped, but no stop was sent"
    elif row["meter_stop_wh"] != session.meter_stop_wh:
        yield f"{name}: stopped at {row['meter_stop_wh']} Wh instead of {session.meter_stop_wh} Wh"
    elif row["energy_wh"] != session.meter_stop_wh - session.meter_start_wh:
        yield f"{name}: {row['energy_wh']} Wh instead of {session.meter_stop_wh - session.meter_start_wh} Wh"


def _sample_problems(
    name: str, session: Session, sample: Sample, stored: _Stored, session_ids: set[int]
) -> Iterator[str]:
    rows = stored.take_samples(session.charger_id, sample)
    if sample.acked and not rows:
        yield f"{name}: acknowledged meter value of {sample.timestamp} is missing"
    if len(rows) > 1:
        yield f"{name}: meter value of {sample.timestamp} is stored {len(rows)} times"
    for row in rows:
        if row["energy_wh"] != sample.energy_wh:
            yield f"{name}: {row['energy_wh']} Wh at {sample.timestamp} instead of {sample.energy_wh} Wh"
        if row["session_id"] not in session_ids:
            yield f"{name}: meter value of {sample.timestamp} belongs to session {row['session_id']}"
