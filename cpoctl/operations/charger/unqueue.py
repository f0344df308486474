"""Give up what waits for a charger."""

from dataclasses import dataclass

from cpoctl.operations import Act, Operator, Outcome, whole_charger
from cpoctl.operations.charger import Charger


@dataclass(frozen=True, kw_only=True)
class DropQueue(Act):
    """Give up everything that waits for a charger; none of it will be sent."""

    path = "charger unqueue"
    route = "DELETE /chargers/{charger}/queue"
    row = Outcome
    queue_most = 0.0
    examples = ("cpoctl charger queue HQ-07", "cpoctl charger unqueue HQ-07")

    charger: Charger

    async def run(self, operator: Operator) -> Outcome:
        """Drop it; the status tells how many operations it were."""
        name = whole_charger(self.charger, operator.live)
        return Outcome(name, True, f"Dropped {await operator.tasks.drop(name)}")
