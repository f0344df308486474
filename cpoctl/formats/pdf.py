"""PDF: the chart and the table on pages of A4, for a file or a printer. fpdf2 sets it, in the letters of DejaVu."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cpoctl.errors import UsageProblem
from cpoctl.formats import INCOMPLETE, Record, Sheet, header, shown
from cpoctl.formats._needed import library
from cpoctl.formats._pictures import picture
from cpoctl.formats._totals import Totals
from cpoctl.table import Field

MACHINE = False
BYTES = True
CHART = True
MOST_ROWS = 20_000
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # the same rows give the same bytes, whenever they are written
_FONT = "DejaVu"
_LONGEST = 60
_SMALL_FROM = 12  # columns


def render(sheet: Sheet) -> Iterator[bytes]:
    """The document."""
    document = _document(sheet)
    document.set_font(_FONT, "B", 13)
    document.multi_cell(0, 7, sheet.title or "cpoctl", new_x="LMARGIN", new_y="NEXT", align="LEFT")
    document.ln(2)
    _remarks(document, sheet)
    if sheet.chart is not None:
        _chart(document, picture(sheet.chart, "png", "pdf"))
    _table(document, sheet)
    yield bytes(document.output())


def _chart(document: Any, png: bytes) -> None:
    """The chart as wide as the page, or as high as what is left of it: another page begins only where little is left."""
    if document.h - document.b_margin - document.get_y() < document.eph / 3:
        document.add_page()
    across, high = (int.from_bytes(png[at : at + 4]) for at in (16, 20))  # PNG §11.2.2
    room = document.h - document.b_margin - document.get_y() - 1
    width = min(document.epw, room * across / high)
    document.image(io.BytesIO(png), x=document.l_margin + (document.epw - width) / 2, w=width)
    document.ln(4)


def _document(sheet: Sheet) -> Any:
    fpdf = library("fpdf", "pdf")

    class Pages(fpdf.FPDF):  # type: ignore[misc,name-defined] # the library is loaded when it is needed
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(_FONT, "", 7)
            self.cell(0, 8, f"{self.page_no()}/{{nb}}", align="R")

    document = Pages(orientation="landscape" if len(sheet.columns) > 6 else "portrait", format="A4")
    fonts = Path(library("matplotlib", "pdf").get_data_path(), "fonts", "ttf")
    document.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
    document.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
    document.set_creation_date(_MADE)
    document.set_title(sheet.title or "cpoctl")
    if INCOMPLETE in sheet.said:
        document.set_subject(INCOMPLETE)
    document.set_lang("en")
    document.add_page()
    return document


def _remarks(document: Any, sheet: Sheet) -> None:
    for text in sheet.said:
        document.set_font(_FONT, "B" if text == INCOMPLETE else "", 9)
        document.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT", align="LEFT")
    if sheet.said:
        document.ln(3)


def _table(document: Any, sheet: Sheet) -> None:
    fields = sheet.columns
    if not fields:
        return
    totals, rows = Totals(fields, sheet.few), list[list[str]]()
    for record in _few(sheet):
        totals.take(record)
        rows.append(_texts(record, fields))
    document.set_font(_FONT, "", 6 if len(fields) >= _SMALL_FROM else 8)
    sides = ["RIGHT" if field.column and field.column.align == "right" else "LEFT" for field in fields]
    names = [header(field) for field in fields]
    widths = [
        max(len(name), *(len(row[at]) for row in [*rows[:500], *totals.rows]), 3) for at, name in enumerate(names)
    ]
    with document.table(
        text_align=sides, col_widths=widths, borders_layout="HORIZONTAL_LINES", line_height=document.font_size * 1.7
    ) as table:
        table.row(names)
        for row in rows:
            table.row(row)
        document.set_font(_FONT, "B")
        for row in totals.rows:
            table.row(row)


def _texts(record: Record, fields: list[Field]) -> list[str]:
    return [shown(record, field, _LONGEST) for field in fields]


def _few(sheet: Sheet) -> Iterator[Record]:
    for number, record in enumerate(sheet.records, 1):
        if number > MOST_ROWS:
            raise UsageProblem(
                f"a document of more than {MOST_ROWS:,} rows is for nobody",
                hints=["-o csv, -o xlsx    for a list as long as this"],
            )
        yield record
