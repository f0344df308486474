"""Stop a running session through its charger."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cpoctl import events
from cpoctl.ocpp.asks import sessions
from cpoctl.operations import Act, Danger, Operator, Outcome, Watch, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import SessionAt, charger_of, open_session

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class StopSession(Act):
    """Stop a running session: by its number, or the one at a charger or EVSE. OCPP 1.6 §5.12 · OCPP 2.0.1 F03"""

    path = "session stop"
    route = "POST /sessions/stop"
    row = Outcome
    danger = Danger.DISRUPTS
    waits_for = "the end of the session"
    wait_most = 120.0
    examples = ("cpoctl session stop 42 --yes", "cpoctl session stop HQ-07:2 --yes")

    session: SessionAt
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"stop the session {self.session}: the car stops charging"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger to stop it."""
        charger, session = await open_session(self.session, operator)
        ask = sessions.Stop(transaction_id=session.transaction_id)
        answer = await operator.call(charger.charger_id, ask, timeout=self.timeout)
        close = f"cpoctl session close {session.session_id} --reason TEXT    end the record, if nothing charges there"
        return accepted(answer, str(session.session_id), hints=[close])

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The charger has told its end."""
        number = int(outcome.target)
        await watch.until(
            lambda event: (isinstance(event, events.SessionStopped) and event.session_id == number) or None
        )
        return replace(outcome, status="Stopped")
