"""Scratch: a database in memory with the schema of this program, for what is computed anew and thrown away."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from cpoctl.store import Record
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.faults import UnitRefused, judged
from cpoctl.store.sqlite.migrate import migrations

if TYPE_CHECKING:
    from cpoctl.store.rows import Row


@cache
def _empty() -> bytes:
    """A database of the newest schema, made once: all the migrations take a tenth of a second."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in migrations():
            connection.executescript(step.sql)
        return connection.serialize()


class SqliteScratch:
    """An empty database; it belongs to the thread that made it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.deserialize(_empty())

    def write(self, unit: "Sequence[Row]") -> None:
        """Commit a unit. Raises DuplicateRow, UnstorableRow."""
        self._connection.execute("BEGIN")
        try:
            judged(lambda connection: batch.write(connection, [unit]), self._connection)
        except UnitRefused as error:
            self._connection.execute("ROLLBACK")
            raise error.told from error
        self._connection.execute("COMMIT")

    def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Run one SELECT."""
        return [dict(record) for record in self._connection.execute(sql, params)]

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
