"""A site's wall clock, reckoned in whole microseconds since 1970, so that its jumps cannot hide in the arithmetic.

Python subtracts two times of one zone as if its clock never jumped; nothing here does.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_WEEKDAY: Final = _EPOCH.weekday()


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an instant with a zone."""
    passed = moment - _EPOCH
    return passed.days * DAY + passed.seconds * SECOND + passed.microseconds


def instant(at: Fraction | int) -> datetime:
    """The instant in UTC, to the microsecond."""
    return _EPOCH + timedelta(microseconds=at if isinstance(at, int) else round(at))


def day_number(year_to_day: int) -> int:
    """Days since 1970 of a date's ordinal."""
    return year_to_day - _EPOCH.toordinal()


def weekday(day: int) -> int:
    """The weekday of a day since 1970; Monday is 0."""
    return (day + _FIRST_WEEKDAY) % 7


class WallClock:
    """What a site's clock shows between two instants."""

    __slots__ = ("_begins", "_end", "_offsets")

    def __init__(self, zone: ZoneInfo, begin: int, end: int) -> None:
        stretches = list(_stretches(zone, begin, end))
        self._begins = [at for at, _ in stretches]
        self._offsets = [offset for _, offset in stretches]
        self._end = end

    def shows(self, at: Fraction | int) -> tuple[int, Fraction | int]:
        """The local day since 1970, and the microsecond of it."""
        offset = self._offsets[bisect_right(self._begins, at) - 1 if len(self._begins) > 1 else 0]
        day, into = divmod(at + offset, DAY)
        return int(day), into

    def passes(self, times: tuple[int, ...]) -> list[int]:
        """When the clock passes one of these microseconds of the day, or jumps; in order."""
        found = self._begins[1:]
        for begin, end, offset in zip(self._begins, [*self._begins[1:], self._end], self._offsets, strict=True):
            days = range((begin + offset) // DAY, (end + offset) // DAY + 1)
            passed = (day * DAY + time - offset for day in days for time in times)
            found += [at for at in passed if begin < at < end]
        return sorted(found)


def _stretches(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each stretch begins through which the clock does not jump, and its offset from UTC."""
    at, offset = begin, _offset(zone, begin)
    yield at, offset
    while at < end:
        later = min(at + DAY, end)  # no zone jumps twice within a day
        if (then := _offset(zone, later)) != offset:
            yield _jump(zone, at, later), then
        at, offset = later, then


def _jump(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second at which the clock has the offset it has `after`."""
    offset, low, high = _offset(zone, after), before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle * SECOND) == offset else (middle, high)
    return high * SECOND


def _offset(zone: ZoneInfo, at: int) -> int:
    ahead = datetime.fromtimestamp(at // SECOND, zone).utcoffset() or timedelta()
    return ahead.days * DAY + ahead.seconds * SECOND
