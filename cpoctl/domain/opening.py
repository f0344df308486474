"""Opening hours: when people reach a site, such as `Mon-Fri 06:00-22:00; Sat 08:00-14:00` in the site's own time.

A site without any is always open. Uptime in access hours counts only what lies within them (UK regulations 2023, 23 CFR 680.116).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FORM = "such as 'Mon-Fri 06:00-22:00; Sat,Sun 08:00-14:00'"
_NUMBERS = {name.casefold(): number for number, name in enumerate(DAYS)}
_RULE = re.compile(r"([a-z,\s-]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE)
_DAY = 24 * 60


@dataclass(frozen=True)
class Rule:
    """On these weekdays, Monday 0, from a minute of the day to another one; beyond 1440 it is the next day's."""

    days: tuple[int, ...]
    begins: int
    ends: int

    def __str__(self) -> str:
        return (
            f"{_named(self.days)} {_clock(self.begins)}-{_clock(self.ends if self.ends <= _DAY else self.ends - _DAY)}"
        )


@dataclass(frozen=True)
class Opening:
    """When a site is open."""

    rules: tuple[Rule, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.rules))

    def spans(self, begin: datetime, end: datetime, zone: "ZoneInfo") -> Iterator[tuple[datetime, datetime]]:
        """The stretches between two instants in which it is open: in UTC, in order, none touching the next."""
        here: tuple[datetime, datetime] | None = None
        for opens, closes in self._every(begin.astimezone(zone).date(), end.astimezone(zone).date(), zone):
            opens, closes = max(opens, begin), min(closes, end)
            if closes <= opens:
                continue
            if here is None or opens > here[1]:
                if here is not None:
                    yield here
                here = opens, closes
            else:
                here = here[0], max(here[1], closes)
        if here is not None:
            yield here

    def _every(self, first: date, last: date, zone: "ZoneInfo") -> list[tuple[datetime, datetime]]:
        """From the day before the first on, whose last hours may be after midnight."""
        days = (first + timedelta(days=number) for number in range(-1, (last - first).days + 1))
        return sorted(
            (_instant(day, rule.begins, zone), _instant(day, rule.ends, zone))
            for day in days
            for rule in self.rules
            if day.weekday() in rule.days
        )


def read(text: str) -> Opening | None:
    """Opening hours as somebody wrote them; None for always. ValueError says what cannot be read."""
    if text.strip().casefold() in ("", "always", "24/7"):
        return None
    return Opening(tuple(_rule(part.strip()) for part in text.split(";") if part.strip()))


def _rule(text: str) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not days and hours, {FORM}")
    begins, ends = _minute(match[2], match[3], text), _minute(match[4], match[5], text)
    if begins in (ends, _DAY):
        raise ValueError(f"{text!r}: it begins when it ends; a whole day is 00:00-24:00")
    return Rule(_days(match[1], text), begins, ends if ends > begins else ends + _DAY)


def _minute(hours: str, minutes: str, text: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY:
        raise ValueError(f"{text!r}: {hours}:{minutes} is no time of day")
    return total


def _days(text: str, rule: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin, end = _day(first, rule), _day(last or first, rule)
        found |= {number % 7 for number in range(begin, end + 1 if end >= begin else end + 8)}
    return tuple(sorted(found))


def _day(name: str, rule: str) -> int:
    number = _NUMBERS.get(name.strip().casefold()[:3])
    if number is None:
        raise ValueError(f"{rule!r}: {name.strip()!r} is no weekday; {', '.join(DAYS)} are")
    return number


def _named(days: tuple[int, ...]) -> str:
    """`Mon-Fri`, `Mon,Wed`, `Sat-Sun`: runs of days as ranges."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _instant(day: date, minute: int, zone: "ZoneInfo") -> datetime:
    """A local time of day as an instant; one that the clocks skip is as much after the jump."""
    moved = day + timedelta(days=minute // _DAY)
    return datetime.combine(moved, time(minute % _DAY // 60, minute % 60), zone).astimezone(UTC)
