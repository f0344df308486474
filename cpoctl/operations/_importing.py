"""Importing: a sheet's lines added and changed in one commit, all of them or nothing."""

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Protocol

from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option
from cpoctl.operations._sheets import Layout, Line, Unreadable, lines
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.events import Event
    from cpoctl.store.rows import Row

_TOLD_MOST, _HINTS_MOST = 50, 3
_AT_A_TIME = 50
_OPTION = re.compile(r"--[a-z-]+: ")


class Made(NamedTuple):
    """What a line makes of its record. `columns` become other than they were: none where nothing changes.

    `becomes` is the record as it shall be, where lines below may be about it.
    """

    target: str
    is_new: bool
    columns: tuple[str, ...]
    rows: "tuple[Row, ...]"
    events: "tuple[Event, ...]"
    becomes: dict[str, Any] | None = None


class _GivingWay:
    """Awaited, it lets the event loop do what else there is."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class Making(Protocol):
    """What makes changes of lines."""

    def made(self, cells: dict[str, str]) -> Made:
        """What a line comes to; remembers nothing. Raises CpoctlError, Unreadable."""

    def keep(self, made: Made) -> None:
        """Remember what a line has come to, for the lines below."""


@dataclass(frozen=True)
class LineRow:
    """A line that cannot be imported, and what to try."""

    line: Annotated[int, Column("LINE", align="right")]
    target: Annotated[str, Column("TARGET")]
    column: Annotated[str | None, Column("COLUMN")]
    problem: Annotated[str, Column("PROBLEM")]
    hint: Annotated[str | None, Column("TRY", 2)]

    @property
    def told(self) -> str:
        """The line in a sentence."""
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.problem}"


@dataclass(frozen=True)
class ChangeRow:
    """What a line would change."""

    line: Annotated[int, Column("LINE", align="right")]
    target: Annotated[str, Column("TARGET")]
    change: Annotated[str, Column("CHANGE")]
    columns: Annotated[list[str], Column("COLUMNS")]


@dataclass(frozen=True)
class ImportRow:
    """What an import did, or with --dry-run would do: then `changes` has each line that changes something."""

    written: Annotated[bool, Column("WRITTEN")]
    added: Annotated[int, Column("ADDED", align="right")]
    changed: Annotated[int, Column("CHANGED", align="right")]
    unchanged: Annotated[int, Column("UNCHANGED", align="right")]
    bad: Annotated[int, Column("BAD", align="right")]
    problems: list[LineRow]
    changes: list[ChangeRow]


@dataclass(frozen=True, kw_only=True)
class ImportSheet(Act):
    """Add and change records from a sheet."""

    row = ImportRow
    layout: ClassVar[Layout]

    file: Annotated[str, Argument("the file, CSV or JSON; - for standard input", kind="path")]
    skip_bad: Annotated[bool, Option("import the good lines and tell the bad ones")] = False
    dry_run: Annotated[bool, Option("only say what would be done", short="n")] = False

    async def making(self, operator: Operator) -> Making:
        """What makes changes of its lines."""
        raise AssertionError(f"{type(self).__name__} makes nothing")

    async def run(self, operator: Operator) -> ImportRow:
        """Read every line, then write in one transaction."""
        good, bad = await self._judged(await self.making(operator))
        changes = [(number, made) for number, made in good if made.columns]
        if bad and not self.skip_bad and not self.dry_run:
            raise self._refused(bad, len(good) + len({row.line for row in bad}))
        written = bool(changes) and not self.dry_run
        if written:
            unit = [row for _, made in changes for row in made.rows]
            unit.sort(key=lambda row: type(row).__name__)  # what is of a kind is written together
            await operator.commit(unit, [event for _, made in changes for event in made.events])
        added = sum(made.is_new for _, made in changes)
        counts = (added, len(changes) - added, len(good) - len(changes), len({row.line for row in bad}))
        planned = [_planned(number, made) for number, made in changes] if self.dry_run else []
        return ImportRow(written, *counts, bad, planned)

    async def _judged(self, making: Making) -> tuple[list[tuple[int, Made]], list[LineRow]]:
        """The lines that can be imported, with their numbers, and what is wrong with the others."""
        good: list[tuple[int, Made]] = []
        bad: list[LineRow] = []
        first: dict[tuple[str, ...], int] = {}
        for count, line in enumerate(lines(self.file, self.layout)):
            if count % _AT_A_TIME == _AT_A_TIME - 1:
                await _GivingWay()  # chargers do not wait for the end of a long file
            same = tuple(self.layout.same(line.cells.get(name, "")) for name in self.layout.keys)
            before = first.setdefault(same, line.number) if same[0] else line.number
            if line.problem:
                bad.append(_row(line, self.layout, None, Unreadable(line.problem)))
            elif before != line.number:
                bad.append(_row(line, self.layout, self.layout.key, Unreadable(f"the same as line {before}")))
            else:
                try:
                    made = making.made(line.cells)
                except (Unreadable, CpoctlError) as error:
                    bad += _faults(line, self.layout, making, error)
                else:
                    making.keep(made)
                    good.append((line.number, made))
        return good, bad

    def _refused(self, bad: list[LineRow], total: int) -> UsageProblem:
        told = [row.told for row in bad[:_TOLD_MOST]]
        if more := bad[_TOLD_MOST:]:
            told.append(f"and {len(more)} more, which --dry-run tells")
        number = len({row.line for row in bad})
        return UsageProblem(
            f"{number} of {total} lines cannot be imported, nothing was written",
            hints=[
                *dict.fromkeys(row.hint for row in bad[:_HINTS_MOST] if row.hint),
                f"cpoctl {self.path} FILE --dry-run     tells every line",
                f"cpoctl {self.path} FILE --skip-bad    imports the others",
            ],
            detail={"why": told, "lines": [vars(row) for row in bad]},
        )


def _planned(number: int, made: Made) -> ChangeRow:
    return ChangeRow(number, made.target, "added" if made.is_new else "changed", list(made.columns))


def _faults(line: Line, layout: Layout, making: Making, error: Exception) -> list[LineRow]:
    """A row for each column that is wrong by itself, so that all is put right at once; else what is wrong together."""
    keys = {name: line.cells[name] for name in layout.keys if name in line.cells}
    others = [{name: cell} for name, cell in line.cells.items() if name not in keys]
    found = []
    for more in [{}, *others]:
        try:
            making.made(keys | more)
        except (Unreadable, CpoctlError) as fault:
            found.append(_row(line, layout, next(iter(more), layout.key), fault))
            if not more:  # nothing can be said of the other cells
                break
    return found or [_row(line, layout, None, error)]


def _row(line: Line, layout: Layout, column: str | None, error: Exception) -> LineRow:
    told, hints = (error.message, error.hints) if isinstance(error, CpoctlError) else (str(error), ())
    target = ":".join(filter(None, (line.cells.get(name, "").strip() for name in layout.keys)))
    return LineRow(line.number, target[:64], column, _OPTION.sub("", told), next(iter(hints), None))
