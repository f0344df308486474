"""Ask a charger which monitors it has."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp import v2
from cpoctl.ocpp.asks import monitoring
from cpoctl.ocpp.reading import read
from cpoctl.operations import Act, Danger, Operator, Option, Role, new_request_id, whole_charger
from cpoctl.operations._reports import told
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.monitor import Criterion, Watched
from cpoctl.table import Column


@dataclass(frozen=True)
class MonitorRow:
    """A monitor as the charger reports it just now."""

    monitor_id: Annotated[int, Column("MONITOR", align="right")]
    variable: Annotated[str, Column("VARIABLE")]
    kind: Annotated[str, Column("TYPE")]
    value: Annotated[float | None, Column("VALUE", align="right")]
    severity: Annotated[int | None, Column("SEVERITY", align="right")]
    transaction: Annotated[bool, Column("SESSIONS-ONLY", 3)]
    source: Annotated[str | None, Column("SOURCE", 3)]


@dataclass(frozen=True, kw_only=True)
class AskMonitors(Act):
    """Ask a charger which monitors it has, all or those of some variables. OCPP 2.0.1 N02"""

    path = "monitor list"
    route = "POST /chargers/{charger}/monitors/list"
    row = MonitorRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl monitor list HQ-07", "cpoctl monitor list HQ-07 --component EVSE:1 --criteria threshold")

    charger: Charger
    component: Watched = ()
    criteria: Annotated[tuple[Criterion, ...], Option("only threshold, delta or periodic ones; may be repeated")] = ()
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[MonitorRow]:
        """Ask, and wait until the report has ended."""
        name, number = whole_charger(self.charger, operator.live), new_request_id()
        ask = monitoring.GetMonitors(request_id=number, components=self.component, criteria=self.criteria)
        report = await operator.report(name, ask, of="NotifyMonitoringReport", request_id=number, timeout=self.timeout)
        return [
            MonitorRow(
                each.monitor_id, each.variable, each.kind, each.value, each.severity, each.transaction, each.source
            )
            for part in told(report, f"cpoctl monitor list {name}", ("EmptyResultSet",))
            for each in monitoring.reported(read(v2.NotifyMonitoringReport, part)[0])
        ]
