"""Frames within any text: the log of another system, a line of JSON that holds one as text, or a frame over many lines.

OCPP-J 1.6 §4.2
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_BEGIN = re.compile(r'\[\s*[2-6]\s*,\s*(?:(?P<escaped>\\+")|"|-?\d)')
_DECODER = json.JSONDecoder(strict=False)
_LATER: dict[int, tuple[type, ...]] = {2: (str,), 3: (dict,), 4: (str,), 5: (str,), 6: (str,)}
"""What stands third, by the type of the message: with it a list that begins with two numbers is taken for a frame."""


class Pasted(NamedTuple):
    """The text of a frame, the number of the line on which it begins, and what stands before it there."""

    line: int
    before: str
    text: str


def frames_in(text: str) -> Iterator[Pasted]:
    """Every frame of a text, also one that breaks off: that is told to the end of its line."""
    at, line, counted = 0, 1, 0
    while begun := _BEGIN.search(text, at):
        start = begun.start()
        found, at = _frame(text, start, escaped=begun["escaped"] is not None)
        if found is None:
            continue
        line, counted = line + text.count("\n", counted, start), start
        yield Pasted(line, text[text.rfind("\n", 0, start) + 1 : start].strip(), found)


def _frame(text: str, start: int, *, escaped: bool) -> tuple[str | None, int]:
    """The frame that begins there, if it is one, and where to look for the next."""
    if escaped:
        return _within_text(text, start)
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        end = _line_end(text, start)
        return text[start:end].strip(), end
    return (text[start:end], end) if _is_frame(value) else (None, start + 1)


def _within_text(text: str, start: int) -> tuple[str | None, int]:
    """A frame that stands in a JSON string: up to the quote that ends it, its own quotes bare again."""
    rest = text[start : _line_end(text, start)]
    try:
        inner, end = _DECODER.raw_decode(f'"{rest}')
    except ValueError:
        inner, end = rest.replace('\\"', '"'), len(rest) + 1
    first = next(frames_in(inner), None)
    return first.text if first else None, start + end - 1


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _is_frame(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    return isinstance(value[1], str) or (len(value) > 2 and isinstance(value[2], _LATER[value[0]]))
