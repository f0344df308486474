"""Accept a charger that waits for approval."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.operations import Act, Operator, Outcome, Role, known_charger
from cpoctl.operations.charger import Charger
from cpoctl.store import rows


async def decide(operator: Operator, charger_id: str, registration: str) -> Outcome:
    """Record what the operator decided about a charger."""
    decided = events.RegistrationChanged(charger_id=charger_id, registration=registration, known=True)
    await operator.commit([rows.ChargerRegistration(registration, 1, charger_id)], [decided])
    return Outcome(charger_id, True, registration)


@dataclass(frozen=True, kw_only=True)
class ApproveCharger(Act):
    """Accept a charger that waits for approval. Globs and selectors choose among those that wait."""

    path = "charger approve"
    route = "POST /chargers/{charger}/approve"
    row = Outcome
    queue_most = 0.0
    of_waiting = True
    role = Role.ADMIN
    examples = ("cpoctl charger approve NEW-01", "cpoctl charger approve --all --model 'AC-*' --yes")

    charger: Charger

    async def run(self, operator: Operator) -> Outcome:
        """Accept it; it learns so at its next boot, which a pending charger repeats every 30 s."""
        return await decide(operator, known_charger(self.charger, operator.live), "Accepted")
