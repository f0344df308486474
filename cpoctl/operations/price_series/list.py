"""List the price series."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read
from cpoctl.operations.price_series import KEPT, SeriesRow
from cpoctl.operations.price_series._holes import holes


@dataclass(frozen=True, kw_only=True)
class ListSeries(Query):
    """List the price series, and where prices are missing in them."""

    path = "price-series list"
    route = "GET /price-series"
    row = SeriesRow
    noun = "price series"
    examples = ("cpoctl price-series list",)

    def select(self, read: Read) -> list[SeriesRow]:
        """By name."""
        return [
            SeriesRow(**{**record, "points": record["points"] or 0}, holes=holes(read, record["series"]))
            for record in read(f"{KEPT} ORDER BY s.series")
        ]
