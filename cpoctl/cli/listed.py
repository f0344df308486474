"""Listed: the targets that files, stdin and the rows of another command name, whatever format those have."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cpoctl.cli import reading
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.targets import HINTS

_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\0")  # what CSV puts an apostrophe before
_HELP = "cpoctl help targets"


def said(words: Sequence[str], kind: str) -> list[str]:
    """The words, with those of files and stdin, each once. `kind` is what they name: a charger, a session."""
    told = [line for word in words for line in _lines(word, kind)]
    if not told:
        raise NotFound("the selection is empty: no target was given", hints=HINTS)
    return list(dict.fromkeys(told))


def _ids(kind: str) -> tuple[str, ...]:
    """The fields of a row that name such a target, the surest first."""
    return ("target", "charger_id", "id") if kind == "charger" else (f"{kind}_id", "target")


_HEADINGS = frozenset({*_ids("charger"), *_ids("session")})


def _lines(word: str, kind: str) -> Iterator[str]:
    """The word itself; of `@FILE` and `-` what stands there: words, a table, or JSON with ids."""
    if word != "-" and not (word.startswith("@") and _is_readable(Path(word[1:]))):
        yield word
        return
    text = reading.text(word, "targets").removeprefix("\ufeff")
    if (values := _json_values(text)) is not None:
        yield from (_named(value, kind) for value in values)
        return
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and _HEADINGS.intersection(_cells(lines[0])):
        yield from _column(text, lines, kind)
        return
    for line in map(str.strip, lines):
        if line.startswith("{"):  # what is no JSON names nobody
            yield from (_named(value, kind) for value in _json_values(line) or [line])
        else:
            yield line.partition("\t")[0]


def _is_readable(path: Path) -> bool:
    """Whether it is there and no folder: `@<(command)` is a pipe."""
    return path.exists() and not path.is_dir()


def _cells(heading: str) -> list[str]:
    return heading.strip().split("\t") if "\t" in heading else next(csv.reader([heading.strip()]), [])


def _column(text: str, lines: list[str], kind: str) -> Iterator[str]:
    """What stands below the heading of the ids, in TSV as it is, in CSV quoted and guarded from spreadsheets."""
    heading = _cells(lines[0])
    name = next((name for name in _ids(kind) if name in heading), None)
    if name is None:
        raise _nameless(kind, f"the heading {lines[0].strip()[:80]}")
    at = heading.index(name)
    tabbed = "\t" in lines[0]
    rows = (line.split("\t") for line in lines) if tabbed else csv.reader(io.StringIO(text.lstrip(), newline=""))
    for row in list(rows)[1:]:
        cell = row[at].strip() if len(row) > at else ""
        if cell:
            yield cell if tabbed else _unguarded(cell)


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_GUARDED) else cell


def _json_values(text: str) -> list[Any] | None:
    """The values of an array, or of objects one after another however they are laid out; None for anything else."""
    decoder, values, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] not in "{[":
            return None
        else:
            try:
                value, at = decoder.raw_decode(text, at)
            except ValueError:
                return None
            values += value if isinstance(value, list) else [value]
    return values or None


def _named(value: Any, kind: str) -> str:
    """The id that a JSON value is or has."""
    if isinstance(value, str) and not value.startswith("{"):
        return value
    told = value if isinstance(value, dict) else {}
    found = (told[name] for name in _ids(kind) if isinstance(told.get(name), str | int))
    name = next((str(each) for each in found if not isinstance(each, bool)), None)
    if name is None:
        raise _nameless(kind, str(value)[:80])
    return name


def _nameless(kind: str, where: str) -> UsageProblem:
    *others, last = _ids(kind)
    return UsageProblem(
        f"no {', '.join(others)} or {last} in {where}", hints=[f"{_HELP}    which field names a target"]
    )
