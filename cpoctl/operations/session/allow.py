"""Say in which ways energy may flow in a running session."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.ocpp.asks import profiles as asks
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import SessionAt, charger_of, open_session

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

Mode = Literal[
    "AC_single_phase", "AC_two_phase", "AC_three_phase", "DC", "AC_BPT", "AC_BPT_DER", "AC_DER", "DC_BPT", "DC_ACDP",
    "DC_ACDP_BPT", "WPT",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AllowTransfer(Act):
    """Say in which ways energy may flow in a running session, in the standard's words: AC_BPT and DC_BPT also give back.

    OCPP 2.1 Q01. What is not named is not allowed; the car chooses anew among the rest.
    """

    path = "session allow"
    route = "POST /sessions/{session}/allow"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl session allow 42 --mode DC --mode DC_BPT --yes",)

    session: SessionAt
    mode: Annotated[tuple[Mode, ...], Option("a way that is allowed; repeatable")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"allow {', '.join(self.mode)} and nothing else in session {self.session}"

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        charger, session = await open_session(self.session, operator)
        ask = asks.AllowTransfer(transaction_id=session.transaction_id, modes=self.mode)
        answer = await operator.call(charger.charger_id, ask, timeout=self.timeout)
        return accepted(answer, str(session.session_id))
