"""The terminal: whether somebody looks at stdout, how wide it is, and whether somebody can be asked."""

import codecs
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TextIO

from cpoctl.errors import UsageProblem


def is_watched() -> bool:
    """Whether stdout is a terminal, or said to be one."""
    return "CPOCTL_FORCE_TTY" in os.environ or sys.stdout.isatty()


def columns() -> int:
    """The width of the terminal."""
    for name in ("CPOCTL_FORCE_TTY", "COLUMNS"):
        if (text := os.environ.get(name, "")).isdigit() and int(text) > 1:
            return int(text)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def rows() -> int:
    """The height of the terminal."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines or 24
    except (OSError, ValueError):
        return 24


def can_paint() -> bool:
    """Whether stdout is a terminal that moves its cursor where it is told."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def can_ask() -> bool:
    """Whether a question would reach somebody."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked(question: str) -> str:
    """Ask for a line. Whoever ends it with Ctrl-C finds the shell's prompt on a line of its own."""
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return sys.stdin.readline().strip()
    except (KeyboardInterrupt, SystemExit):
        print(file=sys.stderr)
        raise


def note(text: str) -> None:
    """Say something on stderr."""
    from cpoctl.table import clean

    print(clean(text, 4096), file=sys.stderr)


def use_utc(wanted: bool | None) -> None:
    """Show times in UTC when that is wanted."""
    if wanted:
        from cpoctl import clock

        clock.use_zone("UTC")


def use_zone(name: str) -> None:
    """Show times in a zone, as `Europe/Berlin`."""
    from zoneinfo import ZoneInfo

    from cpoctl import clock

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise UsageProblem(f"--tz: no time zone {name}", hints=["cpoctl --tz Europe/Berlin session list"]) from error
    clock.use_zone(name)


def paints(wish: str | None, stream: TextIO) -> bool:
    """Whether colours go to a stream: as wished, else where somebody looks and nothing forbids it."""
    if wish in ("always", "never"):
        return wish == "always"
    if "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb":
        return False
    return os.environ.get("CLICOLOR_FORCE", "0") != "0" or stream.isatty()


def speaks_ascii(args: Sequence[str]) -> bool:
    """Whether nothing but ASCII may be written: wished, or the locale or the terminal has no more."""
    if "--ascii" in args or os.environ.get("CPOCTL_ASCII", "").lower() not in ("", "0", "false", "no"):
        return True
    if os.environ.get("TERM") in ("linux", "dumb") and sys.stdout.isatty():
        return True
    locale = next((found for name in ("LC_ALL", "LC_CTYPE", "LANG") if (found := os.environ.get(name))), "")
    return locale != "" and "utf" not in locale.lower()


def use_ascii() -> None:
    """Write signs that ASCII lacks as ones that look alike, all others as `\\u6771`."""
    codecs.register_error("cpoctl.plain", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="ascii", errors="cpoctl.plain")


_ALIKE = {
    "…": "~",
    "→": ">",
    "←": "<",
    "⇒": "=>",
    "·": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "§": "S.",
    "≥": ">=",
    "≤": "<=",
}


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_ALIKE.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end
