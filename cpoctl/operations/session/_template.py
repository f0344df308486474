"""Templates of an export: which columns an accounting package wants, called how, in what order and form. TOML.

delimiter = ";"           # what stands between the cells (,)
decimal = ","             # the sign of decimals, a dot or a comma (.)
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

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Final, Literal

from cpoctl.errors import UsageProblem, nearest
from cpoctl.formats import Rows, Tuples
from cpoctl.operations.session._columns import BY_NAME, CLOCK, is_local
from cpoctl.table import Column, Field

_WHOLE = {"delimiter": str, "decimal": str, "dates": str, "bom": bool, "column": list}
_OF_COLUMN = {"field": str, "header": str, "text": str, "digits": int, "date": str}
_DATES: Final = ("%Y", "%y", "%m", "%d", "%H", "%I", "%M", "%S", "%f", "%p", "%j", "%a", "%A", "%b", "%B",
                 "%u", "%V", "%G", "%z", "%Z", "%%")  # fmt: skip
_FINEST: Final = 6  # places of a decimal that a cell of a workbook or a column of Parquet holds
_HINT = "docs/reports.md    has one to begin with"
Form = Callable[[Any], Any]


@dataclass(frozen=True)
class Cell:
    """A column of the template: of a field, or a text that is always the same. `form` writes a value as text.

    `bare` makes it what a format with numbers and instants of its own takes, `column` says how it looks there, `kind` what it is.
    """

    header: str
    field: str | None
    text: str
    form: Form | None
    bare: Form | None
    column: Column
    kind: type = str


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
        kinds = [Field(cell.header, cell.column, kind=cell.kind) for cell in self.cells]
        typed = Rows(kinds, self._batches(rows, [cell.bare for cell in self.cells]), rows.total)
        batches = self._batches(rows, [cell.form for cell in self.cells])
        return Rows(fields, batches, rows.total, bom=self.bom, delimiter=self.delimiter, typed=typed)

    def _batches(self, rows: Rows, forms: Sequence[Form | None]) -> Iterator[Tuples]:
        places = {field.name: at for at, field in enumerate(rows.fields)}
        for batch in rows.batches:
            columns = list(zip(*batch, strict=True))
            told = [
                [cell.text] * len(batch) if cell.field is None else _formed(columns[places[cell.field]], form)
                for cell, form in zip(self.cells, forms, strict=True)
            ]
            yield list(zip(*told, strict=True))


def _formed(found: Sequence[Any], form: Form | None) -> Sequence[Any]:
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
    delimiter, sign = told.get("delimiter", ","), told.get("decimal", ".")
    if len(delimiter) != 1 or delimiter in "\r\n\"'":
        raise _wrong(f"delimiter: {delimiter!r} cannot stand between cells")
    if sign not in (".", ","):
        raise _wrong(f"decimal: {sign!r} is no sign of decimals: . or ,")
    if sign == told.get("delimiter"):
        raise _wrong(f"decimal: {sign!r} stands between the cells already (delimiter)")
    _must_be_a_form(told.get("dates"), "dates")
    return Template(cells, delimiter, told.get("bom", False))


def _cell(number: int, one: Any, told: dict[str, Any]) -> Cell:
    if not isinstance(one, dict):
        raise _wrong(f"column {number} is no table")
    _must_be(one, _OF_COLUMN, f"column {number}: ")
    _must_be_a_form(one.get("date"), f"column {number}: date")
    field: str | None = one.get("field")
    if (field is None) == ("text" not in one):
        raise _wrong(f"column {number} needs either field or text")
    if field is None:
        return Cell(one.get("header", ""), None, one["text"], None, None, Column(one.get("header", "")))
    if field not in BY_NAME:
        raise _wrong(f"column {number}: no field {field}{nearest(field, BY_NAME)}")
    kind, header, digits = BY_NAME[field].kind, str(one.get("header", field)), one.get("digits")
    bare = partial(_rounded, digits=digits) if kind == "decimal" and digits is not None else None
    dates = one.get("date", told.get("dates", CLOCK)) if kind == "instant" else ""
    align: Literal["left", "right"] = "right" if kind in ("number", "decimal") else "left"
    beside = "time_zone" if is_local(field) else ""
    column = Column(header, align=align, digits=digits, form=dates, beside=beside)
    whole = kind == "number" or (kind == "decimal" and digits == 0)
    return Cell(header, field, "", _form(kind, one, told), bare, column, int if whole else str)


def _form(kind: str, one: dict[str, Any], told: dict[str, Any]) -> Form | None:
    """How its values are written; None: as they are."""
    dates, sign, digits = one.get("date", told.get("dates")), told.get("decimal", "."), one.get("digits")
    if kind == "instant" and dates is not None:
        return lambda value: datetime.fromisoformat(value).strftime(dates)
    if kind == "decimal" and (digits is not None or sign != "."):
        return lambda value: _decimal(value, digits, sign)
    return None


def _decimal(value: str, digits: int | None, sign: str) -> str:
    told = value if digits is None else f"{_quantised(value, digits):f}"
    return told.replace(".", sign)


def _rounded(value: str, digits: int) -> str | int:
    """A decimal as a cell holds it, which has six places at the most; without any it is a whole number."""
    return f"{_quantised(value, min(digits, _FINEST)):f}" if digits else int(_quantised(value, 0))


def _quantised(value: str, digits: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _must_be(told: dict[str, Any], known: dict[str, type], where: str) -> None:
    for name, value in told.items():
        if name not in known:
            raise _wrong(f"{where}unknown {name}{nearest(name, known)}")
        is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9
        if not (is_count if known[name] is int else isinstance(value, known[name])):
            raise _wrong(f"{where}{name} cannot be {value!r}")


def _must_be_a_form(form: str | None, where: str) -> None:
    """Refuse what strftime would write as it stands, or leave to the machine."""
    for part in re.findall("%.?", form or "", re.DOTALL):
        if part not in _DATES:
            raise _wrong(f"{where}: {part} in {form!r} is no part of a date: {' '.join(_DATES)}")


def _wrong(what: str) -> UsageProblem:
    return UsageProblem(f"the template {what}", hints=[_HINT])
