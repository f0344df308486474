"""Filling: write a new database as a whole, out of more rows than a server takes in a day.

Nobody else has the file, so it is written without a log, its indexes are made in the end, and it gets its name when it is whole.
The statements are those of the server.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cpoctl.errors import Conflict, StoreUnavailable
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.connection import create_file
from cpoctl.store.sqlite.migrate import migrate

if TYPE_CHECKING:
    from cpoctl.store.rows import Row

Pages = Iterable[tuple[Iterable[Sequence["Row"]], int, int]]
_PRAGMAS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "foreign_keys = OFF",
    "cache_size = -131072",
    "temp_store = MEMORY",
)
_INDEXES = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"


def fill(path: Path, pages: Pages, now: datetime, told: Callable[[int, int], None]) -> None:
    """Write the pages, each in one transaction, and tell how far it is.

    Raises Conflict for a file that is there, StoreUnavailable where nothing can be written.
    """
    if path.exists():
        raise Conflict(f"{path} exists already", target=str(path), hints=["choose another name, or remove it first"])
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        create_file(part)
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            _write(connection, part, pages, now, told)
        part.rename(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"cannot write {path}: {error}", target=str(path)) from error
    finally:
        with suppress(OSError):  # it is there no longer when all went well
            part.unlink()


def _write(
    connection: sqlite3.Connection, part: Path, pages: Pages, now: datetime, told: Callable[[int, int], None]
) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    migrate(connection, part, now, backup=_no_backup)
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    for units, done, total in pages:
        connection.execute("BEGIN")
        batch.write(connection, units)
        connection.execute("COMMIT")
        told(done, total)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA journal_mode = WAL")


def _no_backup(source: Path, target: Path) -> None:
    raise AssertionError("a new database holds nothing to keep")
