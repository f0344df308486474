"""XLSX: a workbook for people who work in a spreadsheet. Numbers are numbers, instants UTC dates, and no text a formula."""

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from cpoctl.errors import UsageProblem
from cpoctl.formats import Sheet, batches
from cpoctl.formats._cells import typed
from cpoctl.formats._needed import library
from cpoctl.table import Field

MACHINE = True
BYTES = True
MOST_ROWS: Final = 1_048_576
"""What a sheet holds, the header among them."""
_LONGEST = 32_767
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 # the same rows give the same bytes, whenever they are written


def render(sheet: Sheet) -> Iterator[bytes]:
    """The workbook; row after row is written to a passing file, so that a long one needs no memory."""
    xlsxwriter = library("xlsxwriter", "xlsx")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **_SAFE})
    book.set_properties({"created": _MADE, "title": sheet.title})
    try:
        _fill(book, sheet)
    finally:
        book.close()  # its passing files with it
    yield file.getvalue()


def _fill(book: Any, sheet: Sheet) -> None:
    page, fields = book.add_worksheet(), sheet.columns
    looks = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        Decimal: book.add_format({"num_format": "#,##0.00##"}),
    }
    strong = book.add_format({"bold": True, "bottom": 1})
    for at, field in enumerate(fields):
        page.set_column(at, at, max(10, min(28, len(field.name) + 3)))
    page.freeze_panes(1, 0)
    page.write_row(0, 0, [_heading(field) for field in fields], strong)
    number = 0
    for some in batches(sheet):
        for row in some:
            number += 1
            if number >= MOST_ROWS:
                raise UsageProblem(
                    f"a sheet holds {MOST_ROWS - 1:,} rows at the most",
                    hints=["-o csv or -o parquet    hold any number"],
                )
            _write(page, number, row, fields, looks)
    if number:
        page.autofilter(0, 0, number, max(0, len(fields) - 1))


def _heading(field: Field) -> str:
    return f"{field.name} (UTC)" if field.name.endswith("_at") else field.name


def _write(page: Any, number: int, row: tuple[Any, ...], fields: list[Field], looks: dict[type, Any]) -> None:
    for at, (content, field) in enumerate(zip(row, fields, strict=True)):
        cell = typed(content, field)
        match cell:
            case None:
                continue
            case bool():
                page.write_boolean(number, at, cell)
            case int() | float() | Decimal():
                page.write_number(number, at, cell, looks.get(type(cell)))
            case datetime():
                page.write_datetime(number, at, cell, looks[datetime])
            case _:
                page.write_string(number, at, cell[:_LONGEST])
