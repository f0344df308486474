"""Reading: a payload becomes a struct whatever it holds, with a list of what was repaired.

A valid payload is converted in one step. Only one that does not fit is read field by field: a number
for a text, a text for a number, an object for a list, null for anything (RELIABILITY F-12 to F-14, §5).
"""

import math
import re
from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from cpoctl.ocpp.mending import INT64
from cpoctl.ocpp.schemas import Violation, violation

T = TypeVar("T", bound=msgspec.Struct)

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{0,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_TRUTH = {"true": True, "false": False, "1": True, "0": False}
WRONG_TYPE: Final = "type"


def read(type_: type[T], payload: Any) -> tuple[T, list[Violation]]:
    """Read a payload into a struct; never raises."""
    try:
        value = msgspec.convert(payload, type_)
    except (msgspec.ValidationError, UnicodeEncodeError):  # half a surrogate in a name is neither
        return _read_fields(type_, payload)
    for name in shape(type_).integers:
        if type(getattr(value, name)) is str:
            return _read_fields(type_, payload)
    return value, []


class _Field(NamedTuple):
    name: str
    key: str
    hint: Any


class _Shape(NamedTuple):
    """How a struct is read field by field."""

    fields: tuple[_Field, ...]
    integers: tuple[str, ...]  # fields that take an integer or, at worst, a text


@cache
def shape(type_: type[msgspec.Struct]) -> _Shape:
    """Tell the fields of a struct with their names on the wire."""
    hints = get_type_hints(type_)
    fields = tuple(
        _Field(name, key, hints[name])
        for name, key in zip(type_.__struct_fields__, type_.__struct_encode_fields__, strict=True)
    )
    return _Shape(fields, tuple(field.name for field in fields if {int, str} <= set(alternatives(field.hint))))


@cache
def alternatives(hint: Any) -> tuple[Any, ...]:
    """List the types that a hint allows, without None."""
    if get_origin(hint) in (Union, UnionType):
        return tuple(choice for choice in get_args(hint) if choice is not NoneType)
    return (hint,)


def _read_fields(type_: type[T], payload: Any) -> tuple[T, list[Violation]]:
    reader = _Reader()
    return reader.struct(type_, payload, ""), reader.violations


class _Reader:
    """Reads one payload field by field and notes each repair."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []

    def struct(self, type_: type[T], payload: Any, path: str) -> T:
        if type(payload) is not dict:
            self._note(path, payload, "object")
            payload = {}
        found: dict[str, Any] = {}
        for field in shape(type_).fields:
            raw = payload.get(field.key)
            if raw is not None:  # null is as good as missing
                value = self._value(field.hint, raw, f"{path}.{field.key}" if path else field.key)
                if value is not None:
                    found[field.name] = value
        return type_(**found)

    def _value(self, hint: Any, raw: Any, path: str) -> Any:
        if hint is Any:
            return raw
        choices = alternatives(hint)
        first = choices[0]
        if get_origin(first) is list:
            return self._list(get_args(first)[0], raw, path)
        if isinstance(first, type) and issubclass(first, msgspec.Struct):
            return self.struct(first, raw, path) if type(raw) is dict else self._note(path, raw, "object")
        if first is int:
            return self._integer(raw, path, keep=str in choices)
        if first in self._SCALARS:
            return self._SCALARS[first](self, raw, path)
        return self._strictly(hint, raw, path)

    def _list(self, item: Any, raw: Any, path: str) -> list[Any]:
        if type(raw) is not list:  # Huawei sends meterValue as an object, ha#1144
            self._note(path, raw, "array")
            raw = [raw]
        found = (self._value(item, each, f"{path}[{index}]") for index, each in enumerate(raw) if each is not None)
        return [value for value in found if value is not None]

    def _text(self, raw: Any, path: str) -> str | None:
        if type(raw) is str:
            return raw
        self._note(path, raw, "string")  # OpenEVSE sends values as numbers, ha#210
        if type(raw) is bool:
            return "true" if raw else "false"
        return str(raw) if type(raw) is int or type(raw) is float else None

    def _truth(self, raw: Any, path: str) -> bool | None:
        if type(raw) is bool:
            return raw
        self._note(path, raw, "boolean")
        return _TRUTH.get(str(raw).strip().lower())

    def _fraction(self, raw: Any, path: str) -> float | None:
        number = _number(raw)
        if number is None or type(raw) is str:
            self._note(path, raw, "number")
        return None if number is None else float(number)

    def _integer(self, raw: Any, path: str, keep: bool) -> int | str | None:
        """Return an integer of 64 bits; or the text, if it is to be kept whatever it is."""
        if type(raw) is int and raw in INT64:
            return raw
        number = _number(raw)
        whole = number if number is None or type(number) is int else round(number)
        self._note(path, raw, "integer" if whole in (number, None) else "integer, which it was rounded to")
        if whole is not None and whole in INT64:
            return whole
        return str(raw) if keep and type(raw) in (str, int, float) else None  # F-13, F-14

    def _strictly(self, hint: Any, raw: Any, path: str) -> Any:
        try:
            return msgspec.convert(raw, hint)
        except msgspec.ValidationError:
            return self._note(path, raw, "what the standard has here")

    def _note(self, path: str, raw: Any, wanted: str) -> None:
        self.violations.append(violation(path, WRONG_TYPE, f"{_shown(raw)} is not of type {wanted}"))

    _SCALARS: ClassVar[dict[Any, Callable[["_Reader", Any, str], Any]]] = {
        str: _text,
        bool: _truth,
        float: _fraction,
    }


def _shown(raw: Any) -> str:
    if type(raw) is dict or type(raw) is list:
        return "an object" if type(raw) is dict else "an array"
    return str(raw).lower() if type(raw) is bool else repr(raw)[:120]


def _number(raw: Any) -> int | float | None:
    """Return what a number, or a text that holds one, stands for."""
    if type(raw) is int:
        return raw if raw in INT64 else None
    if type(raw) is float:
        return raw if math.isfinite(raw) else None
    text = raw.strip() if type(raw) is str else ""  # some pad their numbers with spaces
    if not _NUMBER.fullmatch(text):
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None
