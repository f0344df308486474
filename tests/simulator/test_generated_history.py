"""A generated history: what it says went in is what independent SQL finds, and nothing in it is impossible."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cpoctl.errors import Conflict, StoreUnavailable
from cpoctl.founding import found_history
from cpoctl.simulator.history import HistoryRow, Scale
from cpoctl.store.sqlite import open_store
from tests.support.csms import Csms

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


def made(path: Path, **settings: Any) -> HistoryRow:
    return found_history(path, Scale(until=UNTIL, **settings), lambda done, total: None)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, HistoryRow]:
    """A month of five chargers, busier than usual, so that odd things happen."""
    path = tmp_path_factory.mktemp("history") / "month.db"
    return path, made(path, chargers=5, days=30, sessions=900, seed=2)


@pytest.fixture
def told(month: tuple[Path, HistoryRow]) -> HistoryRow:
    return month[1]


@pytest.fixture
def database(month: tuple[Path, HistoryRow]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(month[0])) as connection:
        yield connection


def one(database: sqlite3.Connection, sql: str) -> Any:
    (value,) = database.execute(sql).fetchone()
    return value


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("sessions", "SELECT count(*) FROM session"),
        ("sessions_open", "SELECT count(*) FROM session WHERE stopped_at IS NULL"),
        ("sessions_without_energy", "SELECT count(*) FROM session WHERE stopped_at IS NOT NULL AND energy_wh IS NULL"),
        ("energy_wh", "SELECT CAST(sum(CAST(energy_wh AS INTEGER)) AS INTEGER) FROM session"),
        ("refused", "SELECT count(*) FROM session WHERE tag_status <> 'Accepted'"),
        ("samples", "SELECT count(*) FROM meter_value"),
        ("status_changes", "SELECT count(*) FROM status_change"),
        ("connections", "SELECT count(*) FROM connection"),
        ("runs", "SELECT count(*) FROM run"),
        ("orphans", "SELECT count(*) FROM orphan"),
        ("faults", "SELECT count(*) FROM status_change WHERE status = 'Faulted'"),
        ("closed_by_hand", "SELECT count(*) FROM session_closing"),
        ("chargers", "SELECT count(*) FROM charger"),
        ("evses", "SELECT count(*) FROM evse WHERE evse_id > 0"),
        ("sites", "SELECT count(*) FROM site"),
        ("tags", "SELECT count(*) FROM tag"),
    ],
)
def test_totals_are_what_the_database_holds(
    told: HistoryRow, database: sqlite3.Connection, name: str, sql: str
) -> None:
    assert getattr(told, name) == one(database, sql)


def test_flags_and_reasons_are_counted_as_they_stand_there(told: HistoryRow, database: sqlite3.Connection) -> None:
    flags = "SELECT value, count(*) FROM session, json_each(flags) GROUP BY 1 ORDER BY 1"
    reasons = "SELECT stop_reason, count(*) FROM session WHERE stopped_at IS NOT NULL GROUP BY 1 ORDER BY 1"
    assert told.flags == dict(database.execute(flags).fetchall()) != {}
    assert told.stop_reasons == dict(database.execute(reasons).fetchall())


def test_sites_add_up(told: HistoryRow, database: sqlite3.Connection) -> None:
    sql = """SELECT site_id, count(*), CAST(total(energy_wh) AS INTEGER) FROM session JOIN charger USING (charger_id)
             WHERE stopped_at IS NOT NULL GROUP BY 1"""
    found = {site: {"sessions": sessions, "energy_wh": wh} for site, sessions, wh in database.execute(sql)}
    assert found == told.by_site
    assert sum(group["sessions"] for group in told.by_month.values()) == told.sessions - told.sessions_open


def test_no_two_sessions_of_an_evse_overlap(database: sqlite3.Connection) -> None:
    sql = """SELECT count(*) FROM session a JOIN session b USING (charger_id, evse_id)
             WHERE a.session_id < b.session_id AND a.stopped_at > b.started_at AND b.stopped_at > a.started_at"""
    assert one(database, sql) == 0
    assert one(database, "SELECT count(*) FROM session WHERE stopped_at < started_at") == 0


def test_energy_is_never_negative_and_flagged_where_it_is_unknown(database: sqlite3.Connection) -> None:
    assert one(database, "SELECT count(*) FROM session WHERE energy_wh < 0") == 0
    unknown = "energy_wh IS NULL AND stopped_at IS NOT NULL"
    assert one(database, f"SELECT count(*) FROM session WHERE {unknown} AND flags = '[]'") == 0
    plain = "SELECT count(*) FROM session WHERE flags = '[]' AND energy_wh <> meter_stop_wh - meter_start_wh"
    assert one(database, plain) == 0


def test_samples_lie_within_their_session_as_it_was_heard(database: sqlite3.Connection) -> None:
    sql = """SELECT count(*) FROM meter_value m JOIN session s USING (session_id)
             WHERE m.received_at < s.start_received_at OR m.received_at > s.stop_received_at"""
    assert one(database, sql) == 0


def test_connections_of_a_charger_follow_each_other_and_lie_within_the_servers_runs(
    database: sqlite3.Connection,
) -> None:
    overlapping = """SELECT count(*) FROM connection a JOIN connection b USING (charger_id)
                     WHERE a.connection_id < b.connection_id AND a.closed_at > b.opened_at"""
    outside = """SELECT count(*) FROM connection c WHERE NOT EXISTS (SELECT 1 FROM run r
                 WHERE c.opened_at >= r.started_at AND c.closed_at <= r.alive_at)"""
    assert (one(database, overlapping), one(database, outside)) == (0, 0)


def test_an_evse_is_not_free_while_it_charges(database: sqlite3.Connection) -> None:
    sql = """SELECT count(*) FROM session s JOIN status_change c USING (charger_id, evse_id)
             WHERE c.status = 'Available' AND c.happened_at > s.started_at AND c.happened_at < s.stopped_at
             AND s.stop_received_at IS NOT NULL AND s.flags NOT LIKE '%timestamp%'"""
    assert one(database, sql) == 0


def test_the_same_seed_makes_the_same_history_and_another_one_another(tmp_path: Path) -> None:
    def told(name: str, seed: int) -> tuple[list[Any], dict[str, Any]]:
        row = made(tmp_path / name, chargers=2, days=3, seed=seed)
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            return list(connection.iterdump()), vars(row) | {"database": ""}

    first, again, other = told("a.db", 1), told("b.db", 1), told("c.db", 2)
    assert [line for line in first[0] if "_sqlite_migrations" not in line] == [
        line for line in again[0] if "_sqlite_migrations" not in line
    ]
    assert first[1] == again[1] != other[1]


def test_tariffs_hold_where_people_pay(database: sqlite3.Connection) -> None:
    contents = database.execute("SELECT content FROM tariff").fetchall()
    assert all(json.loads(content)["elements"] for (content,) in contents)
    lost = """SELECT count(*) FROM tariff_assignment a LEFT JOIN tariff t USING (tariff_id, version)
              WHERE t.tariff_id IS NULL"""
    assert (len(contents) > 0, one(database, lost)) == (True, 0)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    path.write_text("mine")
    with pytest.raises(Conflict, match="exists already"):
        made(path, chargers=1, days=1)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.db"] and path.read_text() == "mine"


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreUnavailable, match="cannot write"):
        made(tmp_path / "file" / "history.db", chargers=1, days=1)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


async def test_the_server_goes_on_with_it(tmp_path: Path) -> None:
    path = tmp_path / "csms.db"
    told = made(path, chargers=1, days=2, seed=3)
    async with Csms(path) as csms:
        assert len(csms.central.ledger.live.chargers) == told.chargers
        assert csms.central.ledger.live.sites
    store = open_store(path)
    assert await store.check(full=True) == []
    await store.close()
