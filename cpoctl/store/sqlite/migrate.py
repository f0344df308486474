"""Migrations: bring a database to the schema of this program, one numbered SQL file a step.

To add a migration is to add `migrations/NNN_name.sql`. sqlite-utils' `Migrations` applies them, each with
its record in one transaction; the same transaction sets `user_version`, which an older program checks first.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cpoctl.errors import Conflict

if TYPE_CHECKING:
    from sqlite_utils import Database

_FOLDER = Path(__file__).with_name("migrations")
_NAME = re.compile(r"(\d{3})_\w+\.sql")


class Migration(NamedTuple):
    """One step: from the version before to `version`."""

    version: int
    name: str
    sql: str


def migrations(folder: Path = _FOLDER) -> list[Migration]:
    """All steps, in order."""
    return [
        Migration(int(match[1]), file.stem, file.read_text("utf-8"))
        for file in sorted(folder.glob("*.sql"))
        if (match := _NAME.fullmatch(file.name))
    ]


def version_of(connection: sqlite3.Connection) -> int:
    """The schema that a database has; 0 when it is empty."""
    version: int = connection.execute("SELECT user_version FROM pragma_user_version").fetchone()[0]
    return version


def refuse_newer(path: Path, version: int, newest: int) -> None:
    """Refuse a database that a newer program has written."""
    if version > newest:
        raise Conflict(
            f"{path} has schema version {version}, this program knows versions up to {newest}",
            target=str(path),
            hints=("install a newer cpoctl", "cpoctl db restore BACKUP"),
            detail={"database": version, "program": newest},
        )


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    now: datetime,
    *,
    backup: Callable[[Path, Path], None],
    steps: Sequence[Migration] | None = None,
) -> Path | None:
    """Apply what is missing; returns the backup that was made before, if the database had data."""
    steps = migrations() if steps is None else steps
    version, newest = version_of(connection), steps[-1].version
    refuse_newer(path, version, newest)
    if version == newest:
        return None
    kept = None
    if version > 0:
        kept = path.with_name(f"{path.name}.before-migration-{newest}-{now:%Y%m%dT%H%M%SZ}")
        backup(path, kept)
    _apply(connection, steps)
    return kept


def _apply(connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    from sqlite_utils import Database  # takes a tenth of a second, and is rarely needed
    from sqlite_utils.migrations import Migrations

    plan = Migrations("cpoctl")
    for step in steps:
        plan(name=step.name)(_step(step))
    plan.apply(Database(connection, execute_plugins=False))


def _step(step: Migration) -> "Callable[[Database], None]":
    def apply(db: "Database") -> None:
        db.executescript(step.sql)  # inside a transaction it runs statement by statement
        db.execute(f"PRAGMA user_version = {step.version:d}")

    apply.__name__ = step.name
    return apply
