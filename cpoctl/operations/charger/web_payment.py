"""Tell a charger that somebody is paying for it on the web."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import payments
from cpoctl.operations import BITS_31, Act, Argument, Operator, Option, Outcome, accepted, at_evse
from cpoctl.operations.charger import Timeout, spoken


@dataclass(frozen=True, kw_only=True)
class TellWebPayment(Act):
    """Tell a charger that somebody has scanned the code of an EVSE and is paying on the web. OCPP 2.1 C25

    The charger can then show that it waits for the payment. `session start` begins the session once it was made.
    """

    path = "charger web-payment"
    route = "POST /chargers/{charger}/web-payment"
    row = Outcome
    queue_most = 0  # who pays stands beside it
    examples = ("cpoctl charger web-payment HQ-07:2 --within 2m",)

    charger: Annotated[str, Argument("CHARGER:EVSE", kind="charger")]
    within: Annotated[float, Option("how long the payment may take", kind="duration", least=1, most=BITS_31)] = 120.0
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Tell it; the answer is empty."""
        at = at_evse(self.charger, operator.live)
        if at.evse_id is None:
            raise UsageProblem(
                "a payment is for one EVSE", hints=[f"cpoctl charger web-payment {at.charger_id}:1    for its first"]
            )
        ask = payments.WebPaymentStarted(evse_id=at.evse_id, seconds=round(self.within))
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        return accepted(answer, spoken(at), ("Answered", "Accepted"))
