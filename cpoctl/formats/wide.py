"""Wide: the table with every field, uncut."""

from collections.abc import Iterator
from dataclasses import replace

from cpoctl.formats import Sheet
from cpoctl.formats.table import render as table

MACHINE = False


def render(sheet: Sheet) -> Iterator[str]:
    """As the table, but nothing left out."""
    yield from table(replace(sheet, picked=True, width=None))
