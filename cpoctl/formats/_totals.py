"""Totals: what the rows of a table add up to, each currency for itself. Shares and means add up to nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cpoctl.formats import Record, shown
from cpoctl.table import Field, decimal


class Totals:
    """Sums of the columns that add up, while rows pass. `few`: which of all rows these are."""

    def __init__(self, columns: Sequence[Field], few: str = "") -> None:
        self._columns = columns
        self._name = f"total of {few}" if few else "total"
        self._adding = [field for field in columns if field.column and field.column.adds]
        self._beside = next((field.column.beside for field in self._adding if field.column and field.column.beside), "")
        self._sums: dict[Any, dict[str, Any]] = {}
        self._counted = Counter[Any]()

    def take(self, record: Record) -> None:
        """Count a row in."""
        if not self._adding:
            return
        kind = record.get(self._beside)
        self._counted[kind] += 1
        sums = self._sums.setdefault(kind, {})
        for field in self._adding:
            value, before = record.get(field.name), sums.get(field.name, 0)
            if value is None or before is None:  # one that is not known makes the sum so
                sums[field.name] = None
            else:
                sums[field.name] = before + (decimal(value) if field.is_amount else value)

    @property
    def records(self) -> list[dict[str, Any]]:
        """The sums as a row has them, amounts exact as text, for each currency."""
        return [
            {self._beside: kind, **{field.name: _told(sums[field.name], field) for field in self._adding}}
            for kind, sums in sorted(self._sums.items(), key=str)
        ]

    @property
    def rows(self) -> list[list[str]]:
        """Cells below the columns of a table, `total` (or what it is of) in the first; none where no two rows add up."""
        if not self._adding or max(self._counted.values(), default=0) < 2:
            return []
        return [[self._cell(at, record) for at in range(len(self._columns))] for record in self.records]

    def _cell(self, at: int, record: Record) -> str:
        field = self._columns[at]
        if field in self._adding or (self._beside and field.name == self._beside):
            return shown(record, field)
        return "" if at else self._name


def _told(whole: Any, field: Field) -> Any:
    """A sum as a row has it."""
    return str(whole) if field.is_amount and whole is not None else whole


def total(records: Iterable[Record], field: Field) -> str:
    """What a column adds up to, as it is shown there; of one currency."""
    totals = Totals([field])
    for record in records:
        totals.take(record)
    return shown(totals.records[0], field) if totals.records else ""
