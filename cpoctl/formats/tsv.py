"""Tab-separated values: what a pipe gets. No header unless wanted, nothing cut, harmless text."""

from collections.abc import Iterator

from cpoctl.formats import Sheet, lines, raw

MACHINE = True


def render(sheet: Sheet) -> Iterator[str]:
    """A line a row; for one object a line a field, with its name, and of one field that was picked the bare value."""
    if not sheet.many:
        fields = [field for field in sheet.fields if field.rows is None]
        if sheet.picked and len(sheet.fields) == 1 and fields and not sheet.headers:
            yield from lines(raw(record, fields[0]) for record in sheet.records)
            return
        yield from lines(f"{field.name}\t{raw(record, field)}" for record in sheet.records for field in fields)
        return
    if sheet.headers:
        yield from lines(["\t".join(field.name for field in sheet.columns)])
    yield from lines("\t".join(raw(record, field) for field in sheet.columns) for record in sheet.records)
