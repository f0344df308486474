"""What takes the room in a database, and how it is given back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpoctl import app
from cpoctl.errors import Conflict
from cpoctl.operations.db import Size, Vacuum
from tests.support.csms import Csms
from tests.support.databases import empty_database


async def test_the_sizes_of_all_tables_are_the_size_of_the_file(csms: Csms) -> None:
    await csms.booted()
    told = await csms.store.reading(Size().select)
    pages = (await csms.rows("PRAGMA page_count"))[0]["page_count"]
    assert sum(row.bytes for row in told) == pages * 4096
    assert sum(row.share for row in told) == pytest.approx(100)
    assert {row.table: row.rows for row in told}["charger"] == 1


def test_a_vacuum_gives_back_what_was_freed(tmp_path: Path) -> None:
    path = tmp_path / "cpoctl.db"
    empty_database(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO event (at, type, data) VALUES ('', '', hex(zeroblob(1000000)))")
        connection.execute("DELETE FROM event")
    told = Vacuum().run_local(app.database_files(path))
    assert told.bytes_before > 2_000_000 > told.bytes == path.stat().st_size


async def test_a_server_keeps_its_file(csms: Csms) -> None:
    with pytest.raises(Conflict):
        Vacuum().run_local(app.database_files(csms.path))
