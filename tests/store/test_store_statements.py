"""The statements: each row type has one, and each does what its docstring says."""

import json
import sqlite3
from pathlib import Path
from typing import Any, get_args

import pytest

from cpoctl.store import DuplicateRow, UnstorableRow, rows
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.connection import connect_writer
from cpoctl.store.sqlite.statements import STATEMENTS, table_of, widened
from cpoctl.store.sqlite.store import SqliteStore
from tests.store.conftest import NOW, frame, sample, start, stop
from tests.support.databases import empty_database

LATER = "2026-11-22T15:00:00.000Z"


@pytest.fixture
def database(path: Path) -> Any:
    connection = connect_writer(empty_database(path))
    yield connection
    connection.close()


def test_every_row_type_has_a_statement() -> None:
    assert set(STATEMENTS) == set(get_args(rows.Row))


@pytest.mark.parametrize("kind", get_args(rows.Row), ids=lambda kind: kind.__name__)
def test_a_statement_takes_the_fields_of_its_row(database: sqlite3.Connection, kind: Any) -> None:
    database.execute(f"EXPLAIN {STATEMENTS[kind]}", [None] * len(kind._fields))
    wide = widened(STATEMENTS[kind], 8)
    if wide is not None:
        database.execute(f"EXPLAIN {wide}", [None] * len(kind._fields) * 8)


def test_rows_of_one_table_keep_the_order_in_which_they_came(database: sqlite3.Connection) -> None:
    tag = rows.Tag("TAG", "Accepted", None, None, None, None, "[]", "[]", NOW)
    database.execute("BEGIN IMMEDIATE")
    batch.write(database, [[tag], [rows.TagStatus("Blocked", "TAG")], [tag]])
    assert database.execute("SELECT status FROM tag").fetchall() == [("Accepted",)]
    assert table_of(STATEMENTS[rows.TagStatus]) == "tag"


async def test_many_rows_of_a_batch_all_arrive(store: SqliteStore) -> None:
    await store.write([frame(number) for number in range(1, 142)])
    assert await store.read("SELECT count(*) AS n, sum(journal_id) AS s FROM journal") == [{"n": 141, "s": 141 * 71}]


async def test_a_repeated_sample_fills_missing_measurands(store: SqliteStore) -> None:
    await store.write([sample("t1", energy_wh=10.0)])
    await store.write([sample("t1", energy_wh=10.0, power_w=7000.0)])
    assert await store.read("SELECT energy_wh, power_w, flags, conflicts FROM meter_value") == [
        {"energy_wh": 10.0, "power_w": 7000.0, "flags": None, "conflicts": None}
    ]


async def test_a_differing_value_is_kept_once_and_flagged(store: SqliteStore) -> None:
    await store.write([sample("t1", energy_wh=10.0, flags='["clock"]')])
    for _ in range(2):
        await store.write([sample("t1", energy_wh=12.0, other='[{"value": "1"}]')])
    [row] = await store.read("SELECT energy_wh, other, flags, conflicts FROM meter_value")
    assert (row["energy_wh"], row["other"]) == (10.0, '[{"value": "1"}]')
    assert json.loads(row["flags"]) == ["clock", "conflict"]
    assert json.loads(row["conflicts"]) == [{"energy_wh": 12.0}]


async def test_the_first_stop_wins(store: SqliteStore) -> None:
    await store.write([start(1)])
    await store.write([stop(1, energy=1500.0)])
    await store.write([stop(1, energy=9.0)])
    assert await store.read("SELECT energy_wh FROM session") == [{"energy_wh": 1500.0}]


async def test_an_end_by_hand_gives_way_to_the_chargers_and_never_takes_its_place(store: SqliteStore) -> None:
    by_hand = stop(1, energy=9.0)._replace(stop_received_at=None)
    await store.write([start(1)])
    await store.write([by_hand])
    assert await store.read("SELECT energy_wh FROM session") == [{"energy_wh": 9.0}]
    await store.write([stop(1, energy=1500.0)])
    await store.write([by_hand])
    assert await store.read("SELECT energy_wh FROM session") == [{"energy_wh": 1500.0}]


async def test_a_repeated_start_is_a_duplicate(store: SqliteStore) -> None:
    await store.write([start(1)])
    with pytest.raises(DuplicateRow):
        await store.write([start(2)])


async def test_a_removed_charger_can_be_added_again_and_a_live_one_cannot(store: SqliteStore) -> None:
    charger = rows.Charger("CP-7", "Accepted", 1, NOW)
    await store.write([charger])
    with pytest.raises(DuplicateRow):
        await store.write([charger._replace(charger_id="cp-7")])
    await store.write([rows.ChargerRemoved(LATER, "CP-7"), sample("t1")])
    assert await store.read("SELECT removed_at FROM charger") == [{"removed_at": LATER}]
    await store.write([charger._replace(added_at=LATER)])
    assert await store.read("SELECT added_at, removed_at FROM charger") == [{"added_at": LATER, "removed_at": None}]


async def test_a_charger_that_is_added_again_has_no_password(store: SqliteStore) -> None:
    await store.write([rows.Charger("CP-7", "Accepted", 1, NOW), rows.ChargerPassword("old", "next", "CP-7")])
    await store.write([rows.ChargerRemoved(LATER, "CP-7")])
    await store.write([rows.Charger("CP-7", "Accepted", 1, LATER)])
    assert await store.read("SELECT password_hash, password_next_hash FROM charger") == [
        {"password_hash": None, "password_next_hash": None}
    ]


