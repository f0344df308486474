"""The sheet of tags: a CSV file's lines as wishes, each with its number. What `tag export` writes, `tag import` reads."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from cpoctl.domain import tags
from cpoctl.errors import UsageProblem, nearest
from cpoctl.operations.tag import Wish

COLUMNS = ("tag_id", "status", "parent_id", "expires_at", "sessions_most", "sites", "places", "note")
IGNORED = ("added_at",)  # `tag list -o csv` has it
MOST = 10_000
_HINT = "cpoctl tag export    a file in the right form"
_GUARDED = re.compile(r"'+[=+\-@\t\r\0]")
_STATUS = {"accepted": tags.ACCEPTED, "blocked": tags.BLOCKED, "": None}


class Line(NamedTuple):
    """One line of the file: its number, its cells by column, or what is wrong with it."""

    number: int
    cells: dict[str, str]
    problem: str | None = None


class Unreadable(ValueError):
    """A line that says nothing that a tag can be."""


def lines(text: str) -> Iterator[Line]:
    """The lines below the header, blank ones left out. Raises UsageProblem when it is no sheet of tags."""
    text = text.removeprefix("\ufeff")  # spreadsheets begin with it
    head = text.partition("\n")[0]
    delimiter = "," if "," in head else next((sign for sign in ";\t" if sign in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []))
        before, count = reader.line_num, 0
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST:
                raise UsageProblem(f"more than {MOST} tags in one file", hints=["split it, and import the parts"])
            yield _line(number, columns, cells)
    except csv.Error as error:
        raise UsageProblem(f"line {reader.line_num} is not CSV: {error}", hints=[_HINT]) from error


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    for name in columns:
        if name not in (*COLUMNS, *IGNORED):
            raise UsageProblem(
                f"no column {name[:40]!r}{nearest(name, COLUMNS)}; a header names some of {', '.join(COLUMNS)}",
                hints=[_HINT],
            )
    if "tag_id" not in columns or len(set(columns)) < len(columns):
        raise UsageProblem("the header must name each column once, and tag_id among them", hints=[_HINT])
    return columns


def _line(number: int, columns: list[str], cells: list[str]) -> Line:
    if len(cells) != len(columns):
        return Line(number, {}, f"{len(cells)} cells where the header has {len(columns)}")
    return Line(number, {name: _plain(cell) for name, cell in zip(columns, cells, strict=True)})


def _plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def wish(cells: dict[str, str]) -> Wish:
    """What a line wants its tag to be; a column that is not there leaves it alone. Raises Unreadable."""
    sites, places = cells.get("sites"), cells.get("places")
    return Wish(
        status=_status(cells.get("status", "")),
        parent_id=cells.get("parent_id"),
        expires=cells.get("expires_at"),
        note=cells.get("note"),
        sessions_most=_number(cells.get("sessions_most")),
        sites=None if sites is None else tuple(filter(None, re.split(r"[,;\s]+", sites))),
        places=None if places is None else listed(places),
    )


def listed(cell: str) -> tuple[str, ...]:
    """Places of a list; the id of a charger may hold blanks."""
    return tuple(filter(None, (word.strip() for word in re.split(r"[,;]", cell))))


def _status(cell: str) -> str | None:
    word = cell.strip().lower()
    if word not in _STATUS:
        raise Unreadable(f"status {cell!r} is neither Accepted nor Blocked")
    return _STATUS[word]


def _number(cell: str | None) -> int | None:
    if cell is None or not cell.strip():
        return None if cell is None else 0
    if not re.fullmatch(r"\s*[0-9]{1,4}\s*", cell):
        raise Unreadable(f"sessions_most {cell!r} is no number")
    return int(cell)
