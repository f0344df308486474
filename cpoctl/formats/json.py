"""JSON: exact and ASCII-escaped; a list is an array with one object a line, a show is one object."""

import json
from collections.abc import Iterator
from typing import Any

from cpoctl.formats import Record, Sheet, value

MACHINE = True


def render(sheet: Sheet) -> Iterator[str]:
    """Every key always present, null when unknown."""
    objects = (pick(record, sheet) for record in sheet.records)
    if not sheet.many:
        yield from (json.dumps(one, indent=2) + "\n" for one in objects)
        return
    begin = "["
    for one in objects:
        yield begin + json.dumps(one)
        begin = ",\n "
    yield "[]\n" if begin == "[" else "]\n"


def pick(record: Record, sheet: Sheet) -> Any:
    """The record with the fields that were asked for."""
    return {field.name: value(record, field.name) for field in sheet.fields} if sheet.picked else record
