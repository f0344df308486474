"""Tell a charger what a running session has cost so far. OCPP 2.0.1 I02"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import sessions
from cpoctl.operations import Act, Argument, Operator, Outcome, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import SessionAt, charger_of, meant

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class TellCost(Act):
    """Tell a charger what a running session has cost so far, taxes included, for its screen. OCPP 2.0.1 I02"""

    path = "session cost"
    route = "POST /sessions/cost"
    row = Outcome
    queue_most = 0.0
    examples = ("cpoctl session cost 42 3.75", "cpoctl session cost HQ-07:2 3.75")

    session: SessionAt
    amount: Annotated[float, Argument("the total so far, in the currency of the charger's screen")]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Tell the charger, which answers nothing but that it has heard."""
        if not 0 <= self.amount < 1e12:
            raise UsageProblem(f"{self.amount} is no cost", hints=[f"cpoctl session cost {self.session} 3.75"])
        at = await meant(self.session, operator)
        ask = sessions.TellCost(transaction_id=at.transaction_id or "", total=self.amount)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        shows = [f"cpoctl var get {at.charger_id} TariffCostCtrlr.Available[Cost]    whether it can show a cost"]
        return accepted(answer, at.session_id or self.session, ("Answered", "Accepted"), hints=shows)

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)
