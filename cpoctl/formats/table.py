"""Table: borderless columns for a reader, cut to the terminal by the columns' importance.

One object is told as `FIELD  value` lines with its nested rows as small tables below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cpoctl.cells import cut, width
from cpoctl.formats import WHOLE, Record, Sheet, header, lines, shown, value
from cpoctl.formats._totals import Totals
from cpoctl.table import Field, fields

MACHINE = False
_GAP = "  "
_NARROWEST = 4


def render(sheet: Sheet) -> Iterator[str]:
    """The rows in columns, or the one object in lines."""
    if sheet.many:
        yield from lines(_table(sheet))
        return
    for place, record in enumerate(sheet.records):
        yield from lines([""] if place else [])
        yield from lines(_card(sheet, record))


def _table(sheet: Sheet) -> Iterator[str]:
    columns, totals = sheet.columns, Totals(sheet.columns, sheet.few)
    cells = []
    for record in sheet.records:
        totals.take(record)
        cells.append([shown(record, field) for field in columns])
    if sheet.headers is not False:
        cells = [[header(field) for field in columns], *cells, *totals.rows]
    if not cells:
        return
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    if sheet.width is not None:
        widths = _fitted(columns, widths, sheet.width)
    for row in cells:
        yield _GAP.join(
            _padded(text, room, field) for text, room, field in zip(row, widths, columns, strict=True) if room
        ).rstrip()


def _fitted(columns: Sequence[Field], widths: list[int], room: int) -> list[int]:
    """Widths that fit: the least important columns go first (0), then the widest one that stays is cut."""
    widths = list(widths)
    order = sorted(range(len(columns)), key=lambda i: (_priority(columns[i]), i))
    while _total(widths) > room and _priority(columns[order[-1]]) > 1:
        widths[order.pop()] = 0
    while _total(widths) > room:
        widest = max(range(len(widths)), key=lambda i: widths[i])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] = max(_NARROWEST, widths[widest] - (_total(widths) - room))
    return widths


def _priority(field: Field) -> int:
    return field.column.priority if field.column else 9


def _total(widths: list[int]) -> int:
    kept = [room for room in widths if room]
    return sum(kept) + len(_GAP) * (len(kept) - 1)


def _padded(text: str, room: int, field: Field) -> str:
    text = cut(text, room)
    blanks = " " * (room - width(text))
    return blanks + text if field.column and field.column.align == "right" else text + blanks


def _card(sheet: Sheet, record: Record) -> Iterator[str]:
    plain = [field for field in sheet.fields if field.rows is None]
    margin = max((width(header(field)) for field in plain), default=0)
    for field in plain:
        room = None if sheet.width is None else max(_NARROWEST, sheet.width - margin - len(_GAP))
        name = header(field)
        for text in _folded(shown(record, field, WHOLE), room):
            yield f"{name.ljust(margin)}{_GAP}{text}".rstrip()
            name = ""
    for field in sheet.fields:
        if field.rows is not None and (nested := value(record, field.name)):
            yield ""
            yield header(field)
            below = replace(sheet, records=nested, fields=fields(field.rows), many=True, picked=False)
            if [header(column) for column in below.columns] == [header(field)]:
                below = replace(below, headers=False)
            yield from _table(below)


def _folded(text: str, room: int | None) -> Iterator[str]:
    """The whole text in lines that fit, ended at a blank where one is near."""
    start = 0
    # A line is found in the next few characters: a whole frame may be a megabyte.
    while room is not None and width(near := text[start : start + 4 * room]) > room:
        line = cut(near, room + 1)[:-1]
        blank = line.rfind(" ", len(line) // 2)
        line = line if blank < 0 or near[len(line)] == " " else line[:blank]
        yield line
        start += len(line)
        while text.startswith(" ", start):
            start += 1
    yield text[start:]
