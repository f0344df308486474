"""Let a running session charge with priority."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.ocpp.asks import profiles as asks
from cpoctl.operations import Act, Argument, Danger, Operator, Outcome, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import SessionAt, charger_of, open_session

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class SetPriority(Act):
    """Let a running session charge by its charger's priority profile, or no longer. OCPP 2.1 K21

    The profile is one of the purpose priority, which `profile set` gives the charger before.
    """

    path = "session priority"
    route = "POST /sessions/{session}/priority"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl session priority 42 on --yes", "cpoctl session priority 42 off --yes")

    session: SessionAt
    state: Annotated[Literal["on", "off"], Argument("on or off")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"turn the priority of session {self.session} {self.state}: others may get less"

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger. NoProfile means that it has no profile of this purpose."""
        charger, session = await open_session(self.session, operator)
        ask = asks.UsePriority(
            transaction_id=session.transaction_id, active=self.state == "on", evse_id=session.evse_id
        )
        answer = await operator.call(charger.charger_id, ask, timeout=self.timeout)
        at = f"{charger.charger_id}:{session.evse_id}"
        return accepted(
            answer,
            str(session.session_id),
            hints=[
                f"cpoctl profile set {at} --purpose priority --limit 32A --yes    what it may draw then",
                f"cpoctl profile ask {charger.charger_id} --purpose priority    whether it has such a profile",
            ],
        )
