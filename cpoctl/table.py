"""Rows describe themselves once: the columns of a row type, for tables, CSV and the dashboard alike.

A row type is a dataclass whose fields are `Annotated[type, Column(...)]`; a field without a Column is
in JSON only. `clean` makes a charger's text harmless on a terminal (RELIABILITY O-01).
"""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from decimal import Decimal

Show = Callable[..., str]


@dataclass(frozen=True)
class Column:
    """How one field looks: header, importance (1 stays longest on a narrow screen), alignment, text form.

    `beside` is another field of the row which `show` is given as well, such as the currency of an amount. Where a format has
    numbers and instants of its own, an amount has so many `digits`, and an instant that has a `form` (of strftime) is shown in
    it, by the clock that it was told in: UTC, or with a zone `beside` that one's. `adds`: the figures of several rows add up to that of all, as shares do not.
    """

    header: str
    priority: int = 1
    align: Literal["left", "right"] = "left"
    show: Show | None = None
    beside: str = ""
    digits: int | None = None
    form: str = ""
    adds: bool = False


@dataclass(frozen=True)
class Field:
    """A field of a row type with its column, if it has one, the row type of a nested list, and the kind of its values."""

    name: str
    column: Column | None
    rows: type | None = None
    kind: type | None = None
    """str, int, float or bool, whether or not it may be missing; None for anything else."""

    @property
    def is_amount(self) -> bool:
        """Whether it is text that holds decimals: it stands to the right, as numbers do."""
        return self.kind is str and self.column is not None and self.column.align == "right"

    def place(self, content: Any) -> tuple[int, Any]:
        """Where a value that is known stands among others of the field: numbers and amounts by what they are worth."""
        if isinstance(content, (int, float)):
            return 0, content
        if self.is_amount and (worth := decimal(content)) is not None:
            return 0, worth
        return 1, natural(plain(content))


@cache
def fields(row: type) -> tuple[Field, ...]:
    """The fields of a row type in their order."""
    hints = get_type_hints(row, include_extras=True)
    return tuple(
        Field(field.name, _column(hint := hints[field.name]), _nested(hint), _kind(hint))
        for field in dataclasses.fields(row)
    )


def _nested(hint: Any) -> type | None:
    """The row type of `list[Row]`, also within Annotated and beside None."""
    if get_origin(hint) is Annotated:
        return _nested(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return next((found for kind in get_args(hint) if (found := _nested(kind))), None)
    inner = get_args(hint)[0] if get_origin(hint) in (list, tuple) else None
    return inner if isinstance(inner, type) and dataclasses.is_dataclass(inner) else None


def _kind(hint: Any) -> type | None:
    if get_origin(hint) is Annotated:
        return _kind(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        kinds = {_kind(inner) for inner in get_args(hint) if inner is not type(None)}
        return kinds.pop() if len(kinds) == 1 else None
    return hint if hint in (str, int, float, bool) else None


def _column(hint: Any) -> Column | None:
    if get_origin(hint) is Annotated:
        for extra in get_args(hint)[1:]:
            if isinstance(extra, Column):
                return extra
    return None


def record(row: Any) -> Any:
    """A row as JSON data: every field present, whole floats as integers, texts exact."""
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {field.name: record(getattr(row, field.name)) for field in dataclasses.fields(row)}
    if isinstance(row, (list, tuple)):
        return [record(item) for item in row]
    if isinstance(row, float):
        return int(row) if row.is_integer() else row
    if row is None or isinstance(row, (str, int, dict)):
        return row.value if isinstance(row, Enum) else row
    return str(row)


_HOSTILE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")
_MOST_DIGITS = 0xFFFF


def clean(text: str, limit: int = 256) -> str:
    r"""Make foreign text harmless for a terminal: control, bidi and invisible characters as visible `\x1b`."""
    shown = _HOSTILE.sub(_escape, text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain(value: Any) -> str:
    """A value's machine text: true/false, UTC instants with Z, nothing for None, lists by comma."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ",".join(map(plain, value))
    return str(value)


def decimal(content: Any) -> "Decimal | None":
    """What a text such as `-12.3400` is worth; None of anything else."""
    from decimal import Decimal  # a plain list does without

    return Decimal(content) if isinstance(content, str) and _DECIMAL.fullmatch(content) else None


def natural(text: str) -> str:
    """A sort key in which HQ-10 comes after HQ-2 and 1.10 after 1.9; small and capital letters are alike."""
    return _DIGITS.sub(_by_length, text.casefold())


def _by_length(match: re.Match[str]) -> str:
    number = match.group().lstrip("0")
    return f"{chr(ord('0') + min(len(number), _MOST_DIGITS))}{number}"


def ago(text: str | None, now: datetime | None = None) -> str:
    """`2s`, `14m`, `3h02`, `6d`: how long ago a stored instant was; `-` when unknown."""
    if not text:
        return "-"
    seconds = max(0, int(((now or datetime.now(UTC)) - datetime.fromisoformat(text)).total_seconds()))
    return span(seconds)


def span(seconds: float | None) -> str:
    """A duration in at most five characters."""
    if seconds is None:
        return "-"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}"
    return f"{whole // 86400}d"


def local(text: str | None) -> str:
    """A stored instant in the terminal's own time zone, to the second."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S") if text else "-"


def on_the_wall(text: str | None, zone: str | None) -> str:
    """A stored instant in the zone that a row names, wherever it is read."""
    from zoneinfo import ZoneInfo  # not every command shows such a one

    there = datetime.fromisoformat(text).astimezone(ZoneInfo(zone or "UTC")) if text else None
    return there.strftime("%Y-%m-%d %H:%M:%S") if there else "-"


def clock_time(text: str | None) -> str:
    """The time of day of a stored instant, in the terminal's own zone, with milliseconds."""
    return datetime.fromisoformat(text).astimezone().strftime("%H:%M:%S.%f")[:-3] if text else "-"


def kwh(watt_hours: float | None) -> str:
    """Wh as kWh with two decimals."""
    return "-" if watt_hours is None else f"{watt_hours / 1000:.2f}"


def kw(watts: float | None) -> str:
    """W as kW with one decimal."""
    return "-" if watts is None else f"{watts / 1000:.1f}"


def fixed(digits: int) -> Show:
    """A number with so many decimals, so that those of a column stand below each other."""
    return lambda number: "-" if number is None else f"{number:.{digits}f}"


def keyed(key: str | None) -> str:
    """What a row of a report is of; `-` for what has none."""
    return key or "-"


def megabytes(count: float | None) -> str:
    """Bytes in megabytes, small ones in kilobytes, a few as they are."""
    if count is None:
        return "-"
    if count < 1e3:
        return f"{count:.0f} B"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def millis(value: float | None) -> str:
    """Milliseconds, whole from ten on."""
    return "-" if value is None else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
