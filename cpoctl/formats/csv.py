"""CSV: RFC 4180, with its header, and with text that no spreadsheet takes for a formula (RELIABILITY O-05)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from cpoctl.formats import Record, Sheet, Tuples, bare, batches, value
from cpoctl.table import Field

MACHINE = True
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_DOUBTFUL = frozenset({*_FORMULA, "'"})
_PLAIN = {int, str, type(None)}
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", delimiter=sheet.delimiter)
    if sheet.headers is not False:
        writer.writerow(field.name for field in sheet.columns)
    yield _BOM * sheet.bom + text.getvalue()
    for some in batches(sheet):
        plain = set(map(type, chain.from_iterable(some))) <= _PLAIN
        told = _rows(some, text, writer) if plain else ""
        yield told if plain and _is_harmless(told, sheet.delimiter) else _rows(_guarded(some), text, writer)


def _rows(rows: Iterable[tuple[Any, ...]], text: io.StringIO, writer: Any) -> str:
    text.seek(0)
    text.truncate()
    writer.writerows(rows)
    return text.getvalue()


def _is_harmless(told: str, delimiter: str) -> bool:
    """Whether nothing that was written needs a guard, as nearly always: many rows are looked at as one text."""
    if not told.isascii():
        return False
    signs = told.encode().translate(_SIGNS)
    return not any(begin + b"=" in signs for begin in (delimiter.encode(), b"\n", b'"')) and b"\0" not in signs


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
