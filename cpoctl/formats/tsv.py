"""Tab-separated values: what a pipe gets. No header unless wanted, nothing cut, harmless text."""

from collections.abc import Iterator, Sequence

from cpoctl.formats import Record, Sheet, lines, raw, value
from cpoctl.table import Field, fields

MACHINE = True


def render(sheet: Sheet) -> Iterator[str]:
    """A line a row; for one object a line a field, with its name, and of one field that was picked the bare value."""
    if not sheet.many:
        if sheet.picked and len(sheet.fields) == 1 and sheet.fields[0].rows is None and not sheet.headers:
            yield from lines(raw(record, sheet.fields[0]) for record in sheet.records)
            return
        for record in sheet.records:
            yield from lines(_named(record, sheet.fields))
        return
    if sheet.headers:
        yield from lines(["\t".join(field.name for field in sheet.columns)])
    yield from lines("\t".join(raw(record, field) for field in sheet.columns) for record in sheet.records)


def _named(record: Record, known: Sequence[Field], prefix: str = "") -> Iterator[str]:
    """The fields of an object, then those of the rows within it: `lines.2.price` is that of the second line."""
    for field in known:
        if field.rows is None:
            yield f"{prefix}{field.name}\t{raw(record, field)}"
    for field in known:
        if field.rows is not None:
            for number, row in enumerate(value(record, field.name) or (), 1):
                yield from _named(row, fields(field.rows), f"{prefix}{field.name}.{number}.")
