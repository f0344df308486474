"""Faults: a database connection that fails where the test says, as a full disk or a broken one would."""

import sqlite3
from pathlib import Path
from typing import Any

from cpoctl.store.sqlite.connection import connect_writer


class FaultyConnection(sqlite3.Connection):
    """Raises in place of the statement that `plan` names."""

    plan: "FaultPlan"

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self.plan.step(self, sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        self.plan.step(self, sql)
        return super().executemany(sql, parameters)


class FaultPlan:
    """Fails the n-th statement, or those that start with a word, until it is healed."""

    def __init__(self, *, nth: int | None = None, word: str = "", code: int = sqlite3.SQLITE_FULL) -> None:
        self.nth = nth
        self.word = word
        self.code = code
        self.steps = 0
        self.hits = 0
        self.log: list[tuple[str, bool]] = []

    def step(self, connection: sqlite3.Connection, sql: str) -> None:
        self.log.append((sql, connection.in_transaction))
        self.steps += 1
        if self.steps == self.nth or (self.word and sql.startswith(self.word)):
            self.hits += 1
            if self.code == sqlite3.SQLITE_FULL and connection.in_transaction:
                sqlite3.Connection.execute(connection, "ROLLBACK")  # SQLite does so by itself on a full disk
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = self.code
            raise error

    def heal(self) -> None:
        self.nth, self.word = None, ""

    def connect(self, path: Path) -> sqlite3.Connection:
        connect_writer(path).close()
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=FaultyConnection)
        connection.plan = self
        return connection
