"""The writer: group commit, one bad unit, and a disk that takes nothing."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from cpoctl.errors import StoreUnavailable
from cpoctl.store import DuplicateRow, StoreState, rows
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.connection import connect_writer
from cpoctl.store.sqlite.store import SqliteStore
from cpoctl.store.sqlite.writer import Patience
from tests.store.conftest import Answers, frame, sample, start, stop
from tests.support.databases import empty_database
from tests.support.faults import FaultPlan

QUICK = Patience(busy=0.05, probe=0.02)
Faulty = Callable[[FaultPlan], SqliteStore]


@pytest.fixture
async def faulty(path: Path) -> AsyncIterator[Faulty]:
    opened: list[SqliteStore] = []

    def open_faulty(plan: FaultPlan) -> SqliteStore:
        opened.append(open_store(path, connect=plan.connect, patience=QUICK))
        return opened[-1]

    yield open_faulty
    for store in opened:
        await store.close()


async def until(store: SqliteStore, state: StoreState) -> None:
    reached = asyncio.Event()
    store.on_state(lambda now: reached.set() if now is state else None)
    if store.state is not state:
        async with asyncio.timeout(10):
            await reached.wait()


async def test_answers_come_in_the_order_of_submission(store: SqliteStore) -> None:
    answers = Answers()
    for number in range(1, 2501):
        store.submit([frame(number)], answers.done(number))
    await answers.wait_for(2500)
    assert answers.told == [(number, None) for number in range(1, 2501)]


async def test_what_queues_up_during_a_commit_goes_into_one_commit(faulty: Faulty) -> None:
    plan = FaultPlan()
    store, answers = faulty(plan), Answers()
    for number in range(1, 501):
        store.submit([frame(number)], answers.done(number))
    await answers.wait_for(500)
    assert sum(sql == "COMMIT" for sql, _ in plan.log) < 50


async def test_an_answer_means_that_others_can_read_the_row(store: SqliteStore, path: Path) -> None:
    await store.write([frame(1)])
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    other.close()


async def test_a_duplicate_fails_alone(store: SqliteStore) -> None:
    answers = Answers()
    for number in range(1, 101):
        store.submit([start(number, raw=f"t{40 if number == 60 else number}"), frame(number)], answers.done(number))
    await answers.wait_for(100)
    failed = {number: error for number, error in answers.told if error}
    assert [number for number, _ in answers.told] == list(range(1, 101))
    assert list(failed) == [60] and isinstance(failed[60], DuplicateRow)
    assert await store.read("SELECT count(*) AS n FROM journal WHERE journal_id = 60") == [{"n": 0}]
    assert await store.read("SELECT count(*) AS n FROM session") == [{"n": 99}]


def _break(_: Exception | None) -> None:
    raise LookupError


async def test_a_callback_that_breaks_leaves_the_others_answered(store: SqliteStore) -> None:
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    answers = Answers()
    store.submit([frame(1)], _break)
    store.submit([frame(2)], answers.done(2))
    await answers.wait_for(1)
    assert reported == ["a store callback failed"]


@pytest.mark.parametrize("word", ["BEGIN", "INSERT INTO journal", "COMMIT"])
@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_CORRUPT])
async def test_a_disk_that_takes_nothing_fails_all_until_a_probe_succeeds(faulty: Faulty, word: str, code: int) -> None:
    plan = FaultPlan(word=word, code=code)
    store, answers = faulty(plan), Answers()
    states: list[StoreState] = []
    store.on_state(states.append)
    for number in range(1, 31):
        store.submit([frame(number)], answers.done(number))
    await answers.wait_for(30)
    assert all(isinstance(error, StoreUnavailable) for _, error in answers.told)
    assert states[0] is StoreState.FAILING
    plan.heal()
    await until(store, StoreState.OK)
    await store.write([frame(100)])
    assert await store.read("SELECT journal_id FROM journal") == [{"journal_id": 100}]


async def test_while_failing_a_unit_is_refused_without_being_tried(faulty: Faulty) -> None:
    plan = FaultPlan(word="COMMIT")
    store = faulty(plan)
    with pytest.raises(StoreUnavailable):
        await store.write([frame(1)])
    with pytest.raises(StoreUnavailable):
        await store.write([sample("t1")])
    assert not any("meter_value" in sql for sql, _ in plan.log)


async def test_nothing_is_written_outside_a_transaction(faulty: Faulty) -> None:
    plan = FaultPlan(word="INSERT INTO session")
    store = faulty(plan)
    with pytest.raises(StoreUnavailable):
        await store.write([start(1), sample("t1"), frame(1)])
    assert all(inside for sql, inside in plan.log if sql.startswith(("INSERT", "UPDATE")))
    assert await store.read("SELECT count(*) AS n FROM meter_value") == [{"n": 0}]


async def test_a_fault_at_any_statement_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """RELIABILITY §2.3: fail the n-th statement for n = 1, 2, 3 … until a whole session passes."""
    for nth in range(1, 100):
        plan = FaultPlan(nth=nth)
        store = open_store(empty_database(tmp_path / f"{nth}.db"), connect=plan.connect, patience=QUICK)
        facts: list[rows.Row] = [start(1), *(sample(f"t{number}") for number in range(2, 6)), stop(1)]
        acked = []
        for number, fact in enumerate(facts, 1):
            try:
                await store.write([fact, frame(number)])
            except StoreUnavailable:
                await until(store, StoreState.OK)
            else:
                acked.append(number)
        found = [row["journal_id"] for row in await store.read("SELECT journal_id FROM journal ORDER BY 1")]
        samples = await store.read("SELECT count(*) AS n FROM meter_value")
        await store.close()
        assert found == acked
        assert samples == [{"n": len(set(acked) & {2, 3, 4, 5})}]
        if not plan.hits:
            assert acked == [1, 2, 3, 4, 5, 6]
            return
    pytest.fail("no session ever passed")


async def test_a_lock_of_another_process_is_waited_for_off_the_loop_then_fails(path: Path) -> None:
    store = open_store(path, patience=QUICK)
    other = connect_writer(path)
    other.execute("BEGIN IMMEDIATE")
    beats, answers = 0, Answers()
    store.submit([frame(1)], answers.done(1))
    waiting = asyncio.create_task(answers.wait_for(1))
    while not waiting.done():
        await asyncio.sleep(0)
        beats += 1
    assert isinstance(answers.told[0][1], StoreUnavailable) and beats > 10
    assert await store.read("SELECT count(*) AS n FROM journal") == [{"n": 0}]
    other.execute("ROLLBACK")
    other.close()
    await until(store, StoreState.OK)
    await store.write([frame(1)])
    await store.close()


async def test_a_slow_commit_is_told_and_a_fast_one_ends_it(path: Path) -> None:
    store = open_store(path, patience=Patience(slow=-1.0))
    states: list[StoreState] = []
    store.on_state(states.append)
    await store.write([frame(1)])
    assert states == [StoreState.SLOW]
    store._writer._patience = Patience()
    await store.write([frame(2)])
    assert states == [StoreState.SLOW, StoreState.OK]
    await store.close()


async def test_close_commits_what_is_queued(path: Path) -> None:
    store, answers = open_store(path), Answers()
    for number in range(1, 1501):
        store.submit([frame(number)], answers.done(number))
    await store.close()
    assert [error for _, error in answers.told] == [None] * 1500
    assert not path.with_name("cpoctl.db-wal").exists()
    assert not any(thread.name.startswith("store-") for thread in threading.enumerate())


async def test_a_closed_store_refuses(path: Path) -> None:
    store = open_store(path)
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.write([frame(1)])
