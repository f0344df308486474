"""Ctrl-C ends what takes long on a large database at once, and leaves nothing half done."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpoctl.store.sqlite import backup
from cpoctl.store.sqlite.connection import interruptible
from tests.support.databases import empty_database

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT max(i) FROM n"


def test_a_long_statement_is_interrupted_as_python_would_be() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(KeyboardInterrupt), interruptible(connection):
            connection.set_progress_handler(lambda: 1, 1000)  # as a signal does
            connection.execute(LONG)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_is_no_interruption_stays_what_it_is() -> None:
    refused = pytest.raises(sqlite3.OperationalError, match="no such table")
    with closing(sqlite3.connect(":memory:")) as connection, refused, interruptible(connection):
        connection.execute("SELECT * FROM absent")


def test_a_vacuum_that_is_interrupted_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    empty_database(path)
    before = path.read_bytes()

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        backup.vacuum(path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.db", "a.db.lock"]
    monkeypatch.undo()
    assert backup.vacuum(path)[1] == path.stat().st_size


def test_a_vacuum_writes_beside_the_database_and_not_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    empty_database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE big AS SELECT zeroblob(2000000) AS x")
        connection.execute("DROP TABLE big")
        version = connection.execute("PRAGMA user_version").fetchone()
    was, now = backup.vacuum(path)
    assert now < was - 1_000_000
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == version
    assert path.stat().st_mode & 0o777 == 0o600
