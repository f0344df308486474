"""Energy: what was charged, by whatever it is grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report, sums
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report.sessions import ENERGY
from cpoctl.table import Column, fixed, keyed, kwh

if TYPE_CHECKING:
    from cpoctl.charts import Chart

_MEASURES = {"energy_wh": f"sum({ENERGY})", "sessions": "count(*)", "unknown": "sum(s.energy_wh IS NULL)"}


@dataclass(frozen=True)
class EnergyRow:
    """The energy of a group's sessions that ended in the period; `unknown` of them have none that is known."""

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    energy_wh: Annotated[int, Column("kWh", 1, "right", kwh, adds=True)]
    share_percent: Annotated[float | None, Column("SHARE %", 2, "right", fixed(2))]
    sessions: Annotated[int, Column("SESSIONS", 1, "right", adds=True)]
    unknown: Annotated[int, Column("UNKNOWN", 3, "right", adds=True)]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass(frozen=True, kw_only=True)
class EnergyReport(Report):
    """Sum up the energy of the sessions that ended in a period."""

    path = "report energy"
    route = "GET /reports/energy"
    row = EnergyRow
    needs = frozenset({"sessions", "energy"})
    examples = (
        "cpoctl report energy --from last-month --by site",
        "cpoctl report energy --from 2026-10 --by day --plot",
        "cpoctl report energy --from last-month --by tag -o csv --out '/srv/reports/energy-{month}.csv'",
    )

    by: Annotated[
        Literal["total", "site", "owner", "charger", "evse", "tag", "hour", "weekday", "day", "month"],
        Option("what a row is of"),
    ] = "day"

    def select(self, read: Read) -> list[EnergyRow]:
        """A row a group."""
        groups = sums(read, self, self.by, _MEASURES)
        whole = sum(group["energy_wh"] for group in groups)
        return [EnergyRow(by=self.by, **group, share_percent=_percent(group["energy_wh"], whole)) for group in groups]

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """Energy as bars."""
        return charted(self, f"energy by {self.by}", rows, "energy_wh", unit="kWh", scale=1000)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
