"""Ask a charger what its limits add up to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from cpoctl.clock import stored
from cpoctl.domain.timestamps import effective
from cpoctl.operations import Act, Danger, Operator, Option, Request, Role, accepted, target
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import At, at_text
from cpoctl.table import Column, local


@dataclass(frozen=True)
class LimitRow:
    """A limit and from when on it holds."""

    target: Annotated[str, Column("TARGET")]
    start_at: Annotated[str, Column("START", show=local)]
    limit: Annotated[float | None, Column("LIMIT", align="right")]
    unit: Annotated[str | None, Column("UNIT")]
    phases: Annotated[int | None, Column("PHASES", 3, "right")]


@dataclass(frozen=True, kw_only=True)
class AskComposite(Act):
    """Ask a charger what its limits add up to in the coming time. OCPP 1.6 §5.7"""

    path = "profile composite"
    route = "POST /chargers/{charger}/profiles/composite"
    row = LimitRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl profile composite HQ-07:1 --for 24h", "cpoctl profile composite HQ-07 --for 1h --unit A")

    charger: At
    duration: Annotated[float, Option("how far to look ahead", kind="duration", long="for")]
    unit: Annotated[Literal["A", "W"] | None, Option("ampere or watt; the charger chooses without it")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[LimitRow]:
        """Ask and tell."""
        at = target(self.charger, operator.live)
        unit = {"chargingRateUnit": self.unit} if self.unit else {}
        payload = {"connectorId": at.evse_id or 0, "duration": round(self.duration), **unit}
        answer = await operator.call(at.charger_id, Request("GetCompositeSchedule", payload), timeout=self.timeout)
        hints = [f"cpoctl var get {at.charger_id} ChargingScheduleAllowedChargingRateUnit SupportedFeatureProfiles"]
        if at.evse_id is None:
            hints.append(f"cpoctl profile composite {at.charger_id}:1 --for 1h    some know it of an EVSE only")
        accepted(answer, at_text(at), hints=hints)
        return _rows(at_text(at), answer.payload, operator.clock.now())


def _rows(name: str, told: dict[str, Any], now: datetime) -> list[LimitRow]:
    """The periods of an answer; what cannot be read is left empty."""
    schedule = told.get("chargingSchedule")
    if not isinstance(schedule, dict):
        return []
    written = told.get("scheduleStart") or schedule.get("startSchedule")
    start, _ = effective(written if isinstance(written, str) else None, now)
    unit, periods = schedule.get("chargingRateUnit"), schedule.get("chargingSchedulePeriod")
    return [
        LimitRow(
            name,
            stored(start + timedelta(seconds=_number(period.get("startPeriod")) or 0)),
            _number(period.get("limit")),
            unit if isinstance(unit, str) else None,
            round(phases) if (phases := _number(period.get("numberPhases"))) is not None else None,
        )
        for period in (periods if isinstance(periods, list) else [])
        if isinstance(period, dict)
    ]


def _number(value: object) -> float | None:
    """A number that a time can be shifted by; some send text (ha#1499)."""
    try:
        number = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and 0 <= number < 1e9 else None
