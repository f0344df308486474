"""Checkpoints: the write-ahead log is copied beside the writer and stays of bounded length."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpoctl.store.sqlite import open_store
from tests.store.conftest import frame

MODULE = "cpoctl.store.sqlite.checkpoints"


def frames_without_the_log(path: Path) -> int:
    """How many rows the database file holds by itself."""
    alone = path.with_name("alone.db")
    shutil.copy(path, alone)
    with closing(sqlite3.connect(alone)) as connection:
        return int(connection.execute("SELECT count(*) FROM journal").fetchone()[0])


async def test_what_is_committed_reaches_the_database_file_while_the_server_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{MODULE}.EVERY", 50)
    store = open_store(path)
    for number in range(1, 201):
        await store.write([frame(number)])
    assert frames_without_the_log(path) > 50
    await store.close()


async def test_a_log_that_grows_without_a_pause_begins_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.EVERY", 50)
    monkeypatch.setattr(f"{MODULE}.LONGEST", 100)
    store = open_store(path)
    lengths = []
    for number in range(1, 2001):
        await store.write([frame(number, size=2000)])
        lengths.append(path.with_name(f"{path.name}-wal").stat().st_size)
    assert max(lengths) < 2000 * 2000  # less than the rows alone have
    assert await store.read("SELECT count(*) AS n FROM journal") == [{"n": 2000}]
    await store.close()


async def test_a_log_that_cannot_be_copied_costs_nothing_but_a_warning(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(f"{MODULE}.EVERY", 50)
    monkeypatch.setattr(f"{MODULE}.connect_writer", refuse)
    store = open_store(path)
    for number in range(1, 101):
        await store.write([frame(number)])
    await store.close()
    assert "is not copied: disk I/O error" in caplog.text
