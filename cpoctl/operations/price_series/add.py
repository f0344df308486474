"""Keep prices of a series."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.tariffs.quotes import holes, read_series
from cpoctl.domain.tariffs.series import Point, Series
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Read, Record, Role
from cpoctl.operations._amounts import currency as known_currency
from cpoctl.operations.price_series import KEPT, SeriesId, SeriesRow
from cpoctl.operations.price_series._holes import holes as all_holes
from cpoctl.operations.site import known_zone
from cpoctl.store import rows

_EXAMPLE = "cpoctl price-series add day-ahead @prices.csv --currency EUR --zone Europe/Berlin"
_KNOWN = "SELECT begins_at, ends_at, price FROM price_point WHERE series = ? AND ends_at > ? AND begins_at < ?"
_LONGEST = timedelta(days=1)
_NAME = re.compile(r"[\w.\-]{1,36}")


@dataclass(frozen=True, kw_only=True)
class AddSeries(Act):
    """Keep prices of a series, from a file or a URL: day-ahead prices as exchanges and suppliers publish them.

    CSV (also with semicolons and decimal commas), JSON (lists of objects, lists beside each other) and the XML of ENTSO-E are
    told from each other by how they begin. Times without a zone are those of --zone, the doubled hour of autumn included.

    Prices that are there already stay; others for the same time are refused without --replace, because sessions may have
    been priced by them. Overlaps are refused, and holes told, with their instants; --strict refuses holes too.
    """

    path = "price-series add"
    route = "POST /price-series"
    row = SeriesRow
    role = Role.ADMIN
    examples = (
        _EXAMPLE,
        "cpoctl price-series add day-ahead https://prices.example.com/tomorrow.json --unit MWh",
        "cpoctl price-series add day-ahead @export.csv --column 'Deutschland/Luxemburg' --zone Europe/Berlin",
    )

    series: SeriesId
    prices: Annotated[str, Argument("@FILE, a URL, - for standard input, or the text itself", kind="source")]
    currency: Annotated[str | None, Option("such as EUR, for a new series where the text does not say it")] = None
    unit: Annotated[
        Literal["kWh", "MWh", "ct/kWh"] | None, Option("what the prices are for, where the text does not say it")
    ] = None
    form: Annotated[Literal["csv", "json", "xml"] | None, Option("read it as this, however it begins")] = None
    column: Annotated[str | None, Option("which of several prices a time, by how its name begins")] = None
    minutes: Annotated[
        int | None, Option("only prices for so many minutes, where there are others", least=1, most=1440)
    ] = None
    zone: Annotated[str, Option("the time zone of times that name none")] = "UTC"
    replace: Annotated[bool, Option("other prices than before count from now on")] = False
    strict: Annotated[bool, Option("refuse holes")] = False
    note: Annotated[str | None, Option("what they are")] = None

    async def run(self, operator: Operator) -> SeriesRow:
        """Keep what is new."""
        known = await operator.store.reading(lambda read: read(f"{KEPT} WHERE s.series = ?", [self.series]))
        zone = ZoneInfo(known_zone(self.zone))
        wanted = known[0]["currency"] if known else self.currency
        series = await operator.store.reading(lambda _: self._read(zone, wanted))  # a long text takes a second
        name, currency = self._called(known, series.currency)
        for point in series.points:
            if point.end - point.begin > _LONGEST:
                raise UsageProblem(
                    f"the price from {stored(point.begin)} would hold for more than a day", hints=[_EXAMPLE]
                )
        missing = holes(series, zone)
        if missing and self.strict:
            raise UsageProblem("; ".join(missing[:5]), hints=["leave out --strict    keep it all the same"])
        before = await operator.store.reading(lambda read: _between(read, name, series.points))
        fresh = [point for point in series.points if before.get(stored(point.begin)) != _as_kept(point)]
        self._judge(fresh, before)
        now = stored(operator.clock.now())
        note = self.note or (known[0]["note"] if known else None)
        unit: list[rows.Row] = [rows.PriceSeries(name, currency, note, now, operator.actor)]
        unit += [rows.PricePoint(name, stored(point.begin), *_as_kept(point)) for point in fresh]
        await operator.commit(unit, [events.PriceSeriesChanged(series=name, points=len(fresh))])
        return await operator.store.reading(lambda read: _row(read, name))

    def _read(self, zone: ZoneInfo, currency: str | None) -> Series:
        try:
            return read_series(
                self.prices, zone=zone, unit=self.unit, form=self.form, column=self.column, currency=currency,
                minutes=self.minutes,
            )  # fmt: skip
        except UsageProblem as error:
            error.hints = error.hints or (_EXAMPLE, f"cpoctl {self.path} --help")
            raise

    def _called(self, known: Sequence[Record], told: str | None) -> tuple[str, str]:
        """The name as it was first written, and the currency, which the text may tell."""
        for each in (self.currency, told):
            if each is not None:
                known_currency(each, _EXAMPLE)
        if self.currency is not None and told not in (None, self.currency):
            raise Conflict(
                f"the prices are in {told}, and --currency says {self.currency}",
                target=self.series,
                hints=[f"cpoctl price-series add {self.series} … --currency {told}", "or leave --currency out"],
            )
        if known:
            if {self.currency, told} - {None, known[0]["currency"]}:
                raise _other_currency(known[0], self.currency or told)
            return known[0]["series"], known[0]["currency"]
        if not _NAME.fullmatch(self.series):
            raise UsageProblem(
                f"a series' name has 1 to 36 letters, digits, dots and dashes: {self.series!r}", hints=[_EXAMPLE]
            )
        if (currency := self.currency or told) is None:
            raise UsageProblem("the prices do not say in what currency they are: say --currency", hints=[_EXAMPLE])
        return self.series, currency

    def _judge(self, fresh: Sequence[Point], before: dict[str, tuple[str, str]]) -> None:
        """Refuse what contradicts the prices that are there."""
        other = [point for point in fresh if stored(point.begin) in before]
        if other and not self.replace:
            begin = stored(other[0].begin)
            raise Conflict(
                f"{len(other)} prices are others than before: from {begin} it was {before[begin][1]}, and is {other[0].price}",
                target=self.series,
                hints=["add --replace    these count from now on; `session reprice` prices anew what has ended"],
            )
        ends = {begin: end for begin, (end, _) in before.items()} | {stored(p.begin): stored(p.end) for p in fresh}
        for (begin, end), (later, _) in pairwise(sorted(ends.items())):
            if later < end:
                raise Conflict(
                    f"two prices would hold from {later}: there is one from {begin} to {end}", target=self.series
                )


def _other_currency(known: Record, told: str | None) -> Conflict:
    name, currency = known["series"], known["currency"]
    return Conflict(
        f"--currency: price series {name} is in {currency}, not in {told}",
        target=name,
        hints=[
            f"cpoctl price-series add {name} … --currency {currency}    prices in its own currency",
            f"cpoctl price-series add {name}-{told} … --currency {told}    another series for the others",
        ],
    )


def _as_kept(point: Point) -> tuple[str, str]:
    return stored(point.end), str(point.price)


def _between(read: Read, series: str, points: Sequence[Point]) -> dict[str, tuple[str, str]]:
    """The prices that are there for the time of these, by their begin."""
    known = read(_KNOWN, [series, stored(points[0].begin), stored(points[-1].end)])
    return {record["begins_at"]: (record["ends_at"], record["price"]) for record in known}


def _row(read: Read, name: str) -> SeriesRow:
    return SeriesRow(**read(f"{KEPT} WHERE s.series = ?", [name])[0], holes=all_holes(read, name))
