"""Take a message off a charger's screen."""

from dataclasses import dataclass

from cpoctl.ocpp.asks import displays
from cpoctl.operations import Act, Operator, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.display import Number


@dataclass(frozen=True, kw_only=True)
class ClearDisplay(Act):
    """Take a message off a charger's screen. OCPP 2.0.1 O05"""

    path = "display clear"
    route = "DELETE /chargers/{charger}/display/{id}"
    row = Outcome
    examples = ("cpoctl display clear HQ-07 --id 7",)

    charger: Charger
    id: Number
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; Unknown means that it has no message of this number."""
        name = whole_charger(self.charger, operator.live)
        answer = await operator.call(name, displays.ClearMessage(number=self.id), timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl display list {name}    the numbers that are set"])
