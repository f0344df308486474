"""Markdown: a pipe table, for a ticket or a report, and below it what is to be said of the data."""

from collections.abc import Iterator, Sequence

from cpoctl.formats import INCOMPLETE, Sheet, header, lines, shown
from cpoctl.formats._totals import Totals

MACHINE = False


def render(sheet: Sheet) -> Iterator[str]:
    """The header, the rule, a line a row."""
    columns = sheet.columns
    rule = ["---:" if field.column and field.column.align == "right" else "---" for field in columns]
    totals = Totals(columns, sheet.few)
    yield from map(_line, ([header(field) for field in columns], rule))
    for record in sheet.records:
        totals.take(record)
        yield _line([_escaped(shown(record, field)) for field in columns])
    yield from map(_line, totals.rows)
    if sheet.said:
        yield "\n"
        yield from lines(f"**{text}**" if text == INCOMPLETE else f"- {_escaped(text)}" for text in sheet.said)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    for sign in "\\|`*_[]<>":
        text = text.replace(sign, "\\" + sign)
    return text
