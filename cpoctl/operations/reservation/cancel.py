"""Give up a reservation through its charger."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.ocpp.asks import reservations
from cpoctl.operations import BITS_31, Act, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class CancelReservation(Act):
    """Give up a reservation, so that others may charge there. OCPP 1.6 §5.1 · OCPP 2.0.1 H02"""

    path = "reservation cancel"
    route = "DELETE /chargers/{charger}/reservations/{id}"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl reservation cancel HQ-07 --id 7 --yes",)

    charger: Charger
    id: Annotated[int, Option("the reservation's number", least=0, most=BITS_31)]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"cancel reservation {self.id} of {self.charger}"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        answer = await operator.call(name, reservations.Cancel(number=self.id), timeout=self.timeout)
        hints = [f"cpoctl reservation list --charger {name}    the numbers that it was given"]
        outcome = accepted(answer, name, hints=hints)
        cancelled = rows.ReservationEnded("cancelled", stored(operator.clock.now()), operator.actor, name, self.id)
        told = events.ReservationChanged(charger_id=name, reservation_id=self.id, state="cancelled")
        await operator.commit([cancelled], [told])
        return outcome
