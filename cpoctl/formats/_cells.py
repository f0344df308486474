"""Cells: what a value is to a spreadsheet or a column store: a number, an amount, an instant, or harmless text."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cpoctl.formats import bare
from cpoctl.table import Field

_AMOUNT = re.compile(r"-?\d{1,18}\.\d{1,6}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

Typed = bool | int | float | Decimal | datetime | str | None


def typed(content: Any, field: Field) -> Typed:
    """The value: amounts, which are told as decimals in text, are numbers where their column says so; instants are UTC."""
    if content is None or isinstance(content, (bool, int, float)):
        return content
    if isinstance(content, str):
        if is_amount(field) and _AMOUNT.fullmatch(content):
            return Decimal(content)
        if _INSTANT.fullmatch(content):
            return datetime.fromisoformat(content).astimezone(UTC).replace(tzinfo=None)
    return bare(content)


def is_amount(field: Field) -> bool:
    """Whether a column of text holds decimals: it stands to the right, as numbers do."""
    return field.kind is str and field.column is not None and field.column.align == "right"
