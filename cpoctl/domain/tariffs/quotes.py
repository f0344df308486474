"""Reading a price series as exchanges and suppliers publish it: CSV or JSON, by the quarter or the hour.

A time without a zone is the site's; where its clock goes back, the second of two equal times is the later one.
A row without a price is a hole. Prices are kept to nine places.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from cpoctl.clock import stored
from cpoctl.domain import currencies, money
from cpoctl.domain.tariffs.series import Point, Series
from cpoctl.errors import UsageProblem

KWH, MWH = "kWh", "MWh"
_BEGINS: Final = ("start", "begin", "from", "starttime", "startsat", "starttimestamp", "time", "timestamp", "date",
                  "datetime", "readingdate", "timestart", "mtu", "datetimeutc", "validfrom")  # fmt: skip
_ENDS: Final = ("end", "to", "endtime", "endsat", "endtimestamp", "timeend", "validto", "till")
_PRICES: Final = ("price", "marketprice", "energy", "dayaheadprice", "value", "spotprice", "total", "valueexcvat")
_UNITS: Final = {"kwh", "mwh", "per"}
_EMPTY: Final = {"", "-", "n/e", "null", "none", "nan"}
_DAY_FIRST = re.compile(r"(\d\d)[./](\d\d)[./](\d{4})[ T](\d\d:\d\d(?::\d\d)?)")
_JSON = msgspec.json.Decoder(float_hook=Decimal)
_NINTH = Decimal("1e-9")
_LONGEST: Final = timedelta(hours=1)
_MILLIS_FROM: Final = 10**11  # a larger number of seconds would lie far beyond the year 5000


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it was found: where, and what it says."""

    where: str
    begin: Any
    end: Any
    price: Any


def read_series(text: str, *, zone: ZoneInfo, unit: str | None = None) -> Series:
    """Read points, per kWh. `unit` is what the prices are for (kWh, MWh), needed where the text does not say."""
    stripped = text.lstrip("\ufeff \t\r\n")
    rows, said = _of_json(stripped) if stripped[:1] in ("{", "[") else _of_csv(stripped)
    per = unit or said
    if per not in (KWH, MWH):
        raise UsageProblem("the price series does not say what its prices are for: give the unit, kWh or MWh")
    timed = list(_timed(rows, zone))
    points = _points(timed, 3 if per == MWH else 0)
    if not points:
        raise UsageProblem("the price series has no price")
    return Series(points)


def _of_csv(text: str) -> tuple[list[_Row], str | None]:
    head = text.split("\n", 1)[0]
    split = max(";\t,", key=head.count)
    lines = csv.reader(text.splitlines(), delimiter=split)
    names = next(lines, [])
    begin, end, price = _column(names, _BEGINS), _column(names, _ENDS), _column(names, _PRICES)
    if begin is None or price is None:
        raise UsageProblem("the price series needs a first line with the columns start, end, price (or time, price)")
    rows = []
    for number, cells in enumerate(lines, 2):
        if any(cells):
            cells += [""] * (len(names) - len(cells))
            told = cells[price].replace(",", ".") if split != "," else cells[price]
            rows.append(_Row(f"line {number}", cells[begin], cells[end] if end is not None else None, told))
    return rows, _unit(" ".join(names))


def _of_json(text: str) -> tuple[list[_Row], str | None]:
    try:
        found = list(_entries(_JSON.decode(text)))
    except (msgspec.DecodeError, UnicodeError, InvalidOperation, RecursionError) as error:
        raise UsageProblem(f"the price series is no JSON: {error}") from None
    if not found:
        raise UsageProblem("the price series needs a list of objects with start, end and price (or time and price)")
    rows = []
    for number, entry in enumerate(found, 1):
        names = list(entry)
        columns = [_column(names, known) for known in (_BEGINS, _ENDS, _PRICES)]
        begin, end, price = (entry[names[place]] if place is not None else None for place in columns)
        rows.append(_Row(f"entry {number}", begin, end, price))
    first = found[0]
    by_supplier = KWH if {"startsAt", "total"} <= set(first) else None  # Tibber tells what a household pays
    return rows, _unit(f"{first.get('unit', '')} {' '.join(first)}") or by_supplier


def _entries(told: Any) -> Iterator[Mapping[str, Any]]:
    """Every object with a time and a price, however deep."""
    if isinstance(told, list):
        for each in told:
            yield from _entries(each)
    elif isinstance(told, dict):
        names = list(told)
        if _column(names, _BEGINS) is not None and _column(names, _PRICES) is not None:
            yield told
        else:
            for each in told.values():
                yield from _entries(each)


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    """The place of the first known name."""
    plain = [_plain(name) for name in names]
    return next((plain.index(name) for name in known if name in plain), None)


def _plain(name: str) -> str:
    """A column's name without what stands in brackets, units and currencies."""
    words = re.findall(r"[a-z]+", re.sub(r"[\[(].*", "", name.lower()))
    return "".join(word for word in words if word not in _UNITS and not currencies.known(word.upper()))


def _unit(text: str) -> str | None:
    lower = text.lower()
    return MWH if "mwh" in lower else KWH if "kwh" in lower else None


@dataclass(frozen=True, slots=True)
class _Timed:
    where: str
    begin: datetime
    end: datetime | None
    price: Any


def _timed(rows: list[_Row], zone: ZoneInfo) -> Iterator[_Timed]:
    before: datetime | None = None
    for row in rows:
        said, till = row.begin, row.end
        if isinstance(said, str) and " - " in said:  # a market time unit: begin - end
            said, till = said.split(" - ", 1)
        begin = _instant(said, zone, row.where, before)
        end = None if till in (None, "") else _instant(till, zone, row.where, begin)
        if end is not None and end <= begin:
            raise UsageProblem(f"{row.where} of the price series ends {stored(end)}, not after it begins")
        yield _Timed(row.where, begin, end, row.price)
        before = begin


def _instant(said: Any, zone: ZoneInfo, where: str, before: datetime | None) -> datetime:
    """An instant in UTC; of two that a clock shows alike, the first one after `before`."""
    try:
        if isinstance(said, int) or (isinstance(said, str) and said.isdigit()):
            return datetime.fromtimestamp(int(said) / (1000 if int(said) > _MILLIS_FROM else 1), UTC)
        swapped = _DAY_FIRST.sub(r"\3-\2-\1 \4", str(said).strip())
        moment = datetime.fromisoformat(re.sub(r" \((?:CES?T|UTC)\)$", "", swapped))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        local = moment.replace(tzinfo=zone)
        found = local.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageProblem(f"{where} of the price series: {said} is no time as 2026-11-22T14:00:00Z") from None
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise UsageProblem(f"{where} of the price series: {said} does not exist in {zone}, its clock skips it")
    return local.replace(fold=1).astimezone(UTC) if before is not None and found <= before else found


def _points(timed: list[_Timed], places: int) -> tuple[Point, ...]:
    timed.sort(key=lambda row: row.begin)
    steps = _steps(timed)
    found: list[Point] = []
    for row in timed:
        price = _price(row, places)
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


def _price(row: _Timed, places: int) -> Decimal | None:
    said = "" if row.price is None else str(row.price).strip()
    if said.lower() in _EMPTY:
        return None
    try:
        number = Decimal(said).scaleb(-places).quantize(_NINTH, ROUND_HALF_UP)
        return money.plain(number, said)
    except (InvalidOperation, UsageProblem):
        raise UsageProblem(f"{row.where} of the price series: {said} is no price") from None


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
