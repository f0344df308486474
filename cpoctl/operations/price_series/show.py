"""Show a price series."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read, instant, one
from cpoctl.operations.price_series import KEPT, NAMES, SeriesId, SeriesRow
from cpoctl.operations.price_series._holes import holes
from cpoctl.table import Column, local

_POINTS = """
SELECT begins_at, ends_at, price FROM price_point WHERE series = :series AND ends_at > :since AND begins_at < :until
ORDER BY begins_at LIMIT :most
"""
_DAY = 96


@dataclass(frozen=True)
class PointRow:
    """What a kWh costs from one instant to another."""

    begins_at: Annotated[str, Column("FROM", show=local)]
    ends_at: Annotated[str, Column("TO", show=local)]
    price: Annotated[str, Column("PER kWh", align="right")]


@dataclass(frozen=True)
class SeriesDetail(SeriesRow):
    """A price series with its prices of a time."""

    prices: Annotated[list[PointRow], Column("PRICES")]


@dataclass(frozen=True, kw_only=True)
class ShowSeries(Query):
    """Show a price series with its prices from now on, or from another time."""

    path = "price-series show"
    route = "GET /price-series/{series}"
    row = SeriesDetail
    many = False
    examples = (
        "cpoctl price-series show day-ahead",
        "cpoctl price-series show day-ahead --from 2026-11-01 --last 2000 --json",
    )

    series: SeriesId
    since: Annotated[str | None, Option("prices from then on; now without it", kind="time", long="from")] = None
    until: Annotated[str | None, Option("and before then", kind="time", long="to")] = None
    last: Annotated[int, Option("so many at the most", least=1, most=100_000)] = _DAY

    def select(self, read: Read) -> list[SeriesDetail]:
        """The one series."""
        record = one(read(f"{KEPT} WHERE s.series = ?", [self.series]), "price series", self.series, read, NAMES)
        now, name = datetime.now(UTC), record["series"]
        since = instant(self.since, now, "from", ago=True) if self.since is not None else now
        until = stored(instant(self.until, now, "to")) if self.until is not None else "9"
        given = {"series": name, "since": stored(since), "until": until, "most": self.last}
        points = [PointRow(**point) for point in read(_POINTS, given)]
        row = {**record, "points": record["points"] or 0}
        return [SeriesDetail(**row, holes=holes(read, name), prices=points)]
