"""Periods: what `last-month`, `2026-10`, `2026-10-03`, `7d` or an instant mean, and where they begin and end in a zone.

A calendar's edge is a time on the wall, so that each site has its own month; days have 23, 24 or 25 hours.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from cpoctl.clock import duration, stored

EARLIEST, LATEST = date(1970, 1, 1), date(9000, 1, 1)
FORMS = "today yesterday this-week last-week this-month last-month this-quarter last-quarter this-year last-year"
_YEAR, _QUARTER = re.compile(r"(\d{4})"), re.compile(r"(\d{4})-[Qq]([1-4])")
_MONTH, _DAY = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Edge:
    """Where a period begins or ends: midnight of a day on the wall of whatever zone, or an instant in UTC."""

    at: date | datetime

    def within(self, zone: tzinfo) -> datetime:
        """The instant in UTC. A midnight that a clock change skips is the moment of the change."""
        if isinstance(self.at, datetime):
            return self.at
        return datetime(self.at.year, self.at.month, self.at.day, tzinfo=zone).astimezone(UTC)

    @property
    def text(self) -> str:
        """As it can be read again."""
        return stored(self.at) if isinstance(self.at, datetime) else self.at.isoformat()


def midnight(day: str, zone: tzinfo) -> datetime:
    """When a day begins on the wall of a zone, in UTC."""
    return Edge(date.fromisoformat(day)).within(zone)


@dataclass(frozen=True)
class Period:
    """From an edge up to another one, which is no part of it."""

    begin: Edge
    end: Edge

    def within(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Both instants in UTC."""
        return self.begin.within(zone), self.end.within(zone)

    @property
    def words(self) -> tuple[str, str]:
        """What to read for the same period at any later time; a day as the end is itself part of it."""
        end = self.end.at
        last = end if isinstance(end, datetime) else end - timedelta(days=1)
        return self.begin.text, Edge(last).text

    @property
    def name(self) -> str:
        """`2026-10`, `2026-10-03`, `2026-Q3`, `2026`, or both ends."""
        begin, end = self.begin.at, self.end.at
        if isinstance(begin, datetime) or isinstance(end, datetime):
            return "_".join(self.words).replace(":", "")
        for form, length in (("%Y-%m-%d", 1), ("%Y-%m", 2), ("%Y", 3)):
            if end == _following(begin, length):
                return begin.strftime(form)
        if begin.day == 1 and begin.month % 3 == 1 and end == _month(begin.year, begin.month, 3):
            return quarter_of(begin)
        return "_".join(self.words)


def quarter_of(day: date) -> str:
    """`2026-Q3`."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def _following(day: date, length: int) -> date | None:
    """The first day after the day, month or year that begins on this one; None if none begins there."""
    if length == 1:
        return day + timedelta(days=1)
    if length == 2:
        return _month(day.year, day.month, 1) if day.day == 1 else None
    return date(day.year + 1, 1, 1) if (day.month, day.day) == (1, 1) else None


def read(since: str, until: str | None, now: datetime) -> Period:
    """The period from `since` up to `until`: a day, month or year that is named there is part of it.

    Without `until` a calendar's word is its own period, and anything else goes up to now. `now` bears the zone whose calendar
    the words mean. Raises ValueError that names the option.
    """
    begin = _read(since, now, "from")
    end = _read(until, now, "to") if until is not None else begin
    last = end.end if until is not None or not isinstance(begin.begin.at, datetime) else Edge(now.astimezone(UTC))
    if begin.begin.within(UTC) >= last.within(UTC):
        raise ValueError(f"--from {since} is not before --to {until or 'now'}")
    return Period(begin.begin, last)


def _read(text: str, now: datetime, option: str) -> Period:
    try:
        found = _calendar(text.strip(), now.date())
        if found is not None:
            begin, end = found
            if not EARLIEST <= begin < end <= LATEST:
                raise ValueError
            return Period(Edge(begin), Edge(end))
        return Period(*[Edge(_instant(text.strip(), now))] * 2)
    except (ValueError, OverflowError):
        raise ValueError(f"--{option}: {text!r} is no time: a date, 2026-10, 7d, an instant, or of {FORMS}") from None


def _calendar(text: str, today: date) -> tuple[date, date] | None:
    """The first day of what a word of the calendar names, and the first day after it."""
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return day, day + timedelta(days=1)
    if match := _MONTH.fullmatch(text):
        return _months(int(match[1]), int(match[2]), 1)
    if match := _QUARTER.fullmatch(text):
        return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := _YEAR.fullmatch(text):
        return _months(int(match[1]), 1, 12)
    return _relative(text, today)


def _relative(text: str, today: date) -> tuple[date, date] | None:
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day + timedelta(days=1)
    which, _, unit = text.partition("-")
    if which not in ("this", "last"):
        return None
    back = which == "last"
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=7)
    length = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if length is None:
        return None
    first = (today.month - 1) // length * length + 1
    return _months(today.year, first - length * back, length)


def parts(begin: datetime, end: datetime, zone: tzinfo, length: int) -> list[tuple[str, datetime, datetime]]:
    """The months (length 1) or quarters (3) on the wall of a zone that a time touches, cut at its ends, in UTC."""
    day, found = begin.astimezone(zone).date(), []
    first = _month(day.year, (day.month - 1) // length * length + 1, 0)
    while (since := Edge(first).within(zone)) < end:
        following = _month(first.year, first.month, length)
        name = quarter_of(first) if length == 3 else first.isoformat()[:7]
        found.append((name, max(begin, since), min(end, Edge(following).within(zone))))
        first = following
    return found


def year_before(at: datetime, zone: tzinfo) -> datetime:
    """The same time on the wall a year before, in UTC; the 28th for the 29th of February."""
    there = at.astimezone(zone)
    day = 28 if (there.month, there.day) == (2, 29) else there.day
    return there.replace(year=there.year - 1, day=day).astimezone(UTC)


def _months(year: int, month: int, length: int) -> tuple[date, date]:
    return _month(year, month, 0), _month(year, month, length)


def _month(year: int, month: int, later: int) -> date:
    """The first day of the month so many months later; month 0 is the December before."""
    if not -11 <= month <= 12:
        raise ValueError
    whole = year * 12 + month - 1 + later
    return date(whole // 12, whole % 12 + 1, 1)


def _instant(text: str, now: datetime) -> datetime:
    if text == "now":
        return now.astimezone(UTC)
    if text[:1].isdigit() and "-" not in text:
        return now.astimezone(UTC) - timedelta(seconds=duration(text))
    told = datetime.fromisoformat(text)
    return (told if told.tzinfo else told.replace(tzinfo=now.tzinfo)).astimezone(UTC)


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@lru_cache(maxsize=1 << 17)
def local_hour(slot: str, zone: tzinfo) -> tuple[str, int, int]:
    """The local day, weekday and hour of a quarter of an hour in UTC, as `2026-10-25T01:15`; no zone divides one today."""
    at = datetime.fromisoformat(slot).replace(tzinfo=UTC).astimezone(zone)
    return at.date().isoformat(), at.weekday(), at.hour


def key_of(slot: str, zone: tzinfo, by: str) -> str:
    """The hour, weekday, day or month that a quarter of an hour in UTC is part of."""
    day, weekday, hour = local_hour(slot, zone)
    return {"day": day, "month": day[:7], "weekday": WEEKDAYS[weekday], "hour": f"{hour:02d}"}[by]
