"""Backup, restore and damage: a copy is whole or absent, and an old database is never lost."""

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpoctl.errors import Conflict, NotFound, StoreUnavailable
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.backup import back_up, backup_path, restore
from cpoctl.store.sqlite.integrity import DatabaseCorrupt, check, network_filesystem
from cpoctl.store.sqlite.store import SqliteStore
from tests.store.conftest import Answers, frame
from tests.support.databases import empty_database

WHEN = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)


def frames_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM journal").fetchone()[0])


def content(path: Path) -> bytes:
    return path.read_bytes()


async def filled(path: Path, count: int) -> None:
    store = open_store(path)
    await store.write([frame(number, size=300) for number in range(1, count + 1)])
    await store.close()


def damage(path: Path, *, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(random.Random(7).randbytes(4000))


async def test_a_backup_under_load_holds_all_that_was_acknowledged_before(store: SqliteStore, path: Path) -> None:
    await store.write([frame(number, size=2000) for number in range(1, 1001)])
    answers = Answers()
    for number in range(1001, 1101):
        store.submit([frame(number)], answers.done(number))
    target = backup_path(path, WHEN)
    await store.backup(target)
    await answers.wait_for(100)
    assert check(target, full=True) == []
    assert frames_in(target) >= 1000
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in path.parent.glob("*.backup-*")) == [target.name]


async def test_a_backup_overwrites_nothing(store: SqliteStore, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    with pytest.raises(Conflict):
        await store.backup(target)
    assert target.read_text() == "mine"


async def test_a_backup_that_fails_leaves_nothing_behind(store: SqliteStore, tmp_path: Path) -> None:
    tmp_path.joinpath("x.db.partial").mkdir()
    with pytest.raises(StoreUnavailable):
        await store.backup(tmp_path / "x.db")
    assert not (tmp_path / "x.db").exists()


async def test_restore_puts_the_backup_in_place_and_keeps_the_old(path: Path) -> None:
    await filled(path, 3)
    backup = backup_path(path, WHEN)
    back_up(path, backup)
    store = open_store(path)
    await store.write([frame(4)])
    await store.close()
    kept = restore(backup, path, WHEN)
    assert kept is not None and kept.name == "cpoctl.db.before-restore-20261122T140211Z"
    assert (frames_in(path), frames_in(kept), frames_in(backup)) == (3, 4, 3)
    store = open_store(path)
    assert await store.read("SELECT count(*) AS n FROM journal") == [{"n": 3}]
    await store.close()


async def test_restore_takes_the_wal_of_a_killed_server_along(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    await store.write([frame(1)])
    back_up(path, tmp_path / "backup")
    await store.write([frame(2)])
    left = tmp_path / "left.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{left}{suffix}")
    kept = restore(tmp_path / "backup", left, WHEN)
    assert kept is not None
    assert (frames_in(left), frames_in(kept)) == (1, 2)


async def test_restore_is_refused_while_a_server_runs(store: SqliteStore, path: Path) -> None:
    await store.write([frame(1)])
    backup = backup_path(path, WHEN)
    await store.backup(backup)
    with pytest.raises(Conflict, match="already runs"):
        restore(backup, path, WHEN)


async def test_restore_refuses_a_damaged_foreign_or_missing_backup(path: Path, tmp_path: Path) -> None:
    await filled(path, 100)
    back_up(path, tmp_path / "damaged")
    damage(tmp_path / "damaged", at=20 * 4096)
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        restore(tmp_path / "damaged", path, WHEN)
    sqlite3.connect(tmp_path / "foreign").close()
    with pytest.raises(Conflict, match="not a database of cpoctl"):
        restore(tmp_path / "foreign", path, WHEN)
    with pytest.raises(NotFound):
        restore(tmp_path / "missing", path, WHEN)
    assert frames_in(path) == 100


@pytest.mark.parametrize("at", [0, 20 * 4096], ids=["header", "page"])
async def test_a_damaged_database_is_refused_with_the_way_out_and_left_alone(path: Path, at: int) -> None:
    await filled(path, 100)
    good, bad = backup_path(path, WHEN), backup_path(path, WHEN.replace(hour=15))
    back_up(path, good)
    shutil.copy(good, bad)
    damage(bad, at=0)
    damage(path, at=at)
    before = content(path)
    with pytest.raises(DatabaseCorrupt) as refused:
        open_store(path)
    assert refused.value.exit_code == 1
    assert str(path) in refused.value.message and str(good) in refused.value.message
    assert refused.value.hints == (f"cpoctl db restore {good} --confirm restore --db {path}",)
    assert content(path) == before
    restore(good, path, WHEN)
    assert frames_in(path) == 100


async def test_a_sound_database_passes_the_check_while_it_is_served(store: SqliteStore) -> None:
    assert await store.check() == []
    assert await store.check(full=True) == []


def test_a_local_directory_is_no_network_file_system(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path / "cpoctl.db") is None


@pytest.mark.parametrize("variant", range(20))
async def test_a_torn_wal_leaves_a_prefix(path: Path, tmp_path: Path, variant: int) -> None:
    """RELIABILITY D-07."""
    store = open_store(empty_database(path))
    for number in range(1, 13):
        await store.write([frame(number)])
    torn = tmp_path / "torn.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{torn}{suffix}")
    await store.close()
    wal = bytearray(torn.with_name("torn.db-wal").read_bytes())
    place = random.Random(variant).randrange(len(wal))
    if variant % 2:
        del wal[place:]
    else:
        wal[place] ^= 0x10
    torn.with_name("torn.db-wal").write_bytes(wal)
    with closing(sqlite3.connect(torn)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'journal'").fetchone()[0]
        found = [row[0] for row in connection.execute("SELECT journal_id FROM journal ORDER BY 1")] if tables else []
    assert found == list(range(1, len(found) + 1))
