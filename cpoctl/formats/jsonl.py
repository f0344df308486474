"""JSON Lines: one exact object a line."""

import json
from collections.abc import Iterator

from cpoctl.formats import Sheet
from cpoctl.formats.json import pick

MACHINE = True


def render(sheet: Sheet) -> Iterator[str]:
    """One object a row, each on a line of its own."""
    for record in sheet.records:
        yield json.dumps(pick(record, sheet)) + "\n"
