"""What the operator knows of an EVSE: rated power, connector, since when it serves. Reports count with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator, Option, Target
from cpoctl.store import rows

ConnectorType = Literal[
    "type1", "type2", "ccs1", "ccs2", "chademo", "gbt-ac", "gbt-dc", "nacs", "schuko", "other", "none"
]
EMPTY: Mapping[str, Any] = {"rated_w": None, "connector_type": None, "in_service_from": None}
"""The facts of an EVSE of which nothing is said."""
_WRITTEN = "SELECT rated_w, connector_type, in_service_from FROM evse_record WHERE charger_id = ? AND evse_id = ?"


@dataclass(frozen=True, kw_only=True)
class EvseFacts:
    """What is said of an EVSE, or of all of a charger's that nothing else is said of. None: as it is."""

    kw: Annotated[float | None, Option("the power that an EVSE of it can deliver; 0: not known", least=0)] = None
    connector: Annotated[ConnectorType | None, Option("the plug of its EVSEs; none: not known")] = None
    in_service_from: Annotated[
        str | None,
        Option("since when it serves, if not since its first contact: 2026-10-01, or an ISO 8601 time", kind="day"),
    ] = None

    @property
    def says_facts(self) -> bool:
        """Whether anything is said."""
        return (self.kw, self.connector, self.in_service_from) != (None, None, None)

    async def facts_row(self, at: Target, zone: str | None, operator: Operator) -> "rows.EvseRecord":
        """The record as it becomes. A day begins at midnight in the `zone`, else in UTC."""
        found = await operator.store.read(_WRITTEN, [at.charger_id, at.evse_id or 0])
        return rows.EvseRecord(at.charger_id, at.evse_id or 0, **self.facts(next(iter(found), EMPTY), zone))

    def facts(self, kept: Mapping[str, Any], zone: str | None) -> dict[str, Any]:
        """What was kept with what is said now. Raises UsageProblem."""
        told = {name: kept[name] for name in EMPTY}
        if self.kw is not None:
            told["rated_w"] = round(self.kw * 1000, 3) or None
        if self.connector is not None:
            told["connector_type"] = None if self.connector == "none" else self.connector
        if self.in_service_from is not None:
            told["in_service_from"] = _beginning(self.in_service_from, zone)
        return told


def _beginning(text: str, zone: str | None) -> str | None:
    from zoneinfo import ZoneInfo

    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
        return stored(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        raise UsageProblem(
            f"--in-service-from: {text!r} is no time",
            hints=["cpoctl charger edit HQ-07 --in-service-from 2026-10-01"],
        ) from None
