"""Reject a charger: it may connect, but its boot is answered Rejected."""

from dataclasses import dataclass

from cpoctl.operations import Act, Danger, Operator, Outcome, Role, known_charger
from cpoctl.operations.charger import Charger
from cpoctl.operations.charger.approve import decide


@dataclass(frozen=True, kw_only=True)
class RejectCharger(Act):
    """Reject a charger: it may connect, but its boot is answered Rejected. Globs and selectors choose among those that wait."""

    path = "charger reject"
    route = "POST /chargers/{charger}/reject"
    row = Outcome
    queue_most = 0.0
    of_waiting = True
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger reject NEW-01 --yes",)

    charger: Charger

    def consequence(self) -> str:
        """What it will do."""
        return f"reject charger {self.charger}: it serves nobody until it is approved"

    async def run(self, operator: Operator) -> Outcome:
        """Reject it."""
        return await decide(operator, known_charger(self.charger, operator.live), "Rejected")
