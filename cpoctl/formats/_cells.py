"""Cells: what a value is to a spreadsheet or a column store: a number, an amount, an instant, or harmless text."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cpoctl.formats import bare
from cpoctl.table import Field, ago, local, on_the_wall

_AMOUNT = re.compile(r"-?\d{1,18}\.\d{1,6}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

_SHOWN = (ago, local, on_the_wall)

Typed = bool | int | float | Decimal | datetime | str | None


def typed(content: Any, field: Field) -> Typed:
    """The value: amounts, which are told as decimals in text, are numbers where their column says so; instants are UTC."""
    if content is None or isinstance(content, (bool, int, float)):
        return content
    if isinstance(content, str):
        if field.is_amount and _AMOUNT.fullmatch(content):
            return Decimal(content)
        if is_instant(field) and _INSTANT.fullmatch(content):
            return datetime.fromisoformat(content).astimezone(UTC).replace(tzinfo=None)
    return bare(content)


def is_instant(field: Field) -> bool:
    """Whether a column holds instants in UTC, by its declaration: what somebody told may look like one, and is text."""
    column = field.column
    if column is None or field.kind is not str:
        return False
    return field.name.endswith("_at") or column.show in _SHOWN or bool(column.form and not column.beside)
