"""Have a charger watch something no longer."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import monitoring
from cpoctl.operations import Act, Operator, Option, Outcome, accepted, target
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class ClearMonitors(Act):
    """Remove monitors from a charger. Those that are built in stay. OCPP 2.0.1 N06"""

    path = "monitor clear"
    route = "POST /chargers/{charger}/monitors/clear"
    row = Outcome
    examples = ("cpoctl monitor clear HQ-07 --id 3", "cpoctl monitor clear HQ-07 --id 3 --id 4")

    charger: Charger
    ids: Annotated[tuple[int, ...], Option("its number, as `monitor list` tells it; may be repeated", long="id")]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = target(self.charger, operator.live).charger_id
        answer = await operator.call(name, monitoring.ClearMonitors(monitor_ids=self.ids), timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl monitor list {name}    those that it has"])
