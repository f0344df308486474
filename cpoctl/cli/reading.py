"""Reading what a caller gives beside plain words: JSON text, secrets, files, stdin, ids from a pipe."""

import json
import sys
from pathlib import Path

from cpoctl.cli import terminal
from cpoctl.errors import UsageProblem


def json_text(given: str, name: str) -> str:
    """JSON as the caller wrote it: the text itself, `@file`, or `-` for stdin. Raises UsageProblem with the position."""
    whole = text(given, name)
    try:
        json.loads(whole, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UsageProblem(
            f"{name} is not JSON: line {error.lineno} column {error.colno}: {error.msg}",
            target=given[:80],
            hints=[f"cpoctl ocpp call --help    {name} is text, @file or - for stdin"],
            detail={"line": error.lineno, "column": error.colno},
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageProblem(f"{name} is not JSON: {error}", hints=["cpoctl ocpp call --help"]) from error
    return whole


def text(given: str, name: str) -> str:
    """The text itself, that of `@file`, or that on stdin for `-`."""
    return _text(given[1:], name) if given.startswith("@") else _text("-", name) if given == "-" else given


def content(path: str, name: str) -> str:
    """The text of a file, or that on stdin for `-`."""
    return _text(path, name)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def secret(path: str, option: str) -> str:
    """The secret in a file, or on stdin for `-`, without the line end."""
    return _text(path, option).removesuffix("\n").removesuffix("\r")


def asked_secret(name: str, option: str, *, no_input: bool) -> str:
    """Ask for a secret without showing it."""
    if no_input or not terminal.can_ask():
        raise UsageProblem(f"{name} is needed", hints=[f"add {option} FILE    a file that holds it, - for stdin"])
    from getpass import getpass

    return getpass(f"{name}: ", sys.stderr)


def _text(path: str, name: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageProblem(f"cannot read {path} for {name}: {reason}", hints=[f"ls -l {path}"]) from error
