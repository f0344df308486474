"""Records: a table whose columns are those that the rows of an operation describe themselves (`table.Column`)."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rich.cells import cell_len

from cpoctl.formats import shown, value
from cpoctl.table import Field, ago, fields
from cpoctl.tui.widgets.columns import Cell, Col
from cpoctl.tui.widgets.table import RowTable

Record = Mapping[str, Any]
_WIDEST = 40
_MEASURED = 200


class Records(RowTable):
    """Rows as an operation told them. `key` names one; without it their place does. `style` colours a row's first cell,
    `age` tells ages."""

    def __init__(
        self,
        row: type | None,
        *,
        without: Sequence[str] = (),
        key: Callable[[Record], str] | None = None,
        style: Callable[[Record], str] = lambda record: "",
        age: Callable[[str | None], str] = ago,
        **more: Any,
    ) -> None:
        super().__init__((), self._record, **more)
        self._key, self._style_of, self._age, self._without = key, style, age, without
        self.records: dict[str, Record] = {}
        self.describe(row)

    def describe(self, row: type | None) -> None:
        """Show rows of this type, when they are filled in."""
        known = fields(row) if row is not None else ()
        self._fields = [field for field in known if field.column and field.name not in self._without]

    def fill(self, records: Sequence[Record]) -> None:
        """Show these records in their order."""
        keys = [self._key(record) if self._key else str(place) for place, record in enumerate(records)]
        self.records = dict(zip(keys, records, strict=True))
        self.cols = tuple(self._col(place, field) for place, field in enumerate(self._fields))
        self.show(keys)
        self.touch_all()

    @property
    def current(self) -> Record | None:
        """The record under the cursor."""
        return self.records.get(self.cursor or "")

    def _record(self, key: str) -> Record:
        return self.records[key]

    def _col(self, place: int, field: Field) -> Col:
        assert field.column  # noqa: S101 # only those with one are kept
        first = list(self.records.values())[:_MEASURED]
        longest = max((cell_len(shown(record, field, _WIDEST)) for record in first), default=0)
        width = max(cell_len(field.column.header), min(longest, _WIDEST))
        cell = partial(_cell, field=field, style=self._style_of if place == 0 else None, age=self._age)
        last = place == len(self._fields) - 1
        return Col(field.name, field.column.header, width, cell, lambda record: record.get(field.name),
                   field.column.priority, field.column.align, grows=last and field.column.align == "left")  # fmt: skip


def _cell(
    record: Record, *, field: Field, style: Callable[[Record], str] | None, age: Callable[[str | None], str]
) -> Cell:
    told = field.column and field.column.show is ago  # what is an age elsewhere is told as ages are told here
    text = age(value(record, field.name)) if told else shown(record, field, 1000)
    return text, style(record) if style else ""
