"""Ids: the first field of each row and nothing else, for the next command of a pipe."""

from collections.abc import Iterator

from cpoctl.formats import Sheet, lines, raw

MACHINE = True


def render(sheet: Sheet) -> Iterator[str]:
    """One id a line."""
    yield from lines(raw(record, sheet.fields[0]) for record in sheet.records)
