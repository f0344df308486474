"""Output formats: one file a format, its name is the format's name.

A format has `render(sheet)`, which yields text with its line ends, and `MACHINE`: whether it tells raw
values instead of values made for a reader. Tables of text are cleaned at this edge, JSON is exact
(RELIABILITY O-01, O-04).
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cpoctl.table import Field, clean, plain

Record = Mapping[str, Any]
WHOLE = sys.maxsize


@dataclass(frozen=True)
class Sheet:
    """Rows to tell, as JSON data, with the fields that describe them.

    `many` is False for the one object of a `show`. `width` is the terminal's, None where nothing is cut.
    `headers` is the caller's wish, None for the format's own habit. `picked`: the caller chose the fields.
    """

    records: Sequence[Record]
    fields: Sequence[Field]
    many: bool = True
    width: int | None = None
    headers: bool | None = None
    picked: bool = False

    @property
    def columns(self) -> list[Field]:
        """The fields that a table shows."""
        return [field for field in self.fields if field.rows is None and (self.picked or field.column)]


class Format(Protocol):
    """What the module of a format offers."""

    def render(self, sheet: Sheet) -> Iterable[str]:
        """The sheet as text."""


def value(record: Record, name: str) -> Any:
    """A field of a record; `a.b` looks into a nested object, or into each of a list of them."""
    if name in record:
        return record[name]
    found: Any = record
    for part in name.split("."):
        found = [_inner(item, part) for item in found] if isinstance(found, list) else _inner(found, part)
    return found


def _inner(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, Mapping) else None


def raw(record: Record, field: Field) -> str:
    """A cell as machine text: harmless, uncut, without tabs."""
    return harmless(_text(value(record, field.name)), WHOLE)


def shown(record: Record, field: Field, limit: int = 256) -> str:
    """A cell for a reader: in the column's own form, harmless, cut."""
    content = value(record, field.name)
    if field.column and field.column.show:
        return harmless(field.column.show(content), limit)
    return harmless(_text(content) if content is not None else "-", limit)


def harmless(text: str, limit: int = 256) -> str:
    """Clean text that stands in a cell, where a tab would be a cell's end."""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    return clean(text, limit).replace("\t", "\\x09")


def _text(content: Any) -> str:
    if isinstance(content, Mapping) or (isinstance(content, list) and any(isinstance(i, Mapping) for i in content)):
        import json

        return json.dumps(content, ensure_ascii=False)
    return plain(content)


def header(field: Field) -> str:
    """A field's heading in a table."""
    return field.column.header if field.column else field.name.replace("_", " ").upper()


def lines(texts: Iterable[str]) -> Iterator[str]:
    """Each text with a line end."""
    for text in texts:
        yield text + "\n"