async def test_a_charger_has_at_most_500_violations_and_those_are_counted_on(store: SqliteStore) -> None:
    flood = [rows.Violation("CP-7", f"Action{n}", "", "unknown", "no such action", "", NOW) for n in range(600)]
    for _ in range(2):
        await store.write([*flood, flood[0]._replace(charger_id="CP-8")])
    assert await store.read("SELECT charger_id, count(*) AS n, max(count) AS most FROM violation GROUP BY 1") == [
        {"charger_id": "CP-7", "n": 500, "most": 2},
        {"charger_id": "CP-8", "n": 1, "most": 2},
    ]


async def test_at_most_200_ids_have_knocked_and_the_newest_is_among_them(store: SqliteStore) -> None:
    knocks = [
        rows.Knock(f"CP-{n % 400:03}", reason, "10.0.0.1", f"2026-11-22T14:{n // 60:02}:{n % 60:02}.000Z")
        for n in range(800)
        for reason in ("unknown", "wrong password")
    ]
    await store.write(knocks)
    assert await store.read(
        "SELECT count(DISTINCT charger_id) AS ids, min(charger_id) AS oldest, max(charger_id) AS newest FROM knock"
    ) == [{"ids": 200, "oldest": "CP-200", "newest": "CP-399"}]


async def test_a_flood_of_security_events_leaves_the_newest_thousand_of_a_charger(store: SqliteStore) -> None:
    event = rows.SecurityEvent("CP-7", "TamperDetected", "", "", NOW, NOW, "charger")
    await store.write([event._replace(charger_id="CP-8"), *(event._replace(tech_info=str(n)) for n in range(1200))])
    assert await store.read(
        "SELECT charger_id, count(*) AS n, min(CAST(tech_info AS INTEGER)) AS oldest FROM security_event GROUP BY 1"
    ) == [{"charger_id": "CP-7", "n": 1000, "oldest": 200}, {"charger_id": "CP-8", "n": 1, "oldest": 0}]


async def test_a_violation_counts_and_keeps_its_first_sample(store: SqliteStore) -> None:
    first = rows.Violation("CP-7", "BootNotification", "model", "type", "not text", "5", NOW)
    await store.write([first, first._replace(sample="6", seen_at=LATER)])
    assert await store.read("SELECT sample, count, first_seen_at, last_seen_at FROM violation") == [
        {"sample": "5", "count": 2, "first_seen_at": NOW, "last_seen_at": LATER}
    ]


async def test_a_knock_counts_its_attempts(store: SqliteStore) -> None:
    knock = rows.Knock("CP-9", "unknown", "10.0.0.1", NOW)
    await store.write([knock, knock._replace(address="10.0.0.2", seen_at=LATER)])
    assert await store.read("SELECT attempts, address, last_seen_at FROM knock") == [
        {"attempts": 2, "address": "10.0.0.2", "last_seen_at": LATER}
    ]


async def test_repeated_security_events_orphans_and_conflicts_are_ignored(store: SqliteStore) -> None:
    event = rows.SecurityEvent("CP-7", "TamperDetected", "t", "", NOW, NOW, "charger")
    orphan = rows.Orphan(NOW, "CP-7", 1, "StopTransaction", "99", "unknown", "{}")
    conflict = rows.StopConflict(NOW, "CP-7", 1, "{}")
    for _ in range(2):
        await store.write([event, orphan, conflict])
    for table in ("security_event", "orphan", "stop_conflict"):
        assert await store.read(f"SELECT count(*) AS n FROM {table}") == [{"n": 1}]


async def test_a_command_keeps_what_a_later_state_does_not_know(store: SqliteStore) -> None:
    await store.write([rows.Command(1, "CP-7", "Reset", "{}", "alice", "queued", NOW)])
    await store.write([rows.CommandState("sent", "m1", NOW, None, None, 1)])
    await store.write([rows.CommandState("accepted", None, None, LATER, "{}", 1)])
    assert await store.read("SELECT state, message_id, sent_at, answered_at FROM command") == [
        {"state": "accepted", "message_id": "m1", "sent_at": NOW, "answered_at": LATER}
    ]


async def test_a_run_is_alive_from_its_start_to_its_stop(store: SqliteStore) -> None:
    await store.write([rows.RunStarted(1, NOW, "1.0", 7)])
    assert await store.read("SELECT alive_at FROM run") == [{"alive_at": NOW}]
    await store.write([rows.RunStopped(LATER, 1)])
    assert await store.read("SELECT alive_at, stopped_at FROM run") == [{"alive_at": LATER, "stopped_at": LATER}]


@pytest.mark.parametrize(
    "values",
    [
        {"evse_id": 2**70},
        {"timestamp_raw": "\ud800"},
        {"power_w": "much"},
        {"power_w": ["list"]},
    ],
    ids=str,
)
async def test_a_value_that_no_column_takes_refuses_only_its_unit(store: SqliteStore, values: dict[str, Any]) -> None:
    with pytest.raises(UnstorableRow):
        await store.write([sample("t1", **values)])
    await store.write([sample("t2")])
    assert await store.read("SELECT timestamp_raw FROM meter_value") == [{"timestamp_raw": "t2"}]
