"""YAML: the JSON objects in a form for reading. Texts that could be taken for anything else are quoted.

Everything written is YAML 1.1 and 1.2 alike; no library is needed for so small a part of it.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from cpoctl.formats import Sheet, lines
from cpoctl.formats.json import pick
from cpoctl.table import clean

MACHINE = True
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_MEANS_MORE = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def render(sheet: Sheet) -> Iterator[str]:
    """A list of objects, or the one object."""
    objects = [pick(record, sheet) for record in sheet.records]
    for told in [objects] if sheet.many else objects:
        yield from lines(_block(told, ""))


def _block(value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _member(f"{margin}{_scalar(name)}:", inner, margin)
    elif isinstance(value, list) and value:
        for inner in value:
            first, *rest = _block(inner, margin + "  ")
            yield f"{margin}- {first.removeprefix(margin + '  ')}"
            yield from rest
    else:
        yield margin + _scalar(value)


def _member(head: str, inner: Any, margin: str) -> Iterator[str]:
    if isinstance(inner, (Mapping, list)) and inner:
        yield head
        yield from _block(inner, margin + "  ")
    else:
        yield f"{head} {_scalar(inner)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _MEANS_MORE
        return value if plain else clean(json.dumps(value, ensure_ascii=False), sys.maxsize)
    if isinstance(value, float) and "e" in (text := repr(value)) and "." not in text:
        return text.replace("e", ".0e")  # YAML 1.1 takes 1e+20 for a text
    return json.dumps(value)
