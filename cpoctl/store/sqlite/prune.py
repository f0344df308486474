"""Pruning: journal, events, transfers and grants grow old and large; sessions and outages never do, meter values at most thin out.

Each step is a short transaction of the writer's, so that no Call waits long (RELIABILITY D-15). A step
walks the table in its own order instead of asking an index: an index on the journal's age would cost
every message a fifth of its commit (measured), a walk costs a second an hour. Freed pages are used
again by what comes next, so the file stops growing; `VACUUM` alone would shrink it.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cpoctl.clock import stored
from cpoctl.store.sqlite.thin import Thinning
from cpoctl.store.sqlite.writer import Job

Run = Callable[[Job], Awaitable[Any]]

_ROWS_A_STEP = 5000
_MONEY = "action NOT IN ('StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent')"
_ANY = "1"
_ENDED = "state <> 'running'"
# A file that is kept stays listed; the newest row stays too, so that no number is given twice.
_LEFT_NOTHING = "state <> 'running' AND kept IS NULL AND transfer_id < (SELECT max(transfer_id) FROM transfer)"
_EXPIRED_GRANTS = """
DELETE FROM file_grant WHERE grant_id IN (
    SELECT grant_id FROM file_grant WHERE expires_at < ? AND grant_id < (SELECT max(grant_id) FROM file_grant) LIMIT ?
)
"""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long what is kept; tasks as long as events, grants until they expire. `database_bytes` makes the journal give way, though never its last day."""

    journal: timedelta = timedelta(days=14)
    transaction_frames: timedelta = timedelta(days=400)
    events: timedelta = timedelta(days=90)
    transfers: timedelta = timedelta(days=400)
    database_bytes: int | None = None
    samples: timedelta | None = None  # after which meter values are thinned; None: they stay as they were told


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What a run of pruning has deleted."""

    journal_rows: int
    event_rows: int
    tasks: int
    transfers: int
    grants: int
    samples: int


@dataclass
class _Walk:
    """Deletes rows that are older than a time and fit a condition, a step at a time, from where it was.

    `dated` is the column with their time; rows of `with_it` go with the rows whose `shared` columns they have.
    """

    table: str
    key: str
    condition: str
    dated: str = "at"
    with_it: str = ""
    shared: str = ""
    reached: int = 0
    deleted: int = 0

    def step(self, before: str, limit: int | None = None) -> Job:
        """A step as a job for the writer; it returns whether there is more to do."""

        def job(connection: sqlite3.Connection) -> bool:
            if limit is not None and _used_bytes(connection) <= limit:
                return False
            last = connection.execute(self._next(), (self.reached, _ROWS_A_STEP, before)).fetchone()[0]
            if last is None:
                return False
            if self.with_it:
                connection.execute(self._companions(), (self.reached, last))
            self.deleted += connection.execute(self._deletion(), (self.reached, last)).rowcount
            self.reached = last
            return True

        return job

    def _next(self) -> str:
        rows = f"SELECT {self.key}, {self.dated} FROM {self.table} WHERE {self.key} > ? ORDER BY {self.key} LIMIT ?"  # noqa: S608 # ours
        return f"SELECT max({self.key}) FROM ({rows}) WHERE {self.dated} < ?"  # noqa: S608 # ours

    def _deletion(self) -> str:
        return f"DELETE FROM {self.table} WHERE {self._chosen()}"  # noqa: S608 # ours

    def _companions(self) -> str:
        chosen = f"SELECT {self.shared} FROM {self.table} WHERE {self._chosen()}"  # noqa: S608 # ours
        return f"DELETE FROM {self.with_it} WHERE ({self.shared}) IN ({chosen})"  # noqa: S608 # ours

    def _chosen(self) -> str:
        return f"{self.key} > ? AND {self.key} <= ? AND {self.condition}"

    async def all(self, run: Run, before: datetime, limit: int | None = None) -> int:
        """Walk until nothing is old enough, or the database is small enough; returns how many rows went."""
        self.deleted = 0
        step = self.step(stored(before), limit)
        while await run(step):
            pass
        return self.deleted


def _journal(condition: str) -> _Walk:
    return _Walk("journal", "journal_id", condition, with_it="journal_of_charger", shared="charger_id, journal_id")


class Pruner:
    """Prunes one database; it remembers how far it has walked through frames that stay."""

    def __init__(self) -> None:
        self._shortlived = _journal(_MONEY)

    async def prune(self, run: Run, policy: Retention, now: datetime) -> Pruned:
        """Delete what has outlived the policy."""
        journal = await self._shortlived.all(run, now - policy.journal)
        journal += await _journal(_ANY).all(run, now - policy.transaction_frames)
        if policy.database_bytes is not None:
            yesterday = now - timedelta(days=1)
            for condition in (_MONEY, _ANY):
                journal += await _journal(condition).all(run, yesterday, policy.database_bytes)
        before = now - policy.events
        events = await _Walk("event", "seq", _ANY).all(run, before)
        ended = _Walk("task", "task_id", _ENDED, dated="started_at", with_it="task_target", shared="task_id")
        moved = _Walk("transfer", "transfer_id", _LEFT_NOTHING, dated="started_at")
        return Pruned(
            journal_rows=journal,
            event_rows=events,
            tasks=await ended.all(run, before),
            transfers=await moved.all(run, now - policy.transfers),
            grants=await _expired(run, now),
            samples=0 if policy.samples is None else await _thinned(run, now - policy.samples),
        )


async def _thinned(run: Run, before: datetime) -> int:
    """Thin old meter values; how many went."""
    thinning = Thinning(before)
    for step in (thinning.of_sessions(), thinning.of_loose()):
        while await run(step):
            pass
    return thinning.gone


async def _expired(run: Run, now: datetime) -> int:
    """Forget the secrets that work no longer; how many."""

    def job(connection: sqlite3.Connection) -> int:
        return connection.execute(_EXPIRED_GRANTS, (stored(now), _ROWS_A_STEP)).rowcount

    gone = 0
    while some := await run(job):
        gone += some
    return gone


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
