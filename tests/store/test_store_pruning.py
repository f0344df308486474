"""Pruning: what is old goes in small steps, what counts stays."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpoctl.clock import SystemClock, stored
from cpoctl.config import FileSettings, ServeSettings
from cpoctl.running import _prune
from cpoctl.store import rows
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.prune import Retention
from cpoctl.store.sqlite.store import SqliteStore
from cpoctl.store.sqlite.writer import Patience
from tests.store.conftest import frame
from tests.support.faults import FaultPlan

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def days_ago(days: int) -> str:
    return stored(NOW - timedelta(days=days))


async def journal(store: SqliteStore) -> list[int]:
    return [row["journal_id"] for row in await store.read("SELECT journal_id FROM journal ORDER BY 1")]


async def test_frames_that_money_depends_on_stay_longer(store: SqliteStore) -> None:
    await store.write(
        [
            frame(1, action="StartTransaction", at=days_ago(500)),
            frame(2, action="Heartbeat", at=days_ago(500)),
            frame(3, action="MeterValues", at=days_ago(20)),
            frame(4, action="Heartbeat", at=days_ago(20)),
            frame(5, action="Heartbeat", at=days_ago(2)),
        ]
    )
    pruned = await store.prune(Retention(), NOW)
    assert await journal(store) == [3, 5]
    assert pruned.journal_rows == 3


async def test_a_database_that_is_too_large_loses_the_oldest_frames_but_not_the_last_day(store: SqliteStore) -> None:
    old = [frame(number, action="Heartbeat", at=days_ago(3), size=500) for number in range(1, 7001)]
    await store.write([*old, frame(7001, action="Heartbeat", at=days_ago(0))])
    await store.prune(Retention(database_bytes=6_000_000), NOW)
    assert await journal(store) == list(range(5001, 7002))
    await store.prune(Retention(database_bytes=1), NOW)
    assert await journal(store) == [7001]


async def test_what_pruning_frees_is_used_again_so_that_the_file_stops_growing(store: SqliteStore, path: Path) -> None:
    async def a_month(first: int, age: int) -> int:
        await store.write(
            [frame(n, action="Heartbeat", at=days_ago(age), size=500) for n in range(first, first + 3000)]
        )
        [pages] = await store.read("PRAGMA page_count")
        return int(pages["page_count"])

    before = await a_month(1, 60)
    await store.prune(Retention(), NOW)
    assert await a_month(3001, 30) < before * 1.1


async def test_frames_that_stay_are_walked_through_only_once(store: SqliteStore) -> None:
    await store.write([frame(number, action="MeterValues", at=days_ago(30)) for number in range(1, 101)])
    await store.prune(Retention(), NOW)
    await store.write([frame(number, action="Heartbeat", at=days_ago(30)) for number in range(101, 111)])
    assert (await store.prune(Retention(), NOW)).journal_rows == 10


async def test_old_events_go_and_history_stays(store: SqliteStore) -> None:
    long_ago = days_ago(900)
    await store.write(
        [
            rows.Event(1, long_ago, "ChargerConnected", "CP-7", "{}"),
            rows.Event(2, days_ago(1), "ChargerConnected", "CP-7", "{}"),
            rows.StatusChange("CP-7", 1, "Faulted", None, None, None, None, long_ago, long_ago, long_ago),
            rows.ConnectionOpened(1, "CP-7", long_ago, "10.0.0.1", "1.6", "none"),
            rows.RunStarted(1, long_ago, "1.0", 7),
        ]
    )
    assert (await store.prune(Retention(), NOW)).event_rows == 1
    assert await store.read("SELECT seq FROM event") == [{"seq": 2}]
    for table in ("status_change", "connection", "run"):
        assert await store.read(f"SELECT count(*) AS n FROM {table}") == [{"n": 1}]


async def test_units_are_committed_between_the_steps(store: SqliteStore) -> None:
    await store.write([frame(number, action="Heartbeat", at=days_ago(30)) for number in range(1, 30_001)])
    pruning = asyncio.create_task(store.prune(Retention(), NOW))
    count = 0
    while not pruning.done():
        count += 1
        await store.write([frame(30_000 + count, at=days_ago(0))])
    assert (await pruning).journal_rows == 30_000
    assert count > 2


async def test_old_tasks_go_with_their_targets_unless_they_still_run(store: SqliteStore) -> None:
    def task(number: int, state: str, age: int) -> list[rows.Row]:
        begun = rows.Task(number, "charger reset", "{}", 1, "{}", "anna", None, state, days_ago(age))
        return [begun, rows.TaskTarget(number, 0, "CP-7", "CP-7", "pending")]

    await store.write([*task(1, "finished", 200), *task(2, "running", 200), *task(3, "finished", 2)])
    pruned = await store.prune(Retention(), NOW)
    assert pruned.tasks == 1
    for table in ("task", "task_target"):
        assert [row["n"] for row in await store.read(f"SELECT task_id AS n FROM {table} ORDER BY 1")] == [2, 3]


async def test_old_transfers_go_but_for_kept_files_and_the_newest(store: SqliteStore) -> None:
    def moved(number: int, age: int, kept: str | None = None) -> list[rows.Row]:
        began = rows.TransferStarted(number, 1, "CP-7", "diagnostics", "http", "10.0.0.1", "a", days_ago(age), None)
        return [began, rows.TransferEnded(days_ago(age), 9, 1.0, "whole", None, kept, None, None, number)]

    await store.write([*moved(1, 900), *moved(2, 900, "uploads/a"), *moved(3, 900), *moved(4, 500), *moved(5, 450)])
    assert (await store.prune(Retention(transfers=timedelta(days=480)), NOW)).transfers == 3
    assert [row["transfer_id"] for row in await store.read("SELECT transfer_id FROM transfer")] == [2, 5]
    assert (await store.prune(Retention(), NOW)).transfers == 0, "the newest keeps its number"


async def test_grants_go_when_they_work_no_longer(store: SqliteStore) -> None:
    def grant(number: int, ends: int) -> rows.FileGrant:
        told = (number, f"hash {number}", "CP-7", "firmware", "http", "fw", "sha", 9)
        return rows.FileGrant(*told, days_ago(900), days_ago(ends))

    await store.write([grant(1, 10), grant(2, -1), grant(3, 5), grant(4, 5)])
    assert (await store.prune(Retention(), NOW)).grants == 2
    assert [row["grant_id"] for row in await store.read("SELECT grant_id FROM file_grant ORDER BY 1")] == [2, 4]


async def test_old_readings_are_thinned_and_what_a_session_used_stays(store: SqliteStore) -> None:
    def reading(session: int, minute: int, at: datetime) -> rows.MeterValue:
        when = stored(at + timedelta(minutes=minute))
        return rows.MeterValue(
            "CP-1", 1, session, when, "", when, when, 100.0 * minute, None, None, None, None, None, None
        )

    def session(number: int, at: datetime) -> list[rows.Row]:
        begun, ended = stored(at), stored(at + timedelta(hours=1))
        start = rows.SessionStart(
            number, "CP-1", 1, 1, str(number), 1, "ANNA", "Accepted", None, begun, begun, begun, 0.0, "0", 1, "[]"
        )
        stop = rows.SessionStop(ended, ended, ended, 6000.0, "6000", 6000.0, "Local", None, None, "[]", number)
        return [start, stop, *(reading(number, minute, at) for minute in range(61))]

    old, new = NOW - timedelta(days=500), NOW - timedelta(days=5)
    loose = [reading(0, minute, old) for minute in range(60)]
    for unit in (session(1, old), session(2, new), loose):
        for row in unit:
            await store.write([row])
    assert (await store.prune(Retention(), NOW)).samples == 0
    pruned = await store.prune(Retention(samples=timedelta(days=400)), NOW)
    kept = await store.read("SELECT session_id, count(*) AS n, max(energy_wh) AS wh FROM meter_value GROUP BY 1")
    assert [tuple(record.values()) for record in kept] == [(0, 8, 5900.0), (1, 9, 6000.0), (2, 61, 6000.0)]
    assert pruned.samples == 61 - 9 + 60 - 8
    assert {record["energy_wh"] for record in await store.read("SELECT energy_wh FROM session")} == {6000.0}
    assert (await store.prune(Retention(samples=timedelta(days=400)), NOW)).samples == 0


async def test_a_disk_that_was_full_for_a_while_does_not_end_pruning(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpoctl.running.PRUNE_EVERY", 0.0)
    plan = FaultPlan()
    store = open_store(path, connect=plan.connect, patience=Patience(busy=0.05, probe=0.02))
    await store.write(
        [frame(1, action="Heartbeat", at=days_ago(500)), frame(2, action="Heartbeat", at=stored(SystemClock().now()))]
    )
    plan.word = "BEGIN"
    pruning = asyncio.create_task(_prune(store, ServeSettings(), FileSettings(), SystemClock()))
    async with asyncio.timeout(10):
        while not plan.hits:
            await store.read("SELECT 1")
        plan.heal()
        while await journal(store) != [2]:
            await store.read("SELECT 1")
    pruning.cancel()
    await store.close()
