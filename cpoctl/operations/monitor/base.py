"""Choose which monitors a charger has set."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import monitoring
from cpoctl.operations import Act, Argument, Operator, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.monitor import Base


@dataclass(frozen=True, kw_only=True)
class SetMonitoringBase(Act):
    """Choose which monitors a charger has set. OCPP 2.0.1 N03

    `all`: what its maker and we have set; `factory-default`: only what its maker has set, ours are lost;
    `hard-wired`: only what cannot be switched off.
    """

    path = "monitor base"
    route = "POST /chargers/{charger}/monitors/base"
    row = Outcome
    examples = ("cpoctl monitor base HQ-07 all",)

    charger: Charger
    base: Annotated[Base, Argument("which ones")]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        return accepted(await operator.call(name, monitoring.SetBase(base=self.base), timeout=self.timeout), name)
