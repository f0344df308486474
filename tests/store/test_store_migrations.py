"""Migrations: all or nothing, backed up first, never backwards."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpoctl.errors import Conflict
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.backup import back_up
from cpoctl.store.sqlite.connection import connect_writer, create_file
from cpoctl.store.sqlite.migrate import Migration, migrate, migrations, version_of
from tests.house.places import PACKAGE
from tests.store.conftest import frame

WHEN = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
NEXT = Migration(len(migrations()) + 1, f"{len(migrations()) + 1:03d}_next", "CREATE TABLE a (x); CREATE TABLE b (y);")
BROKEN = NEXT._replace(sql="CREATE TABLE a (x); INSERT INTO absent VALUES (1);")


def migrated(path: Path, *steps: Migration) -> Path | None:
    create_file(path)
    with closing(connect_writer(path)) as connection:
        return migrate(connection, path, WHEN, backup=back_up, steps=[*migrations(), *steps])


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()


def test_every_file_is_a_step_and_no_number_is_missing_or_doubled() -> None:
    files = list((PACKAGE / "store/sqlite/migrations").glob("*.sql"))
    assert [step.version for step in migrations()] == list(range(1, len(files) + 1))


def test_a_fresh_database_has_the_newest_version_and_the_pragmas(path: Path) -> None:
    assert migrated(path) is None
    with closing(connect_writer(path)) as connection:
        assert version_of(connection) == len(migrations())
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_files_are_private(path: Path) -> None:
    migrated(path)
    with closing(connect_writer(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    """The schema of a database that had no other before."""
    path = tmp_path_factory.mktemp("fresh") / "fresh.db"
    migrated(path, NEXT)
    return schema(path)


@pytest.mark.parametrize("released", range(1, len(migrations()) + 1))
def test_a_migrated_schema_equals_a_fresh_one(path: Path, fresh: list[tuple[str, ...]], released: int) -> None:
    create_file(path)
    for steps in (migrations()[:released], [*migrations(), NEXT]):
        with closing(connect_writer(path)) as connection:
            migrate(connection, path, WHEN, backup=back_up, steps=steps)
    assert schema(path) == fresh


def test_a_database_with_data_is_backed_up_first(path: Path) -> None:
    migrated(path)
    kept = migrated(path, NEXT)
    assert kept is not None and kept.name.startswith("cpoctl.db.before-migration-")
    assert ("table", "a") not in [entry[:2] for entry in schema(kept)]
    assert ("table", "a") in [entry[:2] for entry in schema(path)]


SPINE_ROWS = """
INSERT INTO charger (charger_id, registration, known, added_at, vendor, password_hash)
VALUES ('CP-1', 'Accepted', 1, '2026-11-01T00:00:00.000Z', 'Acme', 'hash'), ('CP-2', 'Pending', 0, '2026-11-02T00:00:00.000Z', NULL, NULL);
INSERT INTO tag VALUES ('ANNA', 'Blocked', 'FLEET', '2027-01-01T00:00:00.000Z', 'A. Kern', '2026-11-01T00:00:00.000Z');
INSERT INTO session (session_id, charger_id, evse_id, transaction_id, issued, tag_id, tag_status, started_at, started_raw,
    start_received_at, meter_start_raw, keyed)
VALUES (1, 'CP-1', 1, '4711', 1, 'ANNA', 'Accepted', '2026-11-03T00:00:00.000Z', 'raw', '2026-11-03T00:00:00.000Z', '0', 1);
"""


def told(path: Path, table: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def test_a_database_of_the_spine_keeps_everything(path: Path) -> None:
    create_file(path)
    with closing(connect_writer(path)) as connection:
        migrate(connection, path, WHEN, backup=back_up, steps=migrations()[:1])
        connection.executescript(SPINE_ROWS)
    before = {table: told(path, table) for table in ("charger", "tag", "session")}
    migrated(path)
    for table, old in before.items():
        new = told(path, table)
        assert [row | kept for row, kept in zip(new, old, strict=True)] == new
    assert [(row["site_id"], row["labels"]) for row in told(path, "charger")] == [(None, "{}")] * 2
    assert [(row["sessions_most"], row["sites"], row["places"]) for row in told(path, "tag")] == [(None, "[]", "[]")]


def test_the_owner_of_a_site_has_always_had_it(path: Path) -> None:
    create_file(path)
    with closing(connect_writer(path)) as connection:
        migrate(connection, path, WHEN, backup=back_up, steps=migrations()[:21])
        for site, owner in (("HQ", "ACME"), ("YARD", None)):
            values = (site, site, "UTC", "2026-11-01T00:00:00.000Z", owner)
            connection.execute(
                "INSERT INTO site (site_id, name, time_zone, added_at, owner_id) VALUES (?, ?, ?, ?, ?)", values
            )
    migrated(path)
    (held,) = told(path, "site_owned")
    assert (held["site_id"], held["owner_id"], held["valid_from"], held["ends_at"]) == (
        "HQ",
        "ACME",
        "0001-01-01",
        None,
    )


def test_a_migration_that_breaks_leaves_the_old_schema(path: Path) -> None:
    migrated(path)
    before = schema(path)
    with pytest.raises(sqlite3.OperationalError):
        migrated(path, BROKEN)
    assert schema(path) == before
    with closing(connect_writer(path)) as connection:
        assert version_of(connection) == len(migrations())


async def test_a_newer_database_is_refused_by_name(path: Path) -> None:
    migrated(path)
    with closing(connect_writer(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Conflict, match=rf"version 99.* {len(migrations())}") as refused:
        open_store(path)
    assert refused.value.exit_code == 10


async def test_data_survives_a_second_opening(path: Path) -> None:
    store = open_store(path)
    await store.write([frame(1)])
    await store.close()
    store = open_store(path)
    assert await store.read("SELECT count(*) AS n FROM journal") == [{"n": 1}]
    await store.close()
