"""Take DER controls away from a charger."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import der
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.der import Id, Kind, abilities


@dataclass(frozen=True, kw_only=True)
class ClearControls(Act):
    """Take DER controls away from a charger: the scheduled ones, or with --default the default ones. OCPP 2.1 R04"""

    path = "der clear"
    route = "POST /chargers/{charger}/der/clear"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl der clear HQ-07 --yes", "cpoctl der clear HQ-07 --default --type LimitMaxDischarge --yes")

    charger: Charger
    default: Annotated[bool, Option("the default controls instead of the scheduled ones")] = False
    type: Annotated[Kind | None, Option("only of this type")] = None
    id: Id = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        which = "default" if self.default else "scheduled"
        return f"clear the {which} controls of {self.charger}: what cars may draw or give back changes"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; that it has none to clear is well, but for one that is named."""
        name = whole_charger(self.charger, operator.live)
        ask = der.ClearControls(is_default=self.default, kind=self.type, control_id=self.id)
        answer = await operator.call(name, ask, timeout=self.timeout)
        good = ("Accepted", "NotFound") if self.id is None else ("Accepted",)
        return accepted(answer, name, good, abilities(name))
