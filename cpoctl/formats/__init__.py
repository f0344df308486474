"""Output formats: one file a format, its name is the format's name.

A format has `render(sheet)`, which yields text with its line ends, and `MACHINE`: whether it tells raw
values instead of values made for a reader. One with `BYTES = True` yields bytes, which go to a file or a pipe and to
no terminal. Rows may come one by one, and without end in sight: a format that can writes each before it takes the next.
Tables of text are cleaned at this edge, JSON is exact (RELIABILITY O-01, O-04).
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cpoctl.table import Field, clean, plain

if TYPE_CHECKING:
    from cpoctl.charts import Chart

Record = Mapping[str, Any]
Tuples = Sequence[tuple[Any, ...]]
WHOLE = sys.maxsize
UNIT = "\x1f"
INCOMPLETE = "The data of this period is incomplete."
_AT_A_TIME = 500


class Remark(NamedTuple):
    """Something to be said of the data; `missing`: it is incomplete without it."""

    text: str
    missing: bool


@dataclass(frozen=True)
class Packed:
    """The same rows, each as one text with its cells apart by UNIT, which no cell holds; `numbers` are such fields."""

    lines: Iterable[Sequence[str]]
    numbers: frozenset[str]


class Rows:
    """Rows as they come, many at a time, as tuples of the fields; records to whoever wants records.

    A cell is a whole number, a text or None, which makes them quick to write.

    `total` is about how many they are; `bom` and `delimiter` are how their reader wants CSV. `packed` are the rows once more,
    as CSV takes them ten times as quickly; whoever reads them leaves `batches` alone. `typed` are the rows once more, whose
    numbers and instants were not written out for their reader: for a format that says `TYPED = True`.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        batches: Iterable[Tuples],
        total: int | None = None,
        *,
        bom: bool = False,
        delimiter: str = ",",
        packed: Packed | None = None,
        typed: "Rows | None" = None,
    ) -> None:
        self.fields = fields
        self.batches = batches
        self.total = total
        self.bom = bom
        self.delimiter = delimiter
        self.packed = packed
        self.typed = typed

    def __iter__(self) -> Iterator[Record]:
        names = [field.name for field in self.fields]
        return (dict(zip(names, row, strict=True)) for batch in self.batches for row in batch)


@dataclass(frozen=True)
class Sheet:
    """Rows to tell, as JSON data, with the fields that describe them.

    `many` is False for the one object of a `show`. `width` is the terminal's, None where nothing is cut.
    `headers` is the caller's wish, None for the format's own habit. `picked`: the caller chose the fields.
    `title` says what it is, `chart` what it looks like, `bom` that a spreadsheet
    wants to be told of UTF-8, `delimiter` what stands between cells of CSV, `ascii` that nothing else may be drawn.
    `few` says which of the rows these are where a limit left some out: `3 of 12`. `remarks` are what is to be said of the data: what goes from hand to hand tells them itself, where nobody sees stderr.
    """

    records: Iterable[Record]
    fields: Sequence[Field]
    many: bool = True
    width: int | None = None
    headers: bool | None = None
    picked: bool = False
    title: str = ""
    chart: "Chart | None" = None
    bom: bool = False
    delimiter: str = ","
    ascii: bool = False
    remarks: Sequence[Remark] = ()
    few: str = ""

    @property
    def said(self) -> list[str]:
        """The remarks as lines, that the data is incomplete first if it is."""
        texts = [clean(remark.text, WHOLE) for remark in self.remarks]
        return [INCOMPLETE, *texts] if any(remark.missing for remark in self.remarks) else texts

    @property
    def columns(self) -> list[Field]:
        """The fields that a table shows."""
        return [field for field in self.fields if field.rows is None and (self.picked or field.column)]


class Format(Protocol):
    """What the module of a format offers."""

    def render(self, sheet: Sheet) -> Iterable[str] | Iterable[bytes]:
        """The sheet as text, or as bytes."""


def packed_rows(sheet: Sheet) -> Packed | None:
    """The rows as CSV takes them most quickly, if they come so and all of their fields are wanted."""
    rows = sheet.records
    if not isinstance(rows, Rows) or [field.name for field in rows.fields] != [field.name for field in sheet.columns]:
        return None
    return rows.packed


def batches(sheet: Sheet) -> Iterator[Tuples]:
    """The cells of the columns as they are, many rows at a time."""
    names = [field.name for field in sheet.columns]
    if isinstance(sheet.records, Rows) and [field.name for field in sheet.records.fields] == names:
        yield from sheet.records.batches
        return
    records = iter(sheet.records)
    while some := [tuple(value(record, name) for name in names) for record in islice(records, _AT_A_TIME)]:
        yield some


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
    return bare(value(record, field.name))


def bare(content: Any) -> str:
    """A value as machine text: harmless, uncut, without tabs."""
    return harmless(_text(content), WHOLE)


def shown(record: Record, field: Field, limit: int = 256) -> str:
    """A cell for a reader: in the column's own form, harmless, cut."""
    content = value(record, field.name)
    if field.column and field.column.show:
        beside = [value(record, field.column.beside)] if field.column.beside else []
        return harmless(field.column.show(content, *beside), limit)
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
