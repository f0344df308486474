"""Reading: beside the writer, and on the bare file when no server runs."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cpoctl.errors import NotFound, StoreUnavailable, UsageProblem
from cpoctl.store import Record
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.connection import connect_writer
from cpoctl.store.sqlite.reading import OfflineReader
from cpoctl.store.sqlite.store import SqliteStore
from tests.store.conftest import frame

if TYPE_CHECKING:
    from cpoctl.store import Read

COUNT = "SELECT count(*) AS n FROM journal"


async def test_rows_are_read_as_dicts_by_name_or_place(store: SqliteStore) -> None:
    await store.write([frame(1), frame(2)])
    assert await store.read("SELECT message_id FROM journal WHERE journal_id = ?", (2,)) == [{"message_id": "m2"}]
    assert await store.read("SELECT message_id FROM journal WHERE journal_id = :id", {"id": 1}) == [
        {"message_id": "m1"}
    ]


async def test_a_reader_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.read("DELETE FROM journal")


async def test_selects_of_one_question_see_the_same_commits(store: SqliteStore, path: Path) -> None:
    other = connect_writer(path)

    def twice(read: "Read") -> tuple[list[Record], list[Record]]:
        before = read(COUNT)
        other.execute("INSERT INTO event (seq, at, type, data) VALUES (1, '', '', '')")
        return before, read("SELECT count(*) AS n FROM event")

    assert await store.reading(twice) == ([{"n": 0}], [{"n": 0}])
    assert await store.read("SELECT count(*) AS n FROM event") == [{"n": 1}]
    other.close()


async def made(path: Path) -> None:
    store = open_store(path)
    await store.write([frame(1)])
    await store.close()


def test_the_bare_file_is_read_after_a_clean_stop(path: Path) -> None:
    asyncio.run(made(path))
    with OfflineReader(path) as reader:
        assert reader.read(COUNT) == [{"n": 1}]
    assert path.stat().st_mode & 0o077 == 0


async def test_the_bare_file_is_read_with_a_wal_left_behind(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    await store.write([frame(1)])
    left = tmp_path / "left.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{left}{suffix}")
    with OfflineReader(left) as reader:
        assert reader.read(COUNT) == [{"n": 1}]


def test_the_bare_file_is_read_in_a_directory_that_we_may_not_write() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        asyncio.run(made(folder / "cpoctl.db"))
        (folder / "cpoctl.db").chmod(0o444)
        folder.chmod(0o555)
        script = (
            "import os, sys; from pathlib import Path; from cpoctl.store.sqlite.reading import OfflineReader\n"
            "if os.getuid() == 0: os.setuid(65534)\n"
            f"print(OfflineReader(Path(sys.argv[1])).read({COUNT!r}))"
        )
        command = [sys.executable, "-c", script, str(folder / "cpoctl.db")]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (told.stdout, told.stderr) == ("[{'n': 1}]\n", "")
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


async def test_reading_goes_on_while_another_process_serves(store: SqliteStore, path: Path) -> None:
    await store.write([frame(1)])
    with OfflineReader(path) as reader:
        assert reader.read(COUNT) == [{"n": 1}]
    await store.write([frame(2)])


def test_a_missing_file_is_named_and_not_created(path: Path) -> None:
    with pytest.raises(NotFound, match=r"cpoctl\.db"):
        OfflineReader(path)
    assert not path.exists()


@pytest.mark.parametrize("module", ["cpoctl.store", "cpoctl.store.rows", "cpoctl.store.sqlite"])
def test_the_contract_loads_no_sqlite(module: str) -> None:
    assert _loaded(module, "sqlite3", "asyncio") == "[]"


def test_reading_without_a_server_loads_sqlite_alone() -> None:
    assert _loaded("cpoctl.store.sqlite.reading", "asyncio", "sqlite_utils", "logging", "threading") == "[]"


def _loaded(module: str, *unwanted: str) -> str:
    script = f"import sys, {module}; print([name for name in {list(unwanted)!r} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": ""}
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    ).stdout.strip()


async def test_what_operators_ask_never_holds_up_what_a_charger_waits_for(store: SqliteStore) -> None:
    over = threading.Event()
    asked = [asyncio.create_task(store.reading(lambda read: over.wait(20))) for _ in range(4)]
    await asyncio.sleep(0)
    try:
        assert (await asyncio.wait_for(store.read(COUNT), 10))[0]["n"] == 0
    finally:
        over.set()
        await asyncio.gather(*asked)


async def test_more_rows_than_are_allowed_are_not_read(store: SqliteStore) -> None:
    await store.write([frame(number) for number in range(1, 12)])
    assert len(await store.bounded(lambda read: read("SELECT * FROM journal"), 11)) == 11
    with pytest.raises(UsageProblem, match="more than 10 rows"):
        await store.bounded(lambda read: read("SELECT * FROM journal"), 10)


async def test_a_number_that_no_database_takes_is_a_usage_problem(store: SqliteStore) -> None:
    with pytest.raises(UsageProblem, match="too large"):
        await store.read("SELECT * FROM journal LIMIT ?", [10**30])


async def test_a_long_question_does_not_hold_up_the_end(path: Path) -> None:
    store = open_store(path)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    asked = asyncio.create_task(store.reading(lambda read: read(endless)))
    await store.read(COUNT)
    await asyncio.wait_for(store.close(), 20)
    with pytest.raises(StoreUnavailable, match="interrupted"):
        await asked
