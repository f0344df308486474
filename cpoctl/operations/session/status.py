"""Ask a charger whether a session goes on, and whether it still has something to tell of it. OCPP 2.0.1 E14"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl.ocpp.asks import sessions
from cpoctl.operations import Act, Danger, Operator, Role, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import Meant, SessionAt, charger_of, meant
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class StatusRow:
    """What the charger says. `ongoing` is null where it says nothing of it, as for all of its sessions together."""

    target: Annotated[str, Column("TARGET")]
    session_id: Annotated[str | None, Column("SESSION")]
    ongoing: Annotated[bool | None, Column("ONGOING")]
    messages_in_queue: Annotated[bool | None, Column("MESSAGES WAIT")]
    meaning: Annotated[str, Column("MEANING")]


@dataclass(frozen=True, kw_only=True)
class AskStatus(Act):
    """Ask a charger whether a session goes on, and whether it still has messages of it to tell.

    Of a whole charger: whether it has messages of any session to tell. OCPP 2.0.1 E14
    """

    path = "session status"
    route = "POST /sessions/status"
    row = StatusRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl session status 42", "cpoctl session status HQ-07:2", "cpoctl session status HQ-07")

    session: SessionAt
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> StatusRow:
        """Ask the charger."""
        at = await meant(self.session, operator, whole=True)
        ask = sessions.AskStatus(transaction_id=at.transaction_id, session_id=at.session_id)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        if answer.error:
            accepted(answer, self.session)
        told = sessions.read_status(answer.payload)
        ongoing = (
            told.ongoing if at.session_id else None
        )  # some say that nothing goes on where no session was named (core#1053)
        return StatusRow(self.session, at.session_id, ongoing, told.in_queue, _meaning(at, told))

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)


def _meaning(at: Meant, told: sessions.Status) -> str:
    waits = {
        None: "it does not say whether messages wait to be sent",
        True: "messages wait to be sent, so what is known here is not the last word",
        False: "nothing waits to be sent",
    }[told.in_queue]
    if at.session_id is None:
        return waits
    goes_on = {None: "it does not say whether it goes on", True: "it goes on", False: "it has ended"}[told.ongoing]
    return f"{goes_on}; {waits}"
