"""XML: the document in which the transparency platform of ENTSO-E publishes prices. IEC 62325-451-3

A TimeSeries has Periods, a Period an interval, a resolution and Points by their position. By curve type A03 a Point holds until
the next one that is told, by every other a position that is missing is a hole. A document type may define entities that
grow without end: one that has any is refused, and nothing outside of the text is ever looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.parsers import expat

from cpoctl.clock import stored
from cpoctl.domain.tariffs.quoted import MOST, Found, Row, Wanted
from cpoctl.domain.tariffs.quoted._units import KWH, MWH, Unit
from cpoctl.errors import UsageProblem

_DOCUMENT: Final = "Publication_MarketDocument"
_REFUSAL: Final = "Acknowledgement_MarketDocument"
_DEEPEST: Final = 32
_RESOLUTION = re.compile(r"PT(\d{1,2})(M|H)")
_UNTIL_NEXT: Final = "A03"
_ENERGY: Final = {"MWH": MWH, "KWH": KWH}


@dataclass
class _Period:
    start: str = ""
    end: str = ""
    resolution: str = ""
    points: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Series:
    currency: str = ""
    unit: str = ""
    curve: str = ""
    periods: list[_Period] = field(default_factory=list)


def begins(text: str) -> bool:
    """Whether it begins as a document does."""
    return text.startswith("<")


def read(text: str, wanted: Wanted) -> Found:
    """The points of every TimeSeries, those in the wanted currency if some are. Raises UsageProblem."""
    told = _Document()
    told.parse(text)
    fitting = [each for each in told.series if each.currency == wanted.currency] or told.series
    rows: list[Row] = []
    for number, series in enumerate(fitting, 1):
        for period in series.periods:
            for row in _rows(period, series.curve, f"TimeSeries {number}"):
                rows.append(row)
                if len(rows) > MOST:
                    raise UsageProblem(f"the price series has more than {MOST:,} prices")
    told_in = frozenset(series.currency for series in fitting if series.currency)
    return Found(rows, frozenset(_unit(series) for series in fitting if series.unit), told_in)


class _Document:
    """Hears what the parser finds, and keeps what is about prices."""

    def __init__(self) -> None:
        self.series: list[_Series] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._point: dict[str, str] = {}
        self._reason = ""

    def parse(self, text: str) -> None:
        """Read all of it. Raises UsageProblem."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            raise UsageProblem(f"the price series is no XML: {error}") from None
        if self._reason:
            raise UsageProblem(f"the price series is an answer without prices: {self._reason}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self._path and local not in (_DOCUMENT, _REFUSAL):
            raise UsageProblem(f"the price series is a {local[:60]}, and no {_DOCUMENT}")
        if len(self._path) >= _DEEPEST:
            raise UsageProblem("the price series is no document of prices: its elements lie too deep")
        self._path.append(local)
        self._text.clear()
        match self._path[1:]:
            case ["TimeSeries"]:
                self.series.append(_Series())
            case ["TimeSeries", "Period"]:
                self.series[-1].periods.append(_Period())
            case ["TimeSeries", "Period", "Point"]:
                self._point = {}

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        path, series = self._path[1:], self.series[-1] if self.series else _Series()
        self._path.pop()
        match path:
            case ["TimeSeries", "currency_Unit.name"]:
                series.currency = text
            case ["TimeSeries", "price_Measure_Unit.name"]:
                series.unit = text
            case ["TimeSeries", "curveType"]:
                series.curve = text
            case ["TimeSeries", "Period", "timeInterval", "start"]:
                series.periods[-1].start = text
            case ["TimeSeries", "Period", "timeInterval", "end"]:
                series.periods[-1].end = text
            case ["TimeSeries", "Period", "resolution"]:
                series.periods[-1].resolution = text
            case ["TimeSeries", "Period", "Point", ("position" | "price.amount") as of]:
                self._point[of] = text
            case ["TimeSeries", "Period", "Point"]:
                series.periods[-1].points.append((self._point.get("position", ""), self._point.get("price.amount", "")))
            case ["Reason", "text"]:
                self._reason = text[:200]


def _refuse(*_: object) -> None:
    raise UsageProblem("the price series has a document type (DOCTYPE), which is not read: no such form needs one")


def _unit(series: _Series) -> Unit:
    return Unit(_ENERGY.get(series.unit.upper()), False, series.currency or None, f"{series.currency}/{series.unit}")


def _rows(period: _Period, curve: str, where: str) -> Iterator[Row]:
    """A row a position; of one that was left out by curve type A03 with the price before it."""
    begin, step, count = _measures(period, where)
    told: dict[int, str] = {}
    for said, price in period.points:
        position = int(said) if said.isdecimal() and len(said) < 9 else 0
        if not 1 <= position <= count:
            raise UsageProblem(f"{where} of the price series: position {said[:20]!r}, of {count} from {stored(begin)}")
        if position in told:
            twice = stored(begin + (position - 1) * step)
            raise UsageProblem(f"{where} of the price series has two prices for {twice}, position {position}")
        told[position] = price
    price = ""
    for position in range(1, count + 1):
        price = told.get(position, price if curve == _UNTIL_NEXT else "")
        if price or position in told:
            at = begin + (position - 1) * step
            yield Row(f"{where}, position {position},", stored(at), stored(at + step), price)


def _measures(period: _Period, where: str) -> tuple[datetime, timedelta, int]:
    """When a Period begins, how long a position is, and how many there are."""
    found = _RESOLUTION.fullmatch(period.resolution)
    step = timedelta(minutes=int(found[1]) * (60 if found[2] == "H" else 1)) if found else timedelta(0)
    if not timedelta(0) < step <= timedelta(days=1):
        raise UsageProblem(
            f"{where} of the price series: resolution {period.resolution[:20]!r} is none as PT15M or PT60M"
        )
    try:
        begin, end = (datetime.fromisoformat(said).astimezone(UTC) for said in (period.start, period.end))
    except (ValueError, OverflowError):
        said = f"{period.start[:30]!r} to {period.end[:30]!r}"
        raise UsageProblem(f"{where} of the price series: {said} is no interval") from None
    count, rest = divmod(end - begin, step)
    if count < 1 or rest or count > MOST:
        said = f"{stored(begin)} to {stored(end)}"
        raise UsageProblem(f"{where} of the price series: {said} are no whole number of {period.resolution}")
    return begin, step, count
