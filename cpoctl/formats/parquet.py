"""Parquet: columns with types, for whoever analyses. Amounts are exact decimals, instants UTC timestamps."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from cpoctl.formats import Sheet, Tuples, bare, batches
from cpoctl.formats._cells import Typed, is_instant, typed
from cpoctl.formats._needed import library
from cpoctl.table import Field

MACHINE = True
BYTES = True
TYPED = True
_GROUP = 50_000  # rows that are held as they are; what is written already is small


def render(sheet: Sheet) -> Iterator[bytes]:
    """The file. What a column holds is told by its declaration; of one that may hold several kinds by the first rows."""
    arrow, parquet = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
    groups = _groups(sheet)
    first = next(groups, [])
    samples = list(zip(*first, strict=True)) or [()] * len(sheet.columns)
    kinds = [_kind(field, cells) for field, cells in zip(sheet.columns, samples, strict=True)]
    types = {
        bool: arrow.bool_(),
        int: arrow.int64(),
        float: arrow.float64(),
        Decimal: arrow.decimal128(24, 6),
        datetime: arrow.timestamp("us", tz="UTC"),
        str: arrow.string(),
    }
    schema = arrow.schema([(field.name, types[kind]) for field, kind in zip(sheet.columns, kinds, strict=True)])
    file = io.BytesIO()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in chain([first] if first else [], groups):
            columns = zip(zip(*group, strict=True), sheet.columns, kinds, schema, strict=True)
            arrays = [
                arrow.array([_as(kind, content, field) for content in cells], entry.type)
                for cells, field, kind, entry in columns
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
    yield file.getvalue()


def _groups(sheet: Sheet) -> Iterator[Tuples]:
    held: list[tuple[Any, ...]] = []
    for some in batches(sheet):
        held += some
        if len(held) >= _GROUP:
            yield held
            held = []
    if held:
        yield held


def _kind(field: Field, cells: Sequence[Any]) -> type:
    """What a column holds, whatever is in it; text where rows differ in what has no declared kind."""
    if field.kind in (bool, int, float):
        return field.kind
    if is_instant(field):
        return datetime
    if field.kind is str and not (field.is_amount and not field.name.endswith("_id")):
        return str
    found = {type(typed(content, field)) for content in cells if content is not None}
    if found == {int, float}:
        return float
    if len(found) == 1:
        return found.pop()
    return Decimal if not found and field.is_amount else str


def _as(kind: type, content: Any, field: Field) -> Typed:
    """A value as its column holds it; text as it was told."""
    if content is None:
        return None
    if kind is str:
        return bare(content)
    cell = typed(content, field)
    if kind is datetime:
        return cell.replace(tzinfo=UTC) if isinstance(cell, datetime) else None
    return float(cell) if kind is float and isinstance(cell, int) else cell
