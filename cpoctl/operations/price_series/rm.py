"""Forget a price series."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Role, one
from cpoctl.operations.price_series import KEPT, NAMES, SeriesId
from cpoctl.store import rows

_USED = "SELECT DISTINCT tariff_id FROM tariff WHERE series = ?"


@dataclass(frozen=True, kw_only=True)
class RemoveSeries(Act):
    """Forget a price series with all of its prices. Refused while a tariff is made of it."""

    path = "price-series rm"
    route = "DELETE /price-series/{series}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = ("cpoctl price-series rm day-ahead --confirm day-ahead",)

    series: SeriesId

    def consequence(self) -> str:
        """What it will do."""
        return f"forget the price series {self.series}"

    def confirm_with(self) -> str:
        """Its name."""
        return self.series

    async def run(self, operator: Operator) -> Outcome:
        """Forget it."""
        record = await operator.store.reading(
            lambda read: one(
                read(f"{KEPT} WHERE s.series = ?", [self.series]), "price series", self.series, read, NAMES
            )
        )
        name = record["series"]
        if used := [found["tariff_id"] for found in await operator.store.read(_USED, [name])]:
            raise Conflict(
                f"tariff {', '.join(used)} is made of it", target=name, hints=[f"cpoctl tariff show {used[0]}"]
            )
        gone = events.PriceSeriesChanged(series=name, points=record["points"] or 0, removed=True)
        await operator.commit([rows.PriceSeriesRemoved(name), rows.PricePointsRemoved(name)], [gone])
        return Outcome(name, True, "Removed")
