"""Faults: whether an error is the fault of one unit's values or of the store as a whole."""

import sqlite3
from collections.abc import Callable
from typing import Any

from cpoctl.store import DuplicateRow, UnstorableRow
from cpoctl.store.sqlite.batch import TransactionLost

# What makes the store fail: nothing was written, and the next unit would fare no better.
STORE_FAULTS = (sqlite3.Error, TransactionLost, MemoryError)

_DUPLICATES = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_ROWID,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL,  # how a live charger refuses to be added again
    sqlite3.SQLITE_CONSTRAINT_TRIGGER,  # how a session that somebody has decided refuses to be another
}
_OF_VALUES = {
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_ERROR,  # such as text that is not the JSON it should be
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_RANGE,
}
# Raised before SQLite sees a value: beyond 64 bit, a lone surrogate, a type without a column.
_UNBINDABLE = (OverflowError, ValueError, TypeError, KeyError, sqlite3.InterfaceError, sqlite3.ProgrammingError)


class UnitRefused(Exception):
    """A unit breaks a rule; `told` is what its caller gets."""

    def __init__(self, told: Exception) -> None:
        super().__init__(str(told))
        self.told = told


def judged(job: Callable[[sqlite3.Connection], Any], connection: sqlite3.Connection) -> Any:
    """Run a job; raise UnitRefused for a fault of its values, any other error as it is."""
    try:
        return job(connection)
    except _UNBINDABLE as error:
        raise UnitRefused(UnstorableRow(str(error))) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in _DUPLICATES:
            raise UnitRefused(DuplicateRow(str(error))) from error
        if primary_code(error) in _OF_VALUES:
            raise UnitRefused(UnstorableRow(str(error))) from error
        raise


def primary_code(error: sqlite3.Error) -> int | None:
    """SQLite's result code without its refinement."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
