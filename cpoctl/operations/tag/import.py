"""Add and change tags from a CSV file, all of it or nothing."""  # noqa: N999 # a verb's file has its name

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain import tags
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option
from cpoctl.operations.tag import Change, change
from cpoctl.operations.tag._sheet import Line, Unreadable, lines, wish
from cpoctl.table import Column

_TOLD_MOST = 5


@dataclass(frozen=True)
class LineRow:
    """A line that cannot be imported."""

    line: Annotated[int, Column("LINE", align="right")]
    tag_id: Annotated[str, Column("TAG")]
    problem: Annotated[str, Column("PROBLEM")]


@dataclass(frozen=True)
class ImportRow:
    """What an import did, or with --dry-run would do."""

    written: Annotated[bool, Column("WRITTEN")]
    added: Annotated[int, Column("ADDED", align="right")]
    changed: Annotated[int, Column("CHANGED", align="right")]
    unchanged: Annotated[int, Column("UNCHANGED", align="right")]
    bad: Annotated[int, Column("BAD", align="right")]
    problems: list[LineRow]


@dataclass(frozen=True, kw_only=True)
class ImportTags(Act):
    """Add and change tags from a CSV file with a header, as `tag export` writes it.

    A column that the file lacks is left alone, an empty cell clears. Nothing is written if any line is bad,
    unless --skip-bad; tags that the file does not name stay as they are.
    """

    path = "tag import"
    route = "POST /tag-sheet"
    row = ImportRow
    examples = (
        "cpoctl tag import tags.csv --dry-run",
        "cpoctl tag export > tags.csv",
        "cpoctl tag import tags.csv --skip-bad",
    )

    file: Annotated[str, Argument("the CSV file, - for standard input", kind="path")]
    skip_bad: Annotated[bool, Option("import the good lines and tell the bad ones")] = False
    dry_run: Annotated[bool, Option("only say what would be done", short="n")] = False

    async def run(self, operator: Operator) -> ImportRow:
        """Read every line, then write in one transaction."""
        old = {tags.key(record["tag_id"]): record for record in await operator.store.read("SELECT * FROM tag")}
        good, bad = _judged(self.file, old, operator)
        changes = [made for made in good if made.row._asdict() != old.get(tags.key(made.row.tag_id))]
        added = sum(tags.key(made.row.tag_id) not in old for made in changes)
        if bad and not self.skip_bad and not self.dry_run:
            raise _refused(bad, len(good) + len(bad))
        if changes and not self.dry_run:
            await operator.commit([made.row for made in changes], [made.event for made in changes])
        counts = (added, len(changes) - added, len(good) - len(changes), len(bad))
        return ImportRow(bool(changes) and not self.dry_run, *counts, bad)


def _judged(text: str, old: dict[str, dict[str, Any]], operator: Operator) -> tuple[list[Change], list[LineRow]]:
    """The lines that can be imported, and those that cannot."""
    good: list[Change] = []
    bad: list[LineRow] = []
    first: dict[str, int] = {}
    for line in lines(text):
        name = tags.key(line.cells.get("tag_id"))
        try:
            if line.problem:
                raise Unreadable(line.problem)
            if name in first:
                raise Unreadable(f"the same tag as line {first[name]}")
            first[name] = line.number
            good.append(_change(line, old.get(name, {}), operator))
        except (Unreadable, CpoctlError) as error:
            why = error.message if isinstance(error, CpoctlError) else str(error)
            bad.append(LineRow(line.number, line.cells.get("tag_id", "")[:64], why))
    return good, bad


def _change(line: Line, old: dict[str, Any], operator: Operator) -> Change:
    return change(line.cells["tag_id"], old, wish(line.cells), operator.live, operator.clock.now())


def _refused(bad: list[LineRow], total: int) -> UsageProblem:
    told = "; ".join(f"line {row.line}: {row.problem}" for row in bad[:_TOLD_MOST])
    more = f"; and {len(bad) - _TOLD_MOST} more" if len(bad) > _TOLD_MOST else ""
    return UsageProblem(
        f"{len(bad)} of {total} lines cannot be imported, nothing was written: {told}{more}",
        hints=[
            "cpoctl tag import FILE --dry-run     tells every line",
            "cpoctl tag import FILE --skip-bad    imports the others",
        ],
        detail={"lines": [vars(row) for row in bad]},
    )
