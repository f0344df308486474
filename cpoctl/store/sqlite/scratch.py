"""Scratch: a database in memory with the schema of this program, for what is computed anew and thrown away."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cpoctl.store import DuplicateRow, Record
from cpoctl.store.sqlite import batch
from cpoctl.store.sqlite.migrate import migrations

if TYPE_CHECKING:
    from cpoctl.store.rows import Row


class SqliteScratch:
    """An empty database; it belongs to the thread that made it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for step in migrations():
            self._connection.executescript(step.sql)

    def write(self, unit: "Sequence[Row]") -> None:
        """Commit a unit. Raises DuplicateRow."""
        self._connection.execute("BEGIN")
        try:
            batch.write(self._connection, [unit])
        except sqlite3.IntegrityError as error:
            self._connection.execute("ROLLBACK")
            raise DuplicateRow(str(error)) from error
        self._connection.execute("COMMIT")

    def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Run one SELECT."""
        return [dict(record) for record in self._connection.execute(sql, params)]

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
