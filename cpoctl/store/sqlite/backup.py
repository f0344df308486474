"""Backup and restore: a checked copy of a database in use, and the way back.

A copy appears under its name only when it is complete, sound and on disk.
"""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from shlex import quote

from cpoctl.errors import Conflict, NotFound, StoreUnavailable, UsageProblem
from cpoctl.store.sqlite.connection import connect_reader, connect_writer, create_file, interruptible
from cpoctl.store.sqlite.integrity import DatabaseCorrupt, check
from cpoctl.store.sqlite.locking import DatabaseLock
from cpoctl.store.sqlite.migrate import migrations, refuse_newer

_PAGES_A_STEP = 256


def backup_path(path: Path, now: datetime) -> Path:
    """Where a backup goes when nobody says where."""
    return path.with_name(f"{path.name}.backup-{now:%Y%m%dT%H%M%SZ}")


def back_up(source: Path, target: Path) -> None:
    """Write a checked copy of a database that may be in use (RELIABILITY D-08)."""
    if target.exists() or target.is_symlink():  # also one to nothing, which would be lost
        raise Conflict(
            f"{target} exists already", target=str(target), hints=[f"cpoctl db backup {_free(target)}    a free name"]
        )
    if not target.parent.is_dir():  # a typing error in a path must not pass for a backup
        raise UsageProblem(
            f"there is no directory {target.parent}", target=str(target), hints=["cpoctl db backup --help"]
        )
    try:
        partial = _copied(source, target)
        partial.rename(target)
        sync_directory(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"cannot copy {source} to {target}: {error}") from error


def _free(taken: Path) -> str:
    """A name beside one that is taken, as a shell takes it."""
    number = 2
    while (path := taken.with_stem(f"{taken.stem}-{number}")).exists():
        number += 1
    return quote(str(path))


def restore(backup: Path, target: Path, now: datetime) -> Path | None:
    """Put a backup in the place of a database; returns where the old one was kept.

    Raises Conflict while a server runs on it or when the backup is newer than the program, DatabaseCorrupt.
    """
    _must_be_there(backup)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = DatabaseLock(target, {"restoring": str(backup)})  # before a large backup is looked through
    try:
        refuse_unusable(backup)
        fresh = _copied(backup, target)
        kept = _kept(target, now) if target.exists() else None
        fresh.replace(target)
        sync_directory(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"cannot restore {backup} to {target}: {error}") from error
    finally:
        lock.release()
    return kept


def vacuum(path: Path) -> tuple[int, int]:
    """Write a database anew without its free pages; the bytes before and after.

    Raises Conflict while a server runs on it, StoreUnavailable where the disk has no room for the copy.
    """
    lock = DatabaseLock(path, {"vacuuming": str(path)})
    try:
        before = path.stat().st_size
        fresh = _written_anew(path)
        for suffix in ("-wal", "-shm"):  # empty by now; a -wal must never meet another database
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        fresh.replace(path)
        sync_directory(path.parent)
        return before, path.stat().st_size
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"cannot vacuum {path}: {error}", target=str(path)) from error
    finally:
        lock.release()


def _written_anew(path: Path) -> Path:
    """The database without free pages under a temporary name beside it: SQLite by itself would hold the whole of it in memory."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    create_file(partial)
    try:
        with closing(connect_writer(path)) as connection, interruptible(connection):
            if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise sqlite3.OperationalError("somebody is reading it")
            connection.execute("VACUUM INTO ?", [str(partial)])
        _sync(partial)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    return partial


def refuse_unusable(backup: Path) -> None:
    """Raise when a file cannot take a database's place."""
    _must_be_there(backup)
    if found := check(backup, full=True):
        raise DatabaseCorrupt(f"{backup} is damaged: {found[0]}", target=str(backup))
    with closing(connect_reader(backup)) as connection:
        version = int(connection.execute("PRAGMA user_version").fetchone()["user_version"])
    if version == 0:
        raise Conflict(f"{backup} is not a database of cpoctl", target=str(backup))
    refuse_newer(backup, version, migrations()[-1].version)


def _must_be_there(backup: Path) -> None:
    if not backup.is_file():
        raise NotFound(f"there is no backup at {backup}", target=str(backup))


def _copied(source: Path, target: Path) -> Path:
    """A sound copy on disk under a temporary name beside the target."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    create_file(partial)
    try:
        _copy(source, partial)
        if found := check(partial):
            raise DatabaseCorrupt(f"the copy of {source} is damaged: {found[0]}", target=str(source))
        _sync(partial)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    return partial


def _copy(source: Path, partial: Path) -> None:
    with closing(connect_reader(source)) as reading, closing(sqlite3.connect(partial, isolation_level=None)) as writing:
        reading.execute("BEGIN")  # one snapshot: without it each commit of the server starts the copy afresh
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=_PAGES_A_STEP)
        writing.execute("PRAGMA journal_mode = DELETE")  # the copy is one file


def _kept(target: Path, now: datetime) -> Path:
    """Give the old database a second name, with whatever its -wal file still holds."""
    kept = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    with suppress(sqlite3.Error), closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a sound one needs no -wal from here on
    os.link(target, kept)
    for suffix in ("-wal", "-shm"):  # a damaged one keeps what it has; a -wal must never meet another database
        piece = target.with_name(target.name + suffix)
        if piece.exists():
            piece.rename(kept.with_name(kept.name + suffix))
    return kept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make a rename durable."""
    if os.name == "posix":
        _sync(directory)
