"""Ask a charger what its limits add up to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.clock import stored
from cpoctl.ocpp.asks import profiles as asks
from cpoctl.operations import Act, Danger, Operator, Option, Role, accepted, at_evse
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import At, at_text
from cpoctl.table import Column, local


@dataclass(frozen=True)
class LimitRow:
    """A limit and from when on it holds; from OCPP 2.1 on a charger may tell what it may give back, too."""

    target: Annotated[str, Column("TARGET")]
    start_at: Annotated[str, Column("START", show=local)]
    limit: Annotated[float | None, Column("LIMIT", align="right")]
    unit: Annotated[str | None, Column("UNIT")]
    phases: Annotated[int | None, Column("PHASES", 3, "right")]
    discharge_limit: Annotated[float | None, Column("DISCHARGE", 4, "right")]
    setpoint: Annotated[float | None, Column("SETPOINT", 4, "right")]


@dataclass(frozen=True, kw_only=True)
class AskComposite(Act):
    """Ask a charger what its limits add up to in the coming time. OCPP 1.6 §5.7 · OCPP 2.0.1 K08"""

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
        at = at_evse(self.charger, operator.live)
        ask = asks.CompositeSchedule(evse_id=at.evse_id or 0, seconds=round(self.duration), unit=self.unit)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        hints = [f"cpoctl var get {at.charger_id} {asks.TOLD_BY[operator.version(at.charger_id)]}    what it takes"]
        if at.evse_id is None:
            hints.append(f"cpoctl profile composite {at.charger_id}:1 --for 1h    some know it of an EVSE only")
        accepted(answer, at_text(at), hints=hints)
        return [
            LimitRow(
                at_text(at),
                stored(step.begins),
                step.limit,
                step.unit,
                step.phases,
                step.discharge_limit,
                step.setpoint,
            )
            for step in asks.steps(answer.payload, operator.clock.now())
        ]
