"""The terminal: whether somebody looks at stdout, how wide it is, and whether somebody can be asked."""

import os
import sys


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


def can_ask() -> bool:
    """Whether a question would reach somebody."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def note(text: str) -> None:
    """Say something on stderr."""
    from cpoctl.table import clean

    print(clean(text, 4096), file=sys.stderr)


def use_utc(wanted: bool | None) -> None:
    """Show times in UTC when that is wanted."""
    if wanted:
        import time

        os.environ["TZ"] = "UTC"
        if hasattr(time, "tzset"):
            time.tzset()
