"""The lock file: one server a database, and it can be found."""

import json
import os
from pathlib import Path

import pytest

from cpoctl.errors import Conflict, StoreUnavailable
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.locking import DatabaseLock, lock_path, read_lock
from cpoctl.store.sqlite.store import SqliteStore


async def test_a_second_server_is_refused_by_name(store: SqliteStore, path: Path) -> None:
    with pytest.raises(Conflict, match=rf"already runs on .*: pid {os.getpid()}, started 20") as refused:
        open_store(path)
    assert refused.value.exit_code == 10 and refused.value.hints
    await store.read("SELECT 1")


async def test_the_lock_tells_where_the_server_is(path: Path) -> None:
    store = open_store(path, lock_info={"socket": "/run/x.sock", "listen": []})
    store.announce(listen=["0.0.0.0:9000"])
    found = read_lock(path)
    await store.close()
    assert found is not None
    assert (found["pid"], found["socket"], found["listen"]) == (os.getpid(), "/run/x.sock", ["0.0.0.0:9000"])
    assert found["started_at"].endswith("Z") and found["version"]


async def test_a_server_that_ended_leaves_no_lock(path: Path) -> None:
    await open_store(path).close()
    assert read_lock(path) is None
    await open_store(path).close()


def test_a_lock_file_that_nobody_holds_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cpoctl.db"
    assert read_lock(path) is None
    lock_path(path).write_text(json.dumps({"pid": 1}))
    assert read_lock(path) is None


def test_a_shorter_text_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    lock = DatabaseLock(tmp_path / "cpoctl.db", {"socket": "/a/very/long/path/to/a/socket"})
    lock.announce({})
    assert read_lock(tmp_path / "cpoctl.db") == {"pid": os.getpid()}
    lock.release()


async def test_a_place_that_cannot_hold_a_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match=r"cannot open .*file/cpoctl\.db"):
        open_store(tmp_path / "file" / "cpoctl.db")
