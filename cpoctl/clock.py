"""Time: the injectable clock, and the one text form of an instant.

Durations are measured on the monotonic clock, facts are dated by the wall clock, always UTC.
"""

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Tells the wall clock, aware, in UTC."""

    @property
    def monotonic(self) -> Callable[[], float]:
        """Tells seconds that never jump."""


class SystemClock:
    """The machine's own clocks; plain C functions, because every message asks them."""

    def __init__(self) -> None:
        self.now: Callable[[], datetime] = partial(datetime.now, UTC)
        self.monotonic: Callable[[], float] = time.monotonic


def use_zone(name: str | None) -> None:
    """Make a zone the process's own, as `UTC`; without a name the machine's."""
    if name is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = name
    if hasattr(time, "tzset"):
        time.tzset()


_MILLIS = tuple(f".{millis:03d}Z" for millis in range(1000))
_last: tuple[tuple[int, ...], str] = ((), "")


def stored(moment: datetime) -> str:
    """`2026-11-22T14:02:11.113Z`: how the database and JSON write an instant, which must be in UTC.

    Every message is dated and most fall in the same second, whose text is kept.
    """
    global _last
    second, text = _last
    now = (moment.second, moment.minute, moment.hour, moment.day, moment.month, moment.year)
    if second != now:
        text = moment.isoformat()[:19]
        _last = now, text
    return text + _MILLIS[moment.microsecond // 1000]


def wire(moment: datetime) -> str:
    """`2026-11-22T14:02:11Z`: whole seconds, as every charger can read it (steve#96)."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def parsed(text: str) -> datetime:
    """Read an instant that we wrote ourselves."""
    return datetime.fromisoformat(text)


def with_zone(text: str, *, days: bool = True) -> str:
    """A time that names no zone as this machine means it, for a server that may be in another; anything else as it is.

    Without `days` a day alone stays one.
    """
    try:
        moment = datetime.fromisoformat(text) if "-" in text else None
        alone = len(text) == len("2026-10-01")
        if moment is None or moment.tzinfo is not None or (alone and not days):
            return text
        return moment.astimezone().isoformat()
    except (ValueError, OverflowError):
        return text  # whoever reads it says what is wrong with it


_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")


def duration(text: str) -> float:
    """Seconds in `30s`, `5m`, `1h30m`, `2d` or plain `30`; ValueError for anything else."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is not a duration such as 30s, 5m or 1h30m")
    days, hours, minutes, seconds, millis = (float(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds + millis / 1000
