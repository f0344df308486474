"""Send a charger the grid's signal for frequency regulation."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import der
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Outcome, accepted, instant, whole_charger
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class SendSignal(Act):
    """Send a charger the grid's signal for frequency regulation. OCPP 2.1 Q07

    What power a value stands for says the curve v2xSignalWattCurve of the charging profile in force.
    """

    path = "der signal"
    route = "POST /chargers/{charger}/der/signal"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl der signal HQ-07 20 --yes", "cpoctl der signal HQ-07 --yes -- -20")

    charger: Charger
    value: Annotated[int, Argument("the value of the signal; a negative one stands behind --")]
    at: Annotated[
        str | None, Option("when it becomes active: a time, or a duration from now; now without it", kind="time")
    ] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"send {self.charger} the signal {self.value}: what its cars draw or give back changes"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name, now = whole_charger(self.charger, operator.live), operator.clock.now()
        at = instant(self.at, now, "at") if self.at is not None else now
        answer = await operator.call(name, der.Signal(value=self.value, at=at), timeout=self.timeout)
        hint = f"cpoctl profile composite {name} --for 1h    whether a profile that follows a signal is in force"
        return accepted(answer, name, hints=[hint])
