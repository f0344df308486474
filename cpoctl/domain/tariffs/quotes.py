"""Reading a price series as exchanges and suppliers publish it, by the quarter or the hour.

What form a text has is seen from how it begins (`quoted/`). A time without a zone is the site's; where its clock goes back, the
second of two equal times is the later one. A row without a price is a hole. Prices are kept to nine places.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from cpoctl import plugins
from cpoctl.clock import stored
from cpoctl.domain import money
from cpoctl.domain.tariffs import quoted
from cpoctl.domain.tariffs.quoted import LARGEST, Row, Wanted
from cpoctl.domain.tariffs.quoted._units import chosen, of_word
from cpoctl.domain.tariffs.series import Point, Series
from cpoctl.errors import UsageProblem

FORMS: Final = ("json", "xml", "csv")
"""The forms, in the order in which a text is held against them."""
_EMPTY: Final = {"", "-", "n/e", "null", "none", "nan"}
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T](\d{1,2}:\d\d(?::\d\d)?))?")
_OFFSETS: Final = {"CET": "+01:00", "CEST": "+02:00", "UTC": "+00:00"}
_NAMED_ZONE = re.compile(r" \(?(CES?T|UTC)\)?$")
_GROUPED = re.compile(r"[-+]?\d{1,3}(\.\d{3})*(,\d+)?")
_NINTH = Decimal("1e-9")
_LONGEST: Final = timedelta(hours=1)
_MILLIS_FROM: Final = 10**11  # a larger number of seconds would lie far beyond the year 5000


def read_series(
    text: str,
    *,
    zone: ZoneInfo,
    unit: str | None = None,
    form: str | None = None,
    column: str | None = None,
    currency: str | None = None,
    minutes: int | None = None,
) -> Series:
    """Read points, per kWh. `unit` is what the prices are for (kWh, MWh, ct/kWh), needed where the text does not say.

    `column` and `currency` choose among several prices a time, `minutes` the rows that hold so long. Raises UsageProblem.
    """
    if len(text) > LARGEST:
        raise UsageProblem(f"the price series is longer than {LARGEST >> 20} MiB")
    stripped = text.lstrip("\ufeff \t\r\n")
    forms = [plugins.load(quoted, name) for name in ([form] if form else FORMS)]
    found = next(each for each in forms if form or each.begins(stripped)).read(stripped, Wanted(column, currency))
    per, told_in = chosen(found.units, of_word(unit) if unit else None), found.currency
    timed = [row for row in _timed(found.rows, zone) if _lasts(row, minutes)]
    points = _points(timed, per.places, decimal_comma=found.decimal_comma)
    if not points:
        raise UsageProblem("the price series has no price")
    return Series(points, told_in)


@dataclass(frozen=True, slots=True)
class _Timed:
    where: str
    begin: datetime
    end: datetime | None
    price: Any


def _lasts(row: _Timed, minutes: int | None) -> bool:
    return minutes is None or row.end is None or row.end - row.begin == timedelta(minutes=minutes)


def _timed(rows: Sequence[Row], zone: ZoneInfo) -> Iterator[_Timed]:
    before: datetime | None = None
    for row in rows:
        said, till = row.begin, row.end
        if isinstance(said, str) and " - " in said:  # a market time unit: begin - end
            said, till = said.split(" - ", 1)
        begin = _instant(said, zone, row, before)
        if begin is None:
            continue
        end = None if till in (None, "") else _end(till, zone, row, begin)
        if end is not None and end <= begin:
            raise UsageProblem(f"{row.where} of the price series ends {stored(end)}, not after it begins")
        yield _Timed(row.where, begin, end, row.price)
        before = begin


def _instant(said: Any, zone: ZoneInfo, row: Row, before: datetime | None) -> datetime | None:
    """An instant in UTC; of two that a clock shows alike, the first one after `before`. None: no such time, and no price."""
    moment = _moment(said, row)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    found, again = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        if _is_empty(row.price):
            return None
        raise UsageProblem(f"{row.where} of the price series: {said} does not exist in {zone}, its clock skips it")
    return again if before is not None and found <= before else found


def _end(said: Any, zone: ZoneInfo, row: Row, begin: datetime) -> datetime:
    """The first instant after `begin` at which a clock shows this, or would do so if it had not jumped at that very moment."""
    moment = _moment(said, row)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    unchanged = begin.astimezone(zone).utcoffset() or timedelta(0)
    at = moment.replace(tzinfo=UTC) - unchanged
    found = [moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if (at - timedelta(microseconds=1)).astimezone(zone).utcoffset() == unchanged:
        found.append(at)
    return min((each for each in found if each > begin), default=found[0])


def _moment(said: Any, row: Row) -> datetime:
    """A time as it was told, with a zone or without."""
    try:
        if isinstance(said, int) or (isinstance(said, str) and said.isdigit()):
            return datetime.fromtimestamp(int(said) / (1000 if int(said) > _MILLIS_FROM else 1), UTC)
        zoned = _NAMED_ZONE.sub(lambda named: _OFFSETS[named[1]], str(said).strip())
        return datetime.fromisoformat(_DAY_FIRST.sub(_year_first, zoned))
    except (ValueError, OverflowError, OSError):
        told = str(said)[:60]
        raise UsageProblem(f"{row.where} of the price series: {told} is no time as 2026-11-22T14:00:00Z") from None


def _year_first(told: re.Match[str]) -> str:
    return f"{told[3]}-{told[2]:0>2}-{told[1]:0>2} {told[4] or '00:00':0>5}"


def _points(timed: list[_Timed], places: int, *, decimal_comma: bool) -> tuple[Point, ...]:
    timed.sort(key=lambda row: row.begin)
    steps = _steps(timed)
    found: list[Point] = []
    for row in timed:
        price = _price(row, places, decimal_comma=decimal_comma)
        if price is None:
            continue
        point = Point(row.begin, row.end or row.begin + _step(row, steps), price)
        if found and found[-1] == point:
            continue  # told twice, alike
        if found and point.begin < found[-1].end:
            raise UsageProblem(
                f"{row.where} of the price series: {stored(point.begin)} has a price already,"
                f" which holds until {stored(found[-1].end)}: keep one"
            )
        found.append(point)
    return tuple(found)


def _steps(timed: list[_Timed]) -> dict[datetime, timedelta]:
    """How long a price without an end holds, by its begin: as long as the shorter way to its neighbours."""
    begins = list(dict.fromkeys(row.begin for row in timed))
    ways = [later - begin for begin, later in pairwise(begins)]
    near = zip(begins, [timedelta.max, *ways], [*ways, timedelta.max], strict=True) if begins else ()
    return {begin: min(before, after) for begin, before, after in near}


def _step(row: _Timed, steps: dict[datetime, timedelta]) -> timedelta:
    if steps[row.begin] > _LONGEST:
        raise UsageProblem(
            f"{row.where} of the price series has no end, and no other row within the hour: add the column end"
        )
    return steps[row.begin]


def _is_empty(price: Any) -> bool:
    return price is None or str(price).strip().lower() in _EMPTY


def _price(row: _Timed, places: int, *, decimal_comma: bool) -> Decimal | None:
    if _is_empty(row.price):
        return None
    said = told = str(row.price).strip()
    if decimal_comma and _GROUPED.fullmatch(said):
        told = said.replace(".", "").replace(",", ".")
    try:
        number = Decimal(told).scaleb(-places).quantize(_NINTH, ROUND_HALF_UP)
        return money.plain(number, said)
    except (InvalidOperation, UsageProblem):
        raise UsageProblem(f"{row.where} of the price series: {said[:60]} is no price") from None


def holes(series: Series, zone: ZoneInfo) -> list[str]:
    """Where a series has no price between its first and its last, and whether the site's clock jumped that day."""
    pairs = pairwise(series.points)
    return [_hole(point.end, later.begin, zone) for point, later in pairs if later.begin > point.end]


def _hole(begin: datetime, end: datetime, zone: ZoneInfo) -> str:
    minutes = int((end - begin).total_seconds()) // 60
    said = f"no price from {stored(begin)} to {stored(end)} ({minutes} minutes)"
    midnight = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    hours = ((midnight + timedelta(days=1)).astimezone(UTC) - midnight.astimezone(UTC)) / timedelta(hours=1)
    return said if hours == 24 else f"{said}: {midnight:%Y-%m-%d} has {hours:g} hours in {zone}"
