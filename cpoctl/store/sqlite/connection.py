"""The connections: how the database file is made and opened, for the one writer and for readers."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cpoctl.errors import StoreUnavailable

Connect = Callable[[Path], sqlite3.Connection]

_INSTRUCTIONS = 200_000  # of SQLite's machine: some milliseconds
_BUSY_SLICE_MS = 250  # the writer asks again in slices, so that a stop is noticed
_WRITER_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_SLICE_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = OFF",  # tables do not depend on each other's order of writing
    "PRAGMA wal_autocheckpoint = 0",  # see checkpoints.py
    "PRAGMA journal_size_limit = 134217728",
    "PRAGMA cache_size = -32768",  # 32 MiB hold the indexes of 2,000 chargers
    "PRAGMA temp_store = MEMORY",
)
_READER_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA query_only = ON",
    "PRAGMA cache_size = -8192",
    "PRAGMA temp_store = MEMORY",
)

# For each None that is bound the module looks for an adapter, and finding none costs it two exceptions.
sqlite3.register_adapter(type(None), lambda none: none)


def create_file(path: Path) -> None:
    """Make the directory (0700) and an empty database (0600); `-wal` and `-shm` inherit its mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open the connection that writes; commits are explicit."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256, check_same_thread=False)
    try:
        for pragma in _WRITER_PRAGMAS:
            connection.execute(pragma)
        _assert_durable(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, *, options: str = "mode=ro") -> sqlite3.Connection:
    """Open a connection that can only read, with rows as dicts."""
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _READER_PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    connection.row_factory = _as_dict
    return connection


@contextmanager
def interruptible(connection: sqlite3.Connection) -> Iterator[None]:
    """Let Ctrl-C end a long statement of the main thread at once, instead of when SQLite is through with it.

    In another thread it changes nothing: only the main one hears signals.
    """
    connection.set_progress_handler(lambda: 0, _INSTRUCTIONS)  # Python looks for signals as it is called
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> dict[str, object]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _assert_durable(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse to serve when an acknowledged row could be lost (RELIABILITY D-07)."""
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous != 2:
        raise StoreUnavailable(
            f"{path} cannot be written safely: journal mode {mode}, synchronous {synchronous} (wal and 2 are needed)",
            hints=("put the database on a local disk",),
        )
