"""CSV: RFC 4180, with its header, and with text that no spreadsheet takes for a formula (RELIABILITY O-05)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cpoctl.formats import UNIT, Record, Sheet, Tuples, bare, batches, packed_rows, value
from cpoctl.table import Field

MACHINE = True
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_DOUBTFUL = frozenset({*_FORMULA, "'"})
_SIGNS = bytes(
    ord("=") if chr(at) in "=+-@'" else 0 if (at < 32 and chr(at) not in "\r\n") or at == 127 else at
    for at in range(256)
)
"""Every sign that a formula begins with as `=`, every one that is invisible as NUL."""
_NUMBERS = {int, type(None)}
_TEXTS = {str, type(None)}
_NUMBER = re.compile(r"-\d+[.,]\d+")
"""Money, which begins like a formula and is none."""
_BOM = "\ufeff"


def render(sheet: Sheet) -> Iterator[str]:
    """The header always, unless it was declined, then a line a row; written while the rows come."""
    out = _Lines(sheet.delimiter)
    header = [tuple(field.name for field in sheet.columns)] if sheet.headers is not False else []
    yield _BOM * sheet.bom + out.told(header)
    if (packed := packed_rows(sheet)) is None:
        yield from (out.told(_guarded(some)) for some in batches(sheet))
        return
    numbers = [field.name in packed.numbers for field in sheet.columns]
    for lines in packed.lines:
        told = "\r\n".join([*lines, ""]).replace(UNIT, sheet.delimiter)
        plain = _is_plain(told, len(lines) * (len(numbers) - 1), len(lines), sheet.delimiter)
        yield told if plain else out.told(_unpacked(lines, numbers))


class _Lines:
    """Writes rows as lines."""

    def __init__(self, delimiter: str) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n", delimiter=delimiter)

    def told(self, rows: Iterable[Sequence[Any]]) -> str:
        """The lines of these rows."""
        self._text.seek(0)
        self._text.truncate()
        self._writer.writerows(rows)
        return self._text.getvalue()


def _is_plain(told: str, delimiters: int, lines: int, delimiter: str) -> bool:
    """Whether no cell needs quotes or a guard, as nearly always: thousands of cells are looked at as one text."""
    if not told.isascii() or '"' in told or told.count(delimiter) != delimiters:
        return False
    signs = b"\n" + told.encode().translate(_SIGNS)
    ends = signs.count(b"\n") == lines + 1 and signs.count(b"\r") == lines
    return ends and b"\0" not in signs and not any(begin + b"=" in signs for begin in (delimiter.encode(), b"\n"))


def _unpacked(lines: Sequence[str], numbers: Sequence[bool]) -> Iterator[list[str]]:
    for line in lines:
        yield [text if number else _cell(text) for text, number in zip(line.split(UNIT), numbers, strict=True)]


def cell(record: Record, field: Field) -> str:
    """A cell; a text that starts like a formula, guarded or not, gets an apostrophe, which a reader takes off again."""
    return _cell(value(record, field.name))


def _cell(content: Any) -> str:
    formula = isinstance(content, str) and content.lstrip("'").startswith(_FORMULA)
    return ("'" if formula and not _NUMBER.fullmatch(content) else "") + bare(content)


def _guarded(rows: Tuples) -> Iterator[tuple[Any, ...]]:
    """The rows with every cell harmless. A column without anything to guard, as nearly all are, is looked at as one text."""
    return zip(*map(_column, zip(*rows, strict=True)), strict=True)


def _column(cells: Sequence[Any]) -> Sequence[Any]:
    kinds = set(map(type, cells))
    if kinds <= _NUMBERS:
        return cells
    if kinds <= _TEXTS:
        texts = [text for text in cells if text]
        whole = "".join(texts)
        if whole.isascii() and whole.isprintable() and _DOUBTFUL.isdisjoint({text[0] for text in texts}):
            return cells
    return [_cell(content) for content in cells]
