"""Summary: the figures of a period on one page."""

from dataclasses import dataclass, fields
from typing import Annotated, Any

from cpoctl.domain import currencies
from cpoctl.operations import Read
from cpoctl.operations.report import Report
from cpoctl.operations.report.demand import DemandReport
from cpoctl.operations.report.reliability import ReliabilityReport
from cpoctl.operations.report.revenue import RevenueReport
from cpoctl.operations.report.sessions import SessionsReport
from cpoctl.operations.report.uptime import UptimeReport
from cpoctl.table import Column


def _figure(value: str, unit: str) -> str:
    return currencies.amount(value, unit) if currencies.known(unit) else value


@dataclass(frozen=True)
class FigureRow:
    """A figure, and the report that tells more of it."""

    figure: Annotated[str, Column("FIGURE")]
    value: Annotated[str, Column("VALUE", 1, "right", _figure, "unit")]
    unit: Annotated[str, Column("UNIT")]
    more: Annotated[str, Column("MORE", 2)]


@dataclass(frozen=True, kw_only=True)
class SummaryReport(Report):
    """Tell the figures of a period on one page: sessions, energy, revenue, uptime, reliability, demand."""

    path = "report summary"
    route = "GET /reports/summary"
    row = FigureRow
    noun = "figures"
    needs = frozenset({"sessions", "energy", "power", "prices", "statuses"})
    examples = ("cpoctl report summary --from last-month",)

    def select(self, read: Read) -> list[FigureRow]:
        """A row a figure."""
        same: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(Report)}
        rows: list[FigureRow] = []
        for counted in SessionsReport(**same, by="total").select(read):
            rows += _of("sessions", counted, sessions="", charged="", unknown="", mean_duration_s="s")
            rows.append(FigureRow("energy", f"{counted.energy_wh / 1000:.3f}", "kWh", "cpoctl report energy"))
        for revenue in RevenueReport(**same, by="total").select(read):
            if revenue.currency:
                unit = revenue.currency
                rows += _of("revenue", revenue, net=unit, vat=unit, gross=unit, fees_net=unit, owners_share=unit)
        for up in UptimeReport(**same, by="total").select(read):
            rows += _of("uptime", up, uptime_percent="%", outages="", unknown_s="s")
        for reliable in ReliabilityReport(**same, by="total").select(read):
            rows += _of("reliability", reliable, success_percent="%", first_time_percent="%", mttr_s="s")
        for demand in DemandReport(**same, by="total").select(read):
            rows += _of("demand", demand, share_mean="of 1", all_busy_share="of 1", peak_w="W", turn_aways="")
        return rows


def _of(report: str, row: Any, **units: str) -> list[FigureRow]:
    """These fields of a report's row, as far as anything is known of them."""
    told = ((name, getattr(row, name), unit) for name, unit in units.items())
    return [
        FigureRow(name.removesuffix("_percent").replace("_", " "), f"{value:g}" if isinstance(value, float) else str(value),
                  unit, f"cpoctl report {report}")
        for name, value, unit in told if value is not None
    ]  # fmt: skip
