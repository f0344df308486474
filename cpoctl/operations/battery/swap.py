"""Let a station begin a battery swap."""

from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl import events
from cpoctl.errors import Refused
from cpoctl.ocpp.asks import batteries
from cpoctl.operations import Act, Operator, Option, Outcome, Watch, accepted, new_request_id, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column

TAKEN, LEFT_IN = "BatteryOut", "BatteryOutTimeout"


@dataclass(frozen=True)
class SwapOutcome(Outcome):
    """What the station said; its events of the swap carry the number."""

    request_id: Annotated[int | None, Column("REQUEST", 2, "right")] = None


@dataclass(frozen=True, kw_only=True)
class SwapBattery(Act):
    """Let a station begin a battery swap for a tag. OCPP 2.1 S02"""

    path = "battery swap"
    route = "POST /chargers/{charger}/battery-swap"
    row = SwapOutcome
    queue_most = 300.0  # nobody waits longer with a battery in the hand
    waits_for = "the full battery to be taken"
    examples = ("cpoctl battery swap HQ-07 --tag ANNA-K", "cpoctl battery swap HQ-07 --tag ANNA-K --wait")

    charger: Charger
    tag: Annotated[str, Option("the tag that pays", kind="tag")]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> SwapOutcome:
        """Ask the station."""
        name, number = whole_charger(self.charger, operator.live), new_request_id()
        ask = batteries.RequestSwap(request_id=number, tag=self.tag)
        answer = await operator.call(name, ask, timeout=self.timeout)
        hints = [f"cpoctl tag check {self.tag} --charger {name}    whether the tag may charge there"]
        return SwapOutcome(**vars(accepted(answer, name, hints=hints)), request_id=number)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The battery was taken. Raises Refused when it stayed where it was until the station gave up."""
        number = getattr(outcome, "request_id", None)

        def over(event: events.Event) -> str | None:
            if not isinstance(event, events.BatterySwapped) or event.request_id != number:
                return None
            return event.step if event.step in (TAKEN, LEFT_IN) else None

        step = await watch.until(over)
        if step == TAKEN:
            return replace(outcome, status=step)
        raise Refused(
            f"{outcome.target} told {step}: nobody took the battery",
            target=outcome.target,
            hints=[f"cpoctl event list {outcome.target} --type BatterySwapped    what it told on the way"],
            detail={"decided_by": "charger", "outcome": replace(outcome, ok=False, status=step)},
        )
