"""List what the monitors of chargers saw."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.domain.variables import read as name_of
from cpoctl.domain.variables import read_part
from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Option, Query, Read, Record, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.store.seeking import first_since
from cpoctl.table import Column, local

_SAID = """
SELECT at, charger_id, data FROM event
WHERE type = 'VariableEvent' AND seq >= :first AND (:charger IS NULL OR charger_id = :charger)
  AND (:severity IS NULL OR json_extract(data, '$.severity') <= :severity)
ORDER BY seq DESC LIMIT :most
"""
_LOOKED_AT = 50_000  # of the newest, where a component is wanted


@dataclass(frozen=True)
class MonitorEventRow:
    """Something that a monitor saw, with the value that the variable had then. `cleared`: a problem is over."""

    at: Annotated[str, Column("TIME", show=local)]
    charger_id: Annotated[str | None, Column("CHARGER")]
    variable: Annotated[str, Column("VARIABLE")]
    value: Annotated[str, Column("VALUE")]
    trigger: Annotated[str, Column("WHY")]
    cleared: Annotated[bool, Column("CLEARED", 2)]
    severity: Annotated[int | None, Column("SEVERITY", 2, "right")]
    monitor_id: Annotated[int | None, Column("MONITOR", 3, "right")]
    tech_code: Annotated[str | None, Column("CODE", 3)]
    tech_info: Annotated[str | None, Column("INFO", 4)]
    kind: Annotated[str | None, Column("SOURCE", 4)]
    transaction_id: Annotated[str | None, Column("TRANSACTION", 4)]
    happened_at: str


@dataclass(frozen=True, kw_only=True)
class ListMonitorEvents(Query):
    """List what the monitors of a charger, or of all, saw; the oldest first. OCPP 2.0.1 N07, N08

    Only chargers of OCPP 2.1 tell how grave it was.
    """

    path = "monitor events"
    route = "GET /monitors/events"
    row = MonitorEventRow
    noun = "events of monitors"
    newest_last = True
    examples = ("cpoctl monitor events HQ-07 --since 2h", "cpoctl monitor events --component Connector --last 20")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    component: Annotated[str | None, Option("only of this component, or this variable of it")] = None
    severity: Annotated[
        int | None, Option("only those of this severity or graver; 0 is the gravest", least=0, most=9)
    ] = None
    since: Annotated[str | None, Option("only from then on: a time, or how long ago, such as 2h", kind="time")] = None
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[MonitorEventRow]:
        """The last ones that fit."""
        since = stored(instant(self.since, datetime.now(UTC), "since", ago=True)) if self.since else ""
        part = read_part(self.component) if self.component else None
        last = max(self.last, 0)
        given = {
            "most": last if part is None else _LOOKED_AT,
            "charger": known_spelling(self.charger, read) if self.charger else None,
            "severity": self.severity,
            "first": first_since(read, "event", since) if since else 0,
        }
        newest = [row for row in map(_row, read(_SAID, given)) if part is None or _is_of(row.variable, *part)]
        return list(reversed(newest[:last]))


def _row(record: Record) -> MonitorEventRow:
    data: dict[str, Any] = json.loads(record["data"])
    return MonitorEventRow(
        at=record["at"],
        charger_id=record["charger_id"],
        variable=data["variable"],
        value=data["value"],
        trigger=data["trigger"],
        cleared=data["cleared"],
        severity=data["severity"],
        monitor_id=data["monitor_id"],
        tech_code=data["tech_code"],
        tech_info=data["tech_info"],
        kind=data["kind"],
        transaction_id=data["transaction_id"],
        happened_at=data["happened_at"],
    )


def _is_of(variable: str, component: Any, wanted: tuple[str, str | None] | None) -> bool:
    try:
        name = name_of(variable)
    except UsageProblem:  # the charger named none
        return False
    if not component.has(name.component):
        return False
    return wanted is None or (wanted[0].casefold() == name.variable.casefold() and wanted[1] in (None, name.instance))
