"""The face of errors on the command line: `error:` and `hint:` on stderr, one exit code a kind (UX §4.5).

An outcome that came with an error is still data and goes to stdout.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from cpoctl.cli import terminal
from cpoctl.cli.choices import Choices
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.table import clean, record

_ERROR, _HINT = "\x1b[1;31merror:\x1b[m", "\x1b[36mhint:\x1b[m"
_USAGE = "cpoctl help    commands and topics"
_TROUBLE = "cpoctl doctor    looks at server, database and disk"
_DATA = ("json", "jsonl")
_FRAME = 200
_WHOLE = 1 << 20


def told(error: CpoctlError, choices: Choices) -> int:
    """Tell an error; returns the exit code."""
    if _format(choices) in _DATA:
        print(json.dumps({"error": problem(error)}), file=sys.stderr)
        return error.exit_code
    paints = terminal.paints(choices.color, sys.stderr)
    print(f"{_ERROR if paints else 'error:'} {clean(error.message, 4096)}", file=sys.stderr)
    _mark(error.detail)
    for name in ("sent", "received"):
        if frame := error.detail.get(name):
            limit = _WHOLE if choices.verbose else _FRAME
            print(f"{name + ':':<10}{clean(str(frame), limit)}", file=sys.stderr)
    for sentence in error.detail.get("why", ()):
        print(f"why:   {clean(str(sentence), 4096)}", file=sys.stderr)
    for hint in hinted(error).hints:
        print(f"{_HINT if paints else 'hint:'}  {clean(hint, 4096)}", file=sys.stderr)
    return error.exit_code


def _format(choices: Choices) -> str | None:
    """The format asked for, also where a slip kept the command line from being read to its end."""
    if choices.format or choices.settled:
        return choices.format
    args = choices.args
    named = (arg.partition("=")[2] if arg.startswith("--output=") else arg.removeprefix("-o") for arg in args)
    given = "json" if "--json" in args else next((name for name in named if name in _DATA), None)
    return given or os.environ.get("CPOCTL_OUTPUT")


def _mark(detail: Mapping[str, Any]) -> None:
    """Show the part of a text that cannot be read."""
    if {"text", "from", "to"} <= detail.keys():
        before, wrong = (clean(detail["text"][: detail[end]], 4096) for end in ("from", "to"))
        print(f"       {clean(detail['text'], 4096)}", file=sys.stderr)
        print(f"       {' ' * len(before)}{'^' * max(1, len(wrong) - len(before))}", file=sys.stderr)


def hinted(error: CpoctlError) -> CpoctlError:
    """The error with something to try next, also where nobody thought of one."""
    if not error.hints:
        error.hints = (_USAGE if isinstance(error, UsageProblem) else _TROUBLE,)
    return error


def problem(error: CpoctlError) -> dict[str, Any]:
    """The error as JSON data."""
    return hinted(error).as_json() | {"detail": {name: record(value) for name, value in error.detail.items()}}


def doubt(told: Mapping[str, Any]) -> None:
    """Tell on stderr what an outcome notes: why nothing may come of what went well, or that it went by another name."""
    if told.get("note"):
        terminal.note(f"note: {told['note']}")
    if told.get("hint"):
        terminal.note(f"hint:  {told['hint']}")


def outcome(error: CpoctlError) -> Mapping[str, Any] | None:
    """The outcome that an error carries, as JSON data."""
    found = record(error.detail.get("outcome"))
    return found if isinstance(found, Mapping) else None


def rows(error: CpoctlError) -> list[Any] | None:
    """The rows that an error carries, as JSON data."""
    found = error.detail.get("rows")
    return record(found) if isinstance(found, list) else None
