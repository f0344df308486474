"""Reading what a caller gives beside plain words: JSON text, secrets, files, stdin, ids from a pipe."""

import json
import sys
from math import isfinite
from pathlib import Path

from cpoctl.cli import terminal
from cpoctl.errors import UsageProblem

_PATIENCE, _LARGEST = 30.0, 16 << 20
_HEX = "iconv -f LATIN1 -t UTF-8 FILE    if it was written with another encoding"


def json_text(given: str, name: str) -> str:
    """JSON as the caller wrote it: the text itself, `@file`, or `-` for stdin. Raises UsageProblem with the position."""
    whole = text(given, name)
    try:
        json.loads(whole, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise UsageProblem(
            f"{name} is not JSON: line {error.lineno} column {error.colno}: {error.msg}",
            target=given[:80],
            hints=[f"{name}    is the JSON itself, @FILE, or - for standard input"],
            detail={"line": error.lineno, "column": error.colno},
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageProblem(
            f"{name} is not JSON: {error}", hints=[f"{name}    is the JSON itself, @FILE, or - for standard input"]
        ) from error
    return whole


def text(given: str, name: str) -> str:
    """The text itself, that of `@file`, or that on stdin for `-`."""
    return _text(given[1:], name) if given.startswith("@") else _text("-", name) if given == "-" else given


def is_text(word: str) -> bool:
    """Whether it is UTF-8: Python keeps bytes that are not as halves of surrogate pairs."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def content(path: str, name: str) -> str:
    """The text of a file, or that on stdin for `-`."""
    return _text(path, name)


def source(given: str, name: str) -> str:
    """The text itself, that of `@file`, that on stdin for `-`, or what stands at a URL."""
    return _fetched(given) if given.startswith(("https://", "http://")) else text(given, name)


def _fetched(url: str) -> str:
    """What stands at a URL, if it comes in time and is text of a believable size."""
    import httpx

    try:
        with httpx.stream("GET", url, timeout=_PATIENCE, follow_redirects=True) as answer:
            if not answer.is_success:
                raise UsageProblem(f"{url} answers {answer.status_code} {answer.reason_phrase}", target=url)
            blocks, size = [], 0
            for block in answer.iter_bytes():
                size += len(block)
                if size > _LARGEST:
                    raise UsageProblem(f"{url} is longer than {_LARGEST >> 20} MiB", target=url)
                blocks.append(block)
        return b"".join(blocks).decode()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageProblem(f"cannot read {url}: {error}", target=url) from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{url} is not UTF-8", target=url) from error


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def _finite(digits: str) -> float:
    if not isfinite(number := float(digits)):
        raise ValueError(f"{digits} is no number")
    return number


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
        found = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        found.encode()  # stdin lets pass what is no UTF-8 where the locale is POSIX
    except UnicodeError as error:
        where = "standard input" if path == "-" else path
        raise UsageProblem(f"{where} is not UTF-8, so it is not read as {name}", hints=[_HEX]) from error
    except OSError as error:
        raise UsageProblem(f"cannot read {path} for {name}: {error.strerror}", hints=[f"ls -l {path}"]) from error
    return found
