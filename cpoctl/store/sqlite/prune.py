"""Pruning: the journal and the events grow old and large; sessions, meter values and outages never do.

Each step is a short transaction of the writer's, so that no Call waits long (RELIABILITY D-15).
"""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cpoctl.clock import stored
from cpoctl.store.sqlite.writer import Job

Run = Callable[[Job], Awaitable[Any]]

_ROWS_A_STEP = 5000
_PAGES_A_STEP = 500
_SHORTLIVED = "action NOT IN ('StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent')"
_OLD_SHORTLIVED = f"SELECT journal_id FROM journal WHERE {_SHORTLIVED} AND at < ? LIMIT ?"  # noqa: S608
# Everything before the row that is too young has gone: a step looks at its own rows only.
_OLD = "SELECT journal_id FROM (SELECT journal_id, at FROM journal ORDER BY journal_id LIMIT ?2) WHERE at < ?1"
_OLD_EVENTS = "SELECT seq FROM (SELECT seq, at FROM event ORDER BY seq LIMIT ?2) WHERE at < ?1"


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long what is kept. `database_bytes` makes the journal give way, though never its last day."""

    journal: timedelta = timedelta(days=14)
    transaction_frames: timedelta = timedelta(days=400)
    events: timedelta = timedelta(days=90)
    database_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What a run of pruning has deleted."""

    journal_rows: int
    event_rows: int
    pages: int


async def prune(run: Run, policy: Retention, now: datetime) -> Pruned:
    """Delete what has outlived the policy, then give free pages back to the disk."""
    journal = await _repeat(run, _deletion("journal", "journal_id", _OLD_SHORTLIVED, now - policy.journal))
    journal += await _repeat(run, _deletion("journal", "journal_id", _OLD, now - policy.transaction_frames))
    if policy.database_bytes is not None:
        for old in (_OLD_SHORTLIVED, _OLD):
            delete = _deletion("journal", "journal_id", old, now - timedelta(days=1))
            journal += await _repeat(run, _while_larger(policy.database_bytes, delete))
    events = await _repeat(run, _deletion("event", "seq", _OLD_EVENTS, now - policy.events))
    return Pruned(journal_rows=journal, event_rows=events, pages=await _repeat(run, _give_back))


async def _repeat(run: Run, step: Callable[[sqlite3.Connection], int]) -> int:
    total = 0
    while count := await run(step):
        total += count
    return total


def _deletion(table: str, key: str, old: str, before: datetime) -> Callable[[sqlite3.Connection], int]:
    sql = f"DELETE FROM {table} WHERE {key} IN ({old})"  # noqa: S608 - all three are ours
    return lambda connection: connection.execute(sql, (stored(before), _ROWS_A_STEP)).rowcount


def _while_larger(limit: int, step: Callable[[sqlite3.Connection], int]) -> Callable[[sqlite3.Connection], int]:
    return lambda connection: step(connection) if _used_bytes(connection) > limit else 0


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _give_back(connection: sqlite3.Connection) -> int:
    free = int(connection.execute("PRAGMA freelist_count").fetchone()[0])
    count = min(free, _PAGES_A_STEP)
    for _ in range(count):  # sqlite3 takes only one step of this pragma, whatever number it is given
        connection.execute("PRAGMA incremental_vacuum(1)")
    return count
