"""Stop a running session through its charger."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.ocpp.asks import sessions
from cpoctl.operations import Act, Argument, Danger, Operator, Outcome, Watch, accepted, at_evse
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import ended, number, open_at, running

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession


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

    session: Annotated[str, Argument("SESSION, CHARGER or CHARGER:EVSE", kind="session")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"stop the session {self.session}: the car stops charging"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger to stop it."""
        charger, session = await self._meant(operator)
        ask = sessions.Stop(transaction_id=session.transaction_id)
        answer = await operator.call(charger.charger_id, ask, timeout=self.timeout)
        close = f"cpoctl session close {session.session_id} --reason TEXT    end the record, if nothing charges there"
        return accepted(answer, str(session.session_id), hints=[close])

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        found = running(self.session, live) if live.charger(self.session) is None else None
        return found[0].charger_id if found else None

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The charger has told its end."""
        number = int(outcome.target)
        await watch.until(
            lambda event: (isinstance(event, events.SessionStopped) and event.session_id == number) or None
        )
        return replace(outcome, status="Stopped")

    async def _meant(self, operator: Operator) -> "tuple[LiveCharger, OpenSession]":
        if operator.live.charger(self.session) is None and number(self.session) >= 0:
            if found := running(self.session, operator.live):
                return found
            raise await ended(self.session, operator)
        return open_at(at_evse(self.session, operator.live), self.session, operator.live)
