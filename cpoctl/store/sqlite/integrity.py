"""Integrity: find out whether a database file is sound, and what to do when it is not."""

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cpoctl.errors import StoreUnavailable
from cpoctl.store.sqlite.connection import connect_reader, interruptible

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CHECKED_AT_OPEN = 64 * 1024 * 1024  # takes a fraction of a second; larger files are checked in the background


_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph", "glusterfs", "fuse.glusterfs"}


class DatabaseCorrupt(StoreUnavailable):
    """The database file is damaged; it is left as it is."""


def check(path: Path, *, full: bool = False) -> list[str]:
    """What is wrong with a database; empty when it is sound."""
    pragma = "integrity_check" if full else "quick_check"
    try:
        with closing(connect_reader(path)) as connection, interruptible(connection):
            found = [str(text) for row in connection.execute(f"PRAGMA {pragma}") for text in row.values()]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def backups_of(path: Path) -> list[Path]:
    """The backups beside a database, newest first."""
    names = ("backup", "before-migration", "before-restore")
    found = [file for name in names for file in path.parent.glob(f"{path.name}.{name}-*") if _is_database(file)]
    return sorted(found, key=lambda file: file.stat().st_mtime_ns, reverse=True)


def refuse_damaged(path: Path) -> None:
    """Raise DatabaseCorrupt when a database of moderate size is not sound."""
    if 0 < path.stat().st_size <= _CHECKED_AT_OPEN and (found := check(path)):
        raise corrupt(path, found[0])


@contextmanager
def telling_corruption(path: Path) -> Iterator[None]:
    """Turn SQLite's word for a damaged file into what the operator can do about it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPT:
            raise corrupt(path, str(error)) from error
        raise StoreUnavailable(f"cannot open {path}: {error}") from error


def corrupt(path: Path, found: str) -> DatabaseCorrupt:
    """Name the file, what is wrong, the newest good backup and the command that restores it (RELIABILITY D-06)."""
    good = next((backup for backup in backups_of(path) if not check(backup)), None)
    advice = "there is no good backup beside it" if good is None else f"the newest good backup is {good}"
    chosen = "BACKUP" if good is None else shlex.quote(str(good))
    return DatabaseCorrupt(
        f"{path} is damaged: {found}; {advice}",
        target=str(path),
        hints=(f"cpoctl db restore {chosen} --confirm restore --db {shlex.quote(str(path))}",),
        detail={"path": str(path), "found": found, "backup": None if good is None else str(good)},
    )


def _is_database(file: Path) -> bool:
    return file.is_file() and not file.name.endswith(("-wal", "-shm", "-journal", ".partial"))


def network_filesystem(path: Path) -> str | None:
    """The kind of network file system that a path is on, where the system can tell."""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return None
    place = path.resolve()
    entries = [line.split()[1:3] for line in mounts.splitlines()]
    over = [(point, kind) for point, kind in entries if place.is_relative_to(point)]
    kind = max(over, key=lambda entry: len(entry[0]), default=("", ""))[1]
    return kind if kind in _NETWORK else None
