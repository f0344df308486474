"""The journal by charger: every row is found, whether the index has reached it or not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpoctl.clock import stored
from cpoctl.store import DuplicateRow, rows
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.journal_index import EVERY
from cpoctl.store.sqlite.prune import Retention
from cpoctl.store.sqlite.store import SqliteStore
from tests.store.conftest import frame

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OF_ONE = "SELECT journal_id FROM charger_journal WHERE charger_id = ? ORDER BY journal_id DESC LIMIT ?"
INDEXED = "SELECT count(*) AS rows, (SELECT journal_id FROM journal_mark) AS mark FROM journal_of_charger"


def frames(first: int, last: int, *, age: timedelta = timedelta(0)) -> list[rows.Journal]:
    """Rows of two chargers by turns."""
    at = stored(NOW - age)
    return [frame(n, action="Heartbeat", at=at, charger=f"CP-{n % 2}") for n in range(first, last + 1)]


async def newest(store: SqliteStore, charger: str, most: int) -> list[int]:
    return [row["journal_id"] for row in await store.read(OF_ONE, (charger, most))]


async def test_rows_are_found_by_charger_before_and_after_the_mark(store: SqliteStore) -> None:
    await store.write(frames(1, EVERY))
    await store.write(frames(EVERY + 1, EVERY + 10))
    assert await store.read(INDEXED) == [{"rows": EVERY, "mark": EVERY}]
    assert await newest(store, "CP-1", 6) == [EVERY + 9, EVERY + 7, EVERY + 5, EVERY + 3, EVERY + 1, EVERY - 1]
    assert await newest(store, "CP-1", EVERY) == list(range(EVERY + 9, 0, -2))


async def test_a_database_that_is_opened_again_goes_on_at_the_mark(path: Path) -> None:
    for first in (1, EVERY - 10):
        store = open_store(path)
        await store.write(frames(first, first + EVERY - 12))
        await store.close()
    store = open_store(path)
    await store.write(frames(2 * EVERY - 21, 2 * EVERY + 100))
    assert await store.read(INDEXED) == [{"rows": 2 * EVERY - 22, "mark": 2 * EVERY - 22}]
    assert await newest(store, "CP-0", 2 * EVERY) == list(range(2 * EVERY + 100, 0, -2))
    await store.close()


async def test_a_refused_row_does_not_leave_others_out_of_the_index(store: SqliteStore) -> None:
    await store.write(frames(1, EVERY - 1))
    with pytest.raises(DuplicateRow):
        await store.write([*frames(EVERY, EVERY + 5), frame(1)])
    assert await store.read(INDEXED) == [{"rows": 0, "mark": 0}]
    await store.write(frames(EVERY, EVERY + 5))
    assert len(await newest(store, "CP-0", 10_000)) + len(await newest(store, "CP-1", 10_000)) == EVERY + 5


async def test_pruned_rows_leave_the_index_too(store: SqliteStore) -> None:
    await store.write(frames(1, EVERY, age=timedelta(days=20)))
    await store.write(frames(EVERY + 1, EVERY + 4))
    await store.prune(Retention(), NOW)
    assert await store.read(INDEXED) == [{"rows": 0, "mark": EVERY}]
    assert await newest(store, "CP-1", 10) == [EVERY + 3, EVERY + 1]


async def test_the_newest_rows_of_a_charger_are_found_without_sorting_all_of_its_rows(store: SqliteStore) -> None:
    plan = [row["detail"] for row in await store.read(f"EXPLAIN QUERY PLAN {OF_ONE}", ("CP-1", 5))]
    assert plan[0] == "MERGE (UNION ALL)"
    assert not any("TEMP B-TREE" in step for step in plan)
