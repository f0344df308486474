"""Mending: reads what a strict JSON decoder refuses, and says what it had to tolerate.

Chargers send byte order marks, NULs, raw control characters, half a surrogate pair, integers of any
length and brackets that are never closed; hostile ones send nesting without end. RELIABILITY F-01 to F-18.
"""

import json
import re
from enum import StrEnum
from typing import Any, Final, NamedTuple, NoReturn

MAX_DEPTH: Final = 64
INT64: Final = range(-(2**63), 2**63)
MENDABLE_LENGTH: Final = 65_536  # closing brackets is a courtesy, not worth a long scan

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{}]', re.DOTALL)
_HEAD = re.compile(
    r"[\s\x00\ufeff]*\[\s*([2-6])\s*,\s*"
    r'"([^"\\\x00-\x1f\ufffd]{1,255})"'
    r'(?:\s*,\s*"([^"\\\x00-\x1f\ufffd]{1,64})")?'
)


class Tolerance(StrEnum):
    """What was tolerated so that a frame could be read."""

    BYTE_ORDER_MARK = "byte_order_mark"
    TRAILING_NUL = "trailing_nul"
    CONTROL_CHARACTER = "control_character"
    SURROGATE = "surrogate"
    INTEGER_OVERFLOW = "integer_overflow"
    NUMERIC_MESSAGE_ID = "numeric_message_id"
    LONG_MESSAGE_ID = "long_message_id"
    NULL_PAYLOAD = "null_payload"
    PAYLOAD_NOT_OBJECT = "payload_not_object"
    CLOSED_BRACKETS = "closed_brackets"


class Unusable(ValueError):
    """The text holds something that no tolerance covers."""


class Head(NamedTuple):
    """What could be read of the start of a broken frame."""

    type: int
    message_id: str
    second: str | None


def salvaged(text: str) -> Head | None:
    """Read message type, id and the text after it from the start of a frame that is not JSON."""
    match = _HEAD.match(text)
    return Head(int(match[1]), match[2], match[3]) if match else None


def stripped(text: str) -> tuple[str, tuple[str, ...]]:
    """Take off what surrounds a frame: byte order mark, trailing NULs, white space."""  # F-01
    flags: tuple[str, ...] = ()
    if text.startswith("\ufeff"):
        text, flags = text[1:], (Tolerance.BYTE_ORDER_MARK,)
    bare = text.rstrip("\x00 \t\r\n")
    if "\x00" in text[len(bare) :]:
        flags = (*flags, Tolerance.TRAILING_NUL)
    return bare, flags


def decoded_anyhow(text: str) -> tuple[Any, tuple[str, ...]]:
    """Decode and clean text that the strict decoder refused; raise Unusable if that fails too."""
    overflow: list[str] = []

    def integer(digits: str) -> int | str:
        if len(digits) > len("-9223372036854775808"):  # F-06
            overflow.append(Tolerance.INTEGER_OVERFLOW)
            return digits
        return int(digits)

    try:
        value = json.loads(text, strict=False, parse_int=integer, parse_float=_finite, parse_constant=_refuse)  # F-18
    except RecursionError:
        raise Unusable("nested too deeply") from None  # F-05
    except json.JSONDecodeError as error:
        raise Unusable(f"not JSON: {error.msg} at position {error.pos}") from None
    value, flags = cleaned(value)
    return value, tuple(dict.fromkeys((*flags, *overflow)))


def _finite(number: str) -> float:
    value = float(number)
    return value if value - value == 0 else _refuse(number)


def _refuse(number: str) -> NoReturn:
    raise Unusable(f"not a number that can be kept: {number[:32]}")  # F-07


def cleaned(frame: Any) -> tuple[Any, tuple[str, ...]]:
    """Copy a decoded frame without what cannot be kept; raise Unusable if it is nested too deeply."""
    if too_deep(frame):
        raise Unusable("nested too deeply")  # F-05
    seen: set[str] = set()
    copy = _clean(frame, seen)
    if type(frame) is list and len(frame) > 1 and type(frame[1]) is str:
        copy[1] = without_surrogates(frame[1], seen)  # the message id is echoed as it came, control characters too
    return copy, tuple(sorted(seen))


def too_deep(value: Any) -> bool:
    """Look for nesting beyond MAX_DEPTH level by level, so that the depth of the input is never the depth of our stack."""
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _clean(value: Any, seen: set[str]) -> Any:
    kind = type(value)
    if kind is str:
        return clean_text(value, seen)
    if kind is dict:
        return {clean_text(key, seen): _clean(item, seen) for key, item in value.items()}
    if kind is list:
        return [_clean(item, seen) for item in value]
    if kind is int and value not in INT64:
        seen.add(Tolerance.INTEGER_OVERFLOW)  # F-14
        return str(value)
    return value


def clean_text(text: str, seen: set[str]) -> str:
    """Drop control characters except tab and line feed, replace halves of surrogate pairs."""
    if text.isprintable():
        return text
    text = without_surrogates(text, seen).replace("\r\n", "\n")  # a CSR may come with either line end
    bare = _NOT_TEXT.sub("", text)  # F-16
    if bare != text:
        seen.add(Tolerance.CONTROL_CHARACTER)
    return bare


def without_surrogates(text: str, seen: set[str]) -> str:
    """Replace halves of surrogate pairs, which neither SQLite nor a terminal takes."""  # F-15
    mended = _SURROGATE.sub("\ufffd", text)
    if mended != text:
        seen.add(Tolerance.SURROGATE)
    return mended


def close_brackets(text: str) -> str | None:
    """Close what a truncated text left open, if it ends between two values."""  # Grizzl-E, ha#442
    if len(text) > MENDABLE_LENGTH or text[-1:] not in ("]", "}", '"'):  # a number may have been cut
        return None
    open_: list[str] = []
    for match in _STRUCTURE.finditer(text):
        part = match[0]
        if part in ("[", "{"):
            open_.append("]" if part == "[" else "}")
        elif part in ("]", "}"):
            if not open_ or open_.pop() != part:
                return None
        elif part == '"':  # a string that never ends
            return None
        if len(open_) > MAX_DEPTH:
            return None
    return text + "".join(reversed(open_)) if open_ else None
