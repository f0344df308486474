"""CSV: RFC 4180, with its header, and with text that no spreadsheet takes for a formula (RELIABILITY O-05)."""

import csv
import io
from collections.abc import Iterator

from cpoctl.formats import Record, Sheet, raw, value
from cpoctl.table import Field

MACHINE = True
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def render(sheet: Sheet) -> Iterator[str]:
    """The header always, unless it was declined, then a line a row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if sheet.headers is not False:
        writer.writerow(field.name for field in sheet.columns)
    for record in sheet.records:
        writer.writerow(cell(record, field) for field in sheet.columns)
    yield text.getvalue()


def cell(record: Record, field: Field) -> str:
    """A cell; a text that starts like a formula, guarded or not, gets an apostrophe, which a reader takes off again."""
    content = value(record, field.name)
    formula = isinstance(content, str) and content.lstrip("'").startswith(_FORMULA)
    guard = "'" if formula else ""
    return guard + raw(record, field)
