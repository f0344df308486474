"""A batch: the rows of many units, written with as few calls into SQLite as their order allows.

Each call into SQLite gives the interpreter lock away and has to win it back from the event loop, so inserts
go many rows a statement. Rows of one table keep the order of submission; tables do not depend on each other.
"""

from itertools import chain, groupby
from typing import TYPE_CHECKING

from cpoctl.store.rows import Journal
from cpoctl.store.sqlite.statements import STATEMENTS, table_of, widened

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from cpoctl.store.rows import Row

_WIDTHS = (64, 32, 16, 8, 4, 2)
_TABLES = {row: table_of(sql) for row, sql in STATEMENTS.items()}
_WIDE = {
    row: [(width, wide) for width in _WIDTHS if (wide := widened(sql, width)) is not None]
    for row, sql in STATEMENTS.items()
}


class TransactionLost(Exception):
    """SQLite ended the transaction by itself; whatever follows would commit alone."""


def write(connection: "sqlite3.Connection", units: "Iterable[Sequence[Row]]") -> int:
    """Write the rows of all units inside the transaction that is open; returns the newest journal row's number, or 0."""
    by_table: dict[str, list[Row]] = {table: [] for table in _TABLES.values()}
    appenders = {row: by_table[table].append for row, table in _TABLES.items()}
    for unit in units:
        for row in unit:
            appenders[type(row)](row)
    for table_rows in by_table.values():
        for kind, run in groupby(table_rows, type):
            _write_run(connection, kind, list(run))
    return max((row.journal_id for row in by_table["journal"] if isinstance(row, Journal)), default=0)


def _write_run(connection: "sqlite3.Connection", kind: "type[Row]", run: "list[Row]") -> None:
    start = 0
    for width, sql in _WIDE[kind]:
        while len(run) - start >= width:
            _guard(connection)
            connection.execute(sql, list(chain.from_iterable(run[start : start + width])))
            start += width
    if start < len(run):
        _guard(connection)
        connection.executemany(STATEMENTS[kind], run[start:])


def _guard(connection: "sqlite3.Connection") -> None:
    # After SQLITE_FULL and its like the transaction is gone and statements would commit one by one.
    if not connection.in_transaction:
        raise TransactionLost
