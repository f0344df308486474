"""Templates of an export: which columns an accounting package wants, called how, in what order and form. TOML.

delimiter = ";"           # what stands between the cells (,)
decimal = ","             # the sign of decimals (.)
dates = "%d.%m.%Y"        # the form of instants (ISO 8601)
bom = true                # begin with the mark by which a spreadsheet knows UTF-8 (false)

[[column]]
field = "session_id"      # a column of `session export`
header = "Belegnummer"    # what it is called (as the field)

[[column]]
field = "gross"
digits = 2                # rounded half up

[[column]]
header = "Konto"
text = "4400"             # the same in every row
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cpoctl.errors import UsageProblem, nearest
from cpoctl.formats import Rows, Tuples
from cpoctl.operations.session._columns import BY_NAME
from cpoctl.table import Column, Field

_WHOLE = {"delimiter": str, "decimal": str, "dates": str, "bom": bool, "column": list}
_OF_COLUMN = {"field": str, "header": str, "text": str, "digits": int, "date": str}
_HINT = "docs/reports.md    has one to begin with"
Form = Callable[[Any], Any]


@dataclass(frozen=True)
class Cell:
    """A column of the template: of a field, or a text that is always the same."""

    header: str
    field: str | None
    text: str
    form: Form | None


@dataclass(frozen=True)
class Template:
    """What a template says."""

    cells: Sequence[Cell]
    delimiter: str
    bom: bool

    @property
    def fields(self) -> list[str]:
        """The columns that it needs, each once."""
        return list(dict.fromkeys(cell.field for cell in self.cells if cell.field))

    def laid_out(self, rows: Rows) -> Rows:
        """The rows in its form, while they come."""
        fields = [Field(cell.header, Column(cell.header)) for cell in self.cells]
        places = {field.name: at for at, field in enumerate(rows.fields)}
        batches = self._batches(rows.batches, places)
        return Rows(fields, batches, rows.total, bom=self.bom, delimiter=self.delimiter)

    def _batches(self, batches: Iterable[Tuples], places: dict[str, int]) -> Iterator[Tuples]:
        for batch in batches:
            columns = list(zip(*batch, strict=True))
            told = [self._column(cell, columns, places, len(batch)) for cell in self.cells]
            yield list(zip(*told, strict=True))

    def _column(
        self, cell: Cell, columns: Sequence[Sequence[Any]], places: dict[str, int], count: int
    ) -> Sequence[Any]:
        if cell.field is None:
            return [cell.text] * count
        found = columns[places[cell.field]]
        form = cell.form
        return found if form is None else [None if value is None else form(value) for value in found]


def read(text: str) -> Template:
    """Read a template. Raises UsageProblem that names what is wrong."""
    import tomllib

    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(f"is no TOML: {error}") from None
    _must_be(told, _WHOLE, "")
    if not told.get("column"):
        raise _wrong("has no [[column]]")
    cells = [_cell(number, one, told) for number, one in enumerate(told["column"], 1)]
    headers = [cell.header for cell in cells]
    if twice := next((header for header in headers if headers.count(header) > 1), None):
        raise _wrong(f"calls two columns {twice!r}")
    delimiter = told.get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in "\r\n\"'":
        raise _wrong(f"delimiter: {delimiter!r} cannot stand between cells")
    return Template(cells, delimiter, told.get("bom", False))


def _cell(number: int, one: Any, told: dict[str, Any]) -> Cell:
    if not isinstance(one, dict):
        raise _wrong(f"column {number} is no table")
    _must_be(one, _OF_COLUMN, f"column {number}: ")
    field: str | None = one.get("field")
    if (field is None) == ("text" not in one):
        raise _wrong(f"column {number} needs either field or text")
    if field is None:
        return Cell(one.get("header", ""), None, one["text"], None)
    if field not in BY_NAME:
        raise _wrong(f"column {number}: no field {field}{nearest(field, BY_NAME)}")
    return Cell(str(one.get("header", field)), field, "", _form(BY_NAME[field].kind, one, told))


def _form(kind: str, one: dict[str, Any], told: dict[str, Any]) -> Form | None:
    """How its values are written; None: as they are."""
    dates, sign, digits = one.get("date", told.get("dates")), told.get("decimal", "."), one.get("digits")
    if kind == "instant" and dates is not None:
        return lambda value: datetime.fromisoformat(value).strftime(dates)
    if kind == "decimal" and (digits is not None or sign != "."):
        return lambda value: _decimal(value, digits, sign)
    return None


def _decimal(value: str, digits: int | None, sign: str) -> str:
    number = Decimal(value)
    if digits is not None:
        number = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{number:f}".replace(".", sign)


def _must_be(told: dict[str, Any], known: dict[str, type], where: str) -> None:
    for name, value in told.items():
        if name not in known:
            raise _wrong(f"{where}unknown {name}{nearest(name, known)}")
        is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9
        if not (is_count if known[name] is int else isinstance(value, known[name])):
            raise _wrong(f"{where}{name} cannot be {value!r}")


def _wrong(what: str) -> UsageProblem:
    return UsageProblem(f"the template {what}", hints=[_HINT])
