"""HTML: a page of its own with the chart and the table, which opens anywhere and prints well. It loads nothing."""

from collections.abc import Iterator
from html import escape

from cpoctl.formats import Record, Sheet, header, shown
from cpoctl.formats._pictures import picture
from cpoctl.table import Field

MACHINE = False
CHART = True
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; }
figure { margin: 0 0 1.5rem; background: #fff; }
figure svg { display: block; width: 100%; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid #8885; white-space: nowrap; }
th { border-bottom: 2px solid #888; }
.right { text-align: right; }
tbody tr:hover { background: #8882; }
footer { margin-top: 1rem; color: #666; font-size: .85rem; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 9pt; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, figure { break-inside: avoid; }
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
    if sheet.chart is not None:
        yield f"<figure>{_drawing(sheet)}</figure>\n"
    yield '<div class="wide"><table>\n<thead><tr>'
    yield "".join(f"<th{_side(field)}>{escape(header(field))}</th>" for field in sheet.columns)
    yield "</tr></thead>\n<tbody>\n"
    count = 0
    for record in sheet.records:
        count += 1
        yield f"<tr>{''.join(_cell(record, field) for field in sheet.columns)}</tr>\n"
    yield f"</tbody></table></div>\n<footer>{count:,} {'row' if count == 1 else 'rows'}</footer>\n</html>\n"


def _drawing(sheet: Sheet) -> str:
    """The chart within the page: without the lines that only a file of its own has."""
    drawing = picture(sheet.chart, "svg").decode()
    return drawing[drawing.index("<svg") :]


def _cell(record: Record, field: Field) -> str:
    return f"<td{_side(field)}>{escape(shown(record, field))}</td>"


def _side(field: Field) -> str:
    return ' class="right"' if field.column and field.column.align == "right" else ""
