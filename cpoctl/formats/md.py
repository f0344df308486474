"""Markdown: a pipe table, for a ticket or a report."""

from collections.abc import Iterator

from cpoctl.formats import Sheet, header, lines, shown

MACHINE = False


def render(sheet: Sheet) -> Iterator[str]:
    """The header, the rule, a line a row."""
    columns = sheet.columns
    rule = ["---:" if field.column and field.column.align == "right" else "---" for field in columns]
    rows = ([_escaped(shown(record, field)) for field in columns] for record in sheet.records)
    yield from lines(f"| {' | '.join(row)} |" for row in ([header(field) for field in columns], rule, *rows))


def _escaped(text: str) -> str:
    for sign in "\\|`*_[]<>":
        text = text.replace(sign, "\\" + sign)
    return text
