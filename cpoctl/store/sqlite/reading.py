"""Reading without a server: what the command line uses on the bare file.

Imports nothing but sqlite3: it is part of the start-up budget of a command.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cpoctl.errors import NotFound, StoreUnavailable, UsageProblem
from cpoctl.store import Record
from cpoctl.store.sqlite.connection import connect_reader

Params = Mapping[str, Any] | Sequence[Any]
_AT_A_TIME = 1000


class OfflineReader:
    """Reads a database that no server has open; leaves no lock behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = _open(path)

    def read(self, sql: str, params: Params = ()) -> list[Record]:
        """Run one SELECT."""
        return select(self._connection, self.path, sql, params)

    def each(self, sql: str, params: Params = ()) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Run one SELECT; its rows as tuples, many at a time, so that millions take no memory."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        try:
            cursor.execute(sql, params)
            while found := cursor.fetchmany(_AT_A_TIME):
                yield found
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot read {self.path}: {error}") from error
        finally:
            cursor.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let whatever is read in the block see the same commits."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> "OfflineReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def select(
    connection: sqlite3.Connection, path: Path, sql: str, params: Params = (), most: int | None = None
) -> list[Record]:
    """Run one SELECT; tell a failure as one of the store's. Raises UsageProblem for more than `most` rows."""
    try:
        cursor = connection.execute(sql, params)
        found = cursor.fetchall() if most is None else cursor.fetchmany(most + 1)
    except OverflowError:
        raise UsageProblem("a number is too large", hints=["numbers have 18 digits at the most"]) from None
    except sqlite3.Error as error:
        raise StoreUnavailable(f"cannot read {path}: {error}") from error
    if most is not None and len(found) > most:
        cursor.close()
        raise UsageProblem(f"these are more than {most} rows", hints=["narrow it down: a charger, a time, --last"])
    return found


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise NotFound(f"there is no database at {path}", hints=("cpoctl serve",))
    try:
        return _opened(path, "mode=ro")
    except sqlite3.OperationalError as error:
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists() and wal.stat().st_size:
            raise StoreUnavailable(f"cannot read {path}: {error}; its -wal file holds newer facts") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"cannot read {path}: {error}", hints=(f"cpoctl --db {path} db check",)) from error
    try:  # a directory that we may not write: nobody changes the file while we read it
        return _opened(path, "mode=ro&immutable=1")
    except sqlite3.Error as error:
        raise StoreUnavailable(f"cannot read {path}: {error}") from error


def _opened(path: Path, options: str) -> sqlite3.Connection:
    connection = connect_reader(path, options=options)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
