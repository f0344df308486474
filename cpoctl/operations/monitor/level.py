"""Choose how grave something must be that a charger tells."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import monitoring
from cpoctl.operations import Act, Argument, Operator, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class SetMonitoringLevel(Act):
    """Choose how grave something must be that a charger tells: of this severity or graver. OCPP 2.0.1 N05

    0 is a danger to people, 9 the finest detail.
    """

    path = "monitor level"
    route = "POST /chargers/{charger}/monitors/level"
    row = Outcome
    examples = ("cpoctl monitor level HQ-07 5",)

    charger: Charger
    severity: Annotated[int, Argument("0 to 9", least=0, most=9)]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        return accepted(
            await operator.call(name, monitoring.SetLevel(severity=self.severity), timeout=self.timeout), name
        )
