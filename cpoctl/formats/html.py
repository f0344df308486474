"""HTML: a page of its own with the chart and the table, which opens anywhere and prints well. It loads nothing."""

from collections.abc import Iterator
from html import escape

from cpoctl.formats import INCOMPLETE, Record, Sheet, header, shown
from cpoctl.formats._pictures import picture
from cpoctl.formats._totals import Totals
from cpoctl.table import Field

MACHINE = False
CHART = True
_MANY = 12  # columns
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 100rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; }
figure { margin: 0 0 1.5rem; --page: #fff; background-color: #fff; }
figure svg { display: block; width: 100%; min-width: 54rem; max-width: 76rem; height: auto; mix-blend-mode: multiply; }
.wide { --page: Canvas; --end: #8888; overflow-x: auto; scrollbar-width: thin; background:
  linear-gradient(to right, var(--page) 40%, transparent) left / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--page) 40%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to right, var(--end), transparent) left / 1rem 100% no-repeat scroll,
  linear-gradient(to left, var(--end), transparent) right / 1rem 100% no-repeat scroll; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid #8885; white-space: nowrap; }
th { border-bottom: 2px solid #888; vertical-align: bottom; white-space: normal; }
tfoot td { border-top: 2px solid #888; border-bottom: 0; font-weight: 600; }
.many { font-size: .72rem; }
.many th, .many td { padding: .25rem .22rem; }
th:first-child, td:first-child { position: sticky; left: 0; background: Canvas; }
.right { text-align: right; }
tbody tr:hover { background: #8882; }
aside { border-left: 4px solid #d55e00; margin: 0 0 1.5rem; padding: .1rem 0 .1rem .8rem; }
aside p { margin: .2rem 0; }
aside .missing { font-weight: 600; }
footer { margin-top: 1rem; color: #666; font-size: .85rem; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 9pt; }
  .wide { overflow: visible; background: none; }
  thead { display: table-header-group; }
  tr, figure, aside { break-inside: avoid; }
  figure svg { max-height: 140mm; }
  tfoot { display: table-row-group; }
  tbody tr:hover { background: none; }
}
"""
_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""


def render(sheet: Sheet) -> Iterator[str]:
    """The page, written while the rows come."""
    title = escape(sheet.title or "cpoctl")
    yield f"{_HEAD}<title>{title}</title>\n<style>{_STYLE}</style>\n<h1>{title}</h1>\n"
    yield _remarks(sheet)
    if sheet.chart is not None:
        yield f'<figure class="wide" tabindex="0">{_drawing(sheet)}</figure>\n'
    many = ' class="many"' if len(sheet.columns) >= _MANY else ""
    yield f'<div class="wide" tabindex="0"><table{many}>\n<thead><tr>'
    yield "".join(f"<th{_side(field)}>{escape(header(field))}</th>" for field in sheet.columns)
    yield "</tr></thead>\n<tbody>\n"
    count, totals = 0, Totals(sheet.columns, sheet.few)
    for record in sheet.records:
        count += 1
        totals.take(record)
        yield f"<tr>{''.join(_cell(record, field) for field in sheet.columns)}</tr>\n"
    yield f"</tbody>{_foot(sheet, totals)}</table></div>\n<footer>{count:,} {'row' if count == 1 else 'rows'}</footer>\n</html>\n"


def _foot(sheet: Sheet, totals: Totals) -> str:
    """What the rows add up to, below them."""
    rows = "".join(
        f"<tr>{''.join(f'<td{_side(field)}>{escape(cell)}</td>' for cell, field in zip(row, sheet.columns, strict=True))}</tr>\n"
        for row in totals.rows
    )
    return f"\n<tfoot>\n{rows}</tfoot>" if rows else ""


def _remarks(sheet: Sheet) -> str:
    """What is to be said of the data, before anybody reads it."""
    looks = {INCOMPLETE: ' class="missing"'}
    lines = "".join(f"<p{looks.get(text, '')}>{escape(text)}</p>\n" for text in sheet.said)
    return f"<aside>\n{lines}</aside>\n" if lines else ""


def _drawing(sheet: Sheet) -> str:
    """The chart within the page: without the lines that only a file of its own has."""
    drawing = picture(sheet.chart, "svg", "html").decode()
    return drawing[drawing.index("<svg") :]


def _cell(record: Record, field: Field) -> str:
    return f"<td{_side(field)}>{escape(shown(record, field))}</td>"


def _side(field: Field) -> str:
    return ' class="right"' if field.column and field.column.align == "right" else ""
