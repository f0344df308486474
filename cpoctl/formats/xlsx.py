"""XLSX: a workbook for people who work in a spreadsheet. Numbers are numbers, instants UTC dates, and no text a formula."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from cpoctl.errors import UsageProblem
from cpoctl.formats import INCOMPLETE, Sheet, batches
from cpoctl.formats._cells import Typed, typed
from cpoctl.formats._needed import library
from cpoctl.table import Field

MACHINE = True
BYTES = True
TYPED = True
MOST_ROWS: Final = 1_048_576
"""What a sheet holds, the header among them."""
_LONGEST = 32_767
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)")
_SIGNS: Final = {
    "%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd", "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%p": "AM/PM",
    "%b": "mmm", "%B": "mmmm", "%a": "ddd", "%A": "dddd", **{sign: sign for sign in " .:/-,"},
}  # fmt: skip
"""What a form of strftime is made of, as a workbook says it."""
_INSTANT, _AMOUNT = "yyyy-mm-dd hh:mm:ss", "#,##0.00##"
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
    looks = [_look(book, field) for field in fields]
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
    if sheet.said:
        remarks = book.add_worksheet("Remarks")
        remarks.set_column(0, 0, 120)
        for at, text in enumerate(sheet.said):
            remarks.write_string(at, 0, text[:_LONGEST], strong if text == INCOMPLETE else None)


def _look(book: Any, field: Field) -> dict[type, Any]:
    """How a column's amounts and instants look."""
    column = field.column
    amount = _AMOUNT if column is None or column.digits is None else f"#,##0.{'0' * column.digits}".rstrip(".")
    forms = {datetime: _form(column.form if column else "") or _INSTANT, Decimal: amount}
    if column is not None and column.digits == 0:
        forms[int] = amount
    return {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}


def _form(form: str) -> str | None:
    """A form of strftime as a workbook says it; None of one that it cannot say."""
    parts = re.findall(r"%.|[^%]", form)
    return "".join(_SIGNS[part] for part in parts) if all(part in _SIGNS for part in parts) else None


def _cell(content: Any, field: Field) -> Typed:
    """A value. An instant of a column with a form is shown by the clock that it was told in, and no finer than its form."""
    if field.column is None or not field.column.form or not isinstance(content, str):
        return typed(content, field)
    local = _LOCAL.fullmatch(content)
    cell = datetime.fromisoformat(content).replace(tzinfo=None) if local else typed(content, field)
    if isinstance(cell, datetime) and not {"%H", "%I"}.intersection(re.findall("%.", field.column.form)):
        return cell.replace(hour=0, minute=0, second=0, microsecond=0)
    return cell


def _heading(field: Field) -> str:
    return f"{field.name} (UTC)" if field.name.endswith("_at") else field.name


def _write(page: Any, number: int, row: tuple[Any, ...], fields: list[Field], looks: list[dict[type, Any]]) -> None:
    for at, (content, field, look) in enumerate(zip(row, fields, looks, strict=True)):
        cell = _cell(content, field)
        match cell:
            case None:
                continue
            case bool():
                page.write_boolean(number, at, cell)
            case int() | float() | Decimal():
                page.write_number(number, at, cell, look.get(type(cell)))
            case datetime():
                page.write_datetime(number, at, cell, look[datetime])
            case _:
                page.write_string(number, at, cell[:_LONGEST])
