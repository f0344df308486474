"""Sheets: files of records, a line each, as CSV or as JSON. What an export writes, an import reads."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from cpoctl.errors import UsageProblem, nearest

MOST = 10_000
_GUARDED = re.compile(r"'+[=+\-@\t\r\0]")


def _same(cell: str) -> str:
    return cell.strip().casefold()


class Layout(NamedTuple):
    """How the sheets of a noun look. `keys` are the columns that say which record it is, the first of them always.

    `export` is the command that writes one. An empty cell clears, unless a sign is `cleared_by`: then an empty one leaves alone.
    """

    noun: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    export: str
    ignored: tuple[str, ...] = ()
    cleared_by: str | None = None
    same: Callable[[str], str] = _same
    """What two writings of a key have in common."""

    @property
    def hints(self) -> list[str]:
        """Where to find a sheet that is right."""
        return [f"{self.export}    a file in the right form"]

    @property
    def key(self) -> str:
        """The column that no line can do without."""
        return self.keys[0]


class Line(NamedTuple):
    """A line of the file: its number, its cells by column, or what is wrong with it. A cell that leaves alone is not there."""

    number: int
    cells: dict[str, str]
    problem: str | None = None


class Unreadable(ValueError):
    """A cell that says nothing that the record can be."""


def lines(text: str, layout: Layout) -> Iterator[Line]:
    """The lines that say something. Raises UsageProblem when it is no sheet of this layout."""
    text = text.removeprefix("\ufeff")  # spreadsheets begin with it
    found = _of_json(text, layout) if text.lstrip()[:1] in ("{", "[") else _of_csv(text, layout)
    for count, line in enumerate(found, 1):
        if count > MOST:
            raise UsageProblem(f"more than {MOST} {layout.noun} in one file", hints=["split it, and import the parts"])
        yield line


def _of_csv(text: str, layout: Layout) -> Iterator[Line]:
    head = text.partition("\n")[0]
    delimiter = "," if "," in head else next((sign for sign in ";\t" if sign in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns([name.strip().lower() for name in next(reader, [])], layout)
        before = reader.line_num
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) == len(columns):
                yield Line(number, _told(zip(columns, cells, strict=True), layout))
            else:
                told = dict(zip(columns, cells, strict=False))
                yield Line(number, told, f"{len(cells)} cells where the header has {len(columns)}")
    except csv.Error as error:
        raise UsageProblem(f"line {reader.line_num} is not CSV: {error}", hints=layout.hints) from error


def _columns(names: list[str], layout: Layout) -> list[str]:
    for name in names:
        _must_be_column(name, layout)
    if layout.key not in names or len(set(names)) < len(names):
        raise UsageProblem(
            f"the header must name each column once, and {layout.key} among them: it can name {', '.join(layout.columns)}",
            hints=layout.hints,
        )
    return names


def _must_be_column(name: str, layout: Layout) -> None:
    if name not in (*layout.columns, *layout.ignored):
        raise UsageProblem(
            f"no column {name[:40]!r}{nearest(name, layout.columns)}; a header names some of {', '.join(layout.columns)}",
            hints=layout.hints,
        )


def _told(cells: Iterable[tuple[str, str]], layout: Layout) -> dict[str, str]:
    """The cells that say something, without the apostrophe that keeps a spreadsheet from taking one for a formula."""
    told = {}
    for name, cell in cells:
        if layout.cleared_by is not None:
            if not cell.strip():
                continue
            if cell.strip() == layout.cleared_by:
                told[name] = ""
                continue
        told[name] = cell[1:] if _GUARDED.match(cell) else cell
    return told


def _of_json(text: str, layout: Layout) -> Iterator[Line]:
    """Objects, a line each, or in one list: then an entry's place is its number."""
    for number, found in _entries(text, layout):
        if not isinstance(found, dict):
            yield Line(number, {}, f"it is not a JSON object: {found}")
            continue
        for name in found:
            _must_be_column(name, layout)
        told = {name: _cell(value) for name, value in found.items()}
        if layout.cleared_by is not None:
            told = {name: cell for name, cell in told.items() if found[name] is not None}
        yield Line(number, told)


def _entries(text: str, layout: Layout) -> Iterator[tuple[int, Any]]:
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), 1)
        except (ValueError, RecursionError) as error:
            raise UsageProblem(f"the file is not JSON: {error}", hints=layout.hints) from error
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, str(error)


def _cell(value: Any) -> str:
    """A JSON value as the cell that says the same."""
    match value:
        case None:
            return ""
        case str():
            return value
        case [*items]:
            return ";".join(map(str, items))
        case {**members}:
            return ",".join(f"{name}={item}" for name, item in members.items())
    return json.dumps(value)
