"""Sessions: how many, how long, how much, by whatever they are grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report, mean, sums
from cpoctl.operations.report._charting import charted
from cpoctl.table import Column, keyed, kwh, span

if TYPE_CHECKING:
    from cpoctl.charts import Chart

SECONDS = "max(0, unixepoch(s.stopped_at) - unixepoch(s.started_at))"
ENERGY = "CAST(round(s.energy_wh) AS INTEGER)"
CHARGED_WH = 100
"""From so much energy on a car has charged, and not only been plugged in."""
_MEASURES = {
    "sessions": "count(*)",
    "charged": f"sum({ENERGY} >= {CHARGED_WH})",
    "unknown": "sum(s.energy_wh IS NULL)",
    "energy_wh": f"sum({ENERGY})",
    "duration_s": f"sum({SECONDS})",
}


@dataclass(frozen=True)
class SessionsRow:
    """The sessions of a group that ended in the period. `charged` drew 0.1 kWh at least, of `unknown` no energy is known."""

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    sessions: Annotated[int, Column("SESSIONS", 1, "right", adds=True)]
    charged: Annotated[int, Column("CHARGED", 2, "right", adds=True)]
    unknown: Annotated[int, Column("UNKNOWN", 3, "right", adds=True)]
    energy_wh: Annotated[int, Column("kWh", 1, "right", kwh, adds=True)]
    duration_s: Annotated[int, Column("DURATION", 2, "right", span, adds=True)]
    mean_energy_wh: Annotated[float | None, Column("kWh EACH", 2, "right", kwh)]
    mean_duration_s: Annotated[float | None, Column("EACH", 2, "right", span)]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass(frozen=True, kw_only=True)
class SessionsReport(Report):
    """Count the sessions that ended in a period, with their energy and duration."""

    path = "report sessions"
    route = "GET /reports/sessions"
    row = SessionsRow
    needs = frozenset({"sessions", "energy"})
    examples = (
        "cpoctl report sessions --from last-month --by charger",
        "cpoctl report sessions --from 2026-10 --by day -o csv --out 'sessions-{month}.csv'",
        "cpoctl report sessions --from 7d --by hour --plot",
    )

    by: Annotated[
        Literal["total", "site", "owner", "charger", "evse", "tag", "hour", "weekday", "day", "month"],
        Option("what a row is of"),
    ] = "day"

    def select(self, read: Read) -> list[SessionsRow]:
        """A row a group."""
        return [
            SessionsRow(
                by=self.by,
                **group,
                mean_energy_wh=mean(group["energy_wh"], group["sessions"] - group["unknown"]),
                mean_duration_s=mean(group["duration_s"], group["sessions"]),
            )
            for group in sums(read, self, self.by, _MEASURES)
        ]

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """Sessions as bars."""
        return charted(self, f"sessions by {self.by}", rows, "sessions")
