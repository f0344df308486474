"""Power: what was drawn at the same time, as means of a quarter of an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.domain.periods import key_of
from cpoctl.operations import Option, Read
from cpoctl.operations.report import TIMES, Report, ordered
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report._load import UTC, load
from cpoctl.table import Column, keyed, kw, on_the_wall

if TYPE_CHECKING:
    from cpoctl.charts import Chart


@dataclass(frozen=True)
class PowerRow:
    """The highest and the mean power of the quarters of an hour in which anything was drawn.

    `reckoned_w` is what of the peak comes from registers, as its sessions told no power. `time_zone` is that of the sites, UTC for sites in several: what they drew together is of one instant. By its clock are
    period, hours and days, and a table shows `peak_at` in it.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    peak_w: Annotated[int, Column("PEAK kW", 1, "right", kw)]
    peak_at: Annotated[str, Column("AT", 2, "left", on_the_wall, "time_zone")]
    mean_w: Annotated[int, Column("MEAN kW", 1, "right", kw)]
    quarters: Annotated[int, Column("QUARTERS", 3, "right")]
    reckoned_w: Annotated[int, Column("RECKONED kW", 2, "right", kw)]
    time_zone: Annotated[str, Column("TIME ZONE", 3)]


@dataclass(frozen=True, kw_only=True)
class PowerReport(Report):
    """Tell what sessions drew together: the highest quarter of an hour, and the mean of all in which anything was drawn.

    It is made of the power that chargers tell, and of sessions that told none by what their register gained between two readings:
    that evens out what was drawn.
    """

    path = "report power"
    route = "GET /reports/power"
    row = PowerRow
    needs = frozenset({"sessions", "energy", "power"})
    examples = ("cpoctl report power --from last-month --site hq --by day --plot",)

    by: Annotated[Literal["total", "hour", "weekday", "day", "month"], Option("what a row is of")] = "day"

    def select(self, read: Read) -> list[PowerRow]:
        """A row a group."""
        shared, quarters, reckoned = load(read, self)
        clock = shared or UTC
        groups: dict[str, list[tuple[int, str]]] = {}
        for slot, watts in quarters.items():
            groups.setdefault(key_of(slot, clock, self.by) if self.by in TIMES else "total", []).append((watts, slot))
        rows = [{"key": key, "row": self._row(key, found, reckoned, clock.key)} for key, found in groups.items()]
        return [group["row"] for group in ordered(rows, self.by)]

    def _row(self, key: str, found: list[tuple[int, str]], reckoned: Mapping[str, int], zone: str) -> PowerRow:
        peak = max(watts for watts, _ in found)
        first = min(slot for watts, slot in found if watts == peak)
        mean = round(sum(watts for watts, _ in found) / len(found))
        at = f"{first}:00.000Z"
        return PowerRow(self.by, key, peak, at, mean, len(found), reckoned.get(first, 0), zone)

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """Peaks as bars."""
        return charted(self, f"peak power by {self.by}", rows, "peak_w", unit="kW", scale=1000)
