"""The face of errors on the command line: `error:` and `hint:` on stderr, one exit code a kind (UX §4.5).

An outcome that came with an error is still data and goes to stdout.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from cpoctl.cli.choices import Choices
from cpoctl.errors import CpoctlError
from cpoctl.table import clean, record

_FRAME = 200
_WHOLE = 1 << 20


def told(error: CpoctlError, choices: Choices) -> int:
    """Tell an error; returns the exit code."""
    if choices.format in ("json", "jsonl"):
        print(json.dumps({"error": problem(error)}), file=sys.stderr)
        return error.exit_code
    print(f"error: {clean(error.message, 4096)}", file=sys.stderr)
    for name in ("sent", "received"):
        if frame := error.detail.get(name):
            limit = _WHOLE if choices.verbose else _FRAME
            print(f"{name + ':':<10}{clean(str(frame), limit)}", file=sys.stderr)
    for hint in error.hints:
        print(f"hint:  {clean(hint, 4096)}", file=sys.stderr)
    return error.exit_code


def problem(error: CpoctlError) -> dict[str, Any]:
    """The error as JSON data."""
    return error.as_json() | {"detail": {name: record(value) for name, value in error.detail.items()}}


def outcome(error: CpoctlError) -> Mapping[str, Any] | None:
    """The outcome that an error carries, as JSON data."""
    found = record(error.detail.get("outcome"))
    return found if isinstance(found, Mapping) else None
