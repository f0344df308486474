"""The database: where it is, whether it is sound, copies of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cpoctl.errors import CheckFailed, UsageProblem
from cpoctl.operations import (
    Act,
    Argument,
    Danger,
    DatabaseFiles,
    LocalAct,
    Operator,
    Option,
    Outcome,
    Query,
    Read,
    Role,
)
from cpoctl.table import Column, megabytes


@dataclass(frozen=True)
class TableRow:
    """A table of the database."""

    table: Annotated[str, Column("TABLE")]
    rows: Annotated[int, Column("ROWS", align="right")]


@dataclass(frozen=True, kw_only=True)
class Info(Query):
    """Show what the database holds: its tables and how many rows each has."""

    path = "db info"
    route = "GET /db"
    row = TableRow
    noun = "tables"
    examples = ("cpoctl db info",)

    def select(self, read: Read) -> list[TableRow]:
        """Every table."""
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        return [
            TableRow(record["name"], read(f'SELECT count(*) AS rows FROM "{record["name"]}"')[0]["rows"])  # noqa: S608 # our own tables
            for record in read(names)
        ]


@dataclass(frozen=True)
class SizeRow:
    """What a table takes of the file, its indexes among it. The row `(free)` is what is used again before the file grows."""

    table: Annotated[str, Column("TABLE")]
    rows: Annotated[int | None, Column("ROWS", align="right")]
    bytes: Annotated[int, Column("SIZE", align="right", show=megabytes)]
    share: Annotated[float, Column("%", 2, "right", show=lambda share: f"{share:.1f}")]


_PAGES = """
SELECT coalesce(s.tbl_name, d.name) AS name, sum(d.pgsize) AS bytes FROM dbstat d LEFT JOIN sqlite_master s ON s.name = d.name
WHERE d.aggregate = TRUE GROUP BY 1 ORDER BY bytes DESC
"""


@dataclass(frozen=True, kw_only=True)
class Size(Query):
    """Show what takes the room in the database: each table with its rows and bytes, the largest first.

    It reads every page of the file, which takes a while for a large one.
    """

    path = "db size"
    route = "GET /db/size"
    row = SizeRow
    noun = "tables"
    examples = ("cpoctl db size", "cpoctl db size --limit 5")

    def select(self, read: Read) -> list[SizeRow]:
        """Every table that has pages, then the free ones."""
        page, free, pages = (
            next(iter(read(f"PRAGMA {name}")[0].values())) for name in ("page_size", "freelist_count", "page_count")
        )
        whole = max(page * pages, 1)
        found = [
            SizeRow(record["name"], _counted(record["name"], read), record["bytes"], 100 * record["bytes"] / whole)
            for record in read(_PAGES)
        ]
        return [*found, SizeRow("(free)", None, free * page, 100 * free * page / whole)]


def _counted(table: str, read: Read) -> int:
    return int(read(f'SELECT count(*) AS rows FROM "{table}"')[0]["rows"])  # noqa: S608 # our own tables


@dataclass(frozen=True)
class VacuumRow:
    """What a database took on disk before it was written anew, and takes now."""

    path: Annotated[str, Column("PATH")]
    bytes_before: Annotated[int, Column("BEFORE", align="right", show=megabytes)]
    bytes: Annotated[int, Column("NOW", align="right", show=megabytes)]


@dataclass(frozen=True, kw_only=True)
class Vacuum(LocalAct):
    """Give what was freed in the database back to the disk, by writing the file anew. The server must be stopped.

    Free pages are used again before the file grows, so this is only for a disk that needs the room now.
    """

    path = "db vacuum"
    row = VacuumRow
    examples = ("cpoctl db vacuum",)

    def run_local(self, files: DatabaseFiles) -> VacuumRow:
        """Write it anew."""
        before, after = files.vacuum()
        return VacuumRow(str(files.path), before, after)


@dataclass(frozen=True)
class PathRow:
    """Where the database is."""

    path: Annotated[str, Column("PATH")]
    exists: bool
    bytes: int | None


@dataclass(frozen=True, kw_only=True)
class ShowPath(LocalAct):
    """Show where the database is."""

    path = "db path"
    row = PathRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl db path",)

    def run_local(self, files: DatabaseFiles) -> PathRow:
        """Its path, whether or not it exists."""
        exists = files.path.exists()
        return PathRow(str(files.path), exists, files.path.stat().st_size if exists else None)


@dataclass(frozen=True, kw_only=True)
class Check(LocalAct):
    """Check the database file for damage; exit code 11 when there is some."""

    path = "db check"
    row = Outcome
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl db check", "cpoctl db check --full")

    full: Annotated[bool, Option("check indexes as well, which takes longer")] = False

    def run_local(self, files: DatabaseFiles) -> Outcome:
        """Look for damage."""
        problems = files.check(self.full)
        if problems:
            raise CheckFailed(
                f"{files.path} is damaged: {problems[0]}",
                target=str(files.path),
                hints=["cpoctl db restore BACKUP --confirm restore    put a backup in its place"],
                detail={"problems": problems},
            )
        return Outcome(str(files.path), True, "Sound")


@dataclass(frozen=True, kw_only=True)
class Backup(Act):
    """Copy the database while it is in use; the copy is checked before it gets its name."""

    path = "db backup"
    route = "POST /db/backup"
    row = Outcome
    role = Role.ADMIN
    examples = ("cpoctl db backup /var/backups/cpoctl-$(date +%F).db",)

    to: Annotated[str, Argument("the file to write, on the server", kind="new-file")]

    async def run(self, operator: Operator) -> Outcome:
        """Write the copy."""
        target = Path(self.to)
        if not target.is_absolute():
            raise UsageProblem(
                f"{self.to} is not an absolute path", target=self.to, hints=["cpoctl db backup /var/backups/cpoctl.db"]
            )
        await operator.backup(target)
        return Outcome(str(target), True, "Written")


@dataclass(frozen=True, kw_only=True)
class Restore(LocalAct):
    """Put a backup in the database's place. The old file is kept beside it. The server must be stopped."""

    path = "db restore"
    row = Outcome
    danger = Danger.SEVERE
    examples = ("cpoctl db restore /var/backups/cpoctl-2026-11-22.db --confirm restore",)

    backup: Annotated[str, Argument("the backup", kind="file")]

    def consequence(self) -> str:
        """What it will do."""
        return f"put {self.backup} in the database's place: what came after that backup is not in it"

    def confirm_with(self) -> str:
        """The word."""
        return "restore"

    def run_local(self, files: DatabaseFiles) -> Outcome:
        """Swap the files."""
        old = files.restore(Path(self.backup))
        return Outcome(str(files.path), True, f"Restored; the old one is {old}" if old else "Restored")
