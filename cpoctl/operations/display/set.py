"""Show a message on a charger's screen."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.ocpp.asks import displays
from cpoctl.operations import (
    BITS_31,
    Act,
    Argument,
    Operator,
    Option,
    Outcome,
    accepted,
    at_evse,
    instant,
    new_request_id,
)
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.operations.display import Format, Priority, State, abilities
from cpoctl.operations.session import ended, running
from cpoctl.table import Column


@dataclass(frozen=True)
class DisplayOutcome(Outcome):
    """What the charger said; by its number a message is replaced and cleared."""

    message_id: Annotated[int | None, Column("MESSAGE", align="right")] = None


@dataclass(frozen=True, kw_only=True)
class SetDisplay(Act):
    """Show a message on a charger's screen, or on the screen of one EVSE. OCPP 2.0.1 O01, O02, O06"""

    path = "display set"
    route = "POST /chargers/{charger}/display"
    row = DisplayOutcome
    examples = (
        "cpoctl display set HQ-07 'Free parking until 18:00' --to 18h",
        "cpoctl display set HQ-07 'Out of order, sorry' --priority always-front --state faulted --id 7",
        "cpoctl display set HQ-07:1 'Your tariff: 0.50 EUR/kWh' --session 42 --language en",
    )

    charger: Place
    text: Annotated[str, Argument("what it says")]
    priority: Annotated[Priority, Option("in front of all others, in front, or in turn with them")] = "normal-cycle"
    state: Annotated[State | None, Option("only while the charger is in this state; some only from OCPP 2.1 on")] = None
    since: Annotated[
        str | None, Option("from then on: a time, or a duration from now; at once without it", kind="time", long="from")
    ] = None
    until: Annotated[str | None, Option("until then: a time, or a duration from now", kind="time", long="to")] = None
    session: Annotated[str | None, Option("only during this session", kind="session")] = None
    id: Annotated[
        int | None,
        Option("its number, which replaces the message of that number; a new one without it", least=0, most=BITS_31),
    ] = None
    format: Annotated[Format, Option("what the text is; a QR code only from OCPP 2.1 on")] = "utf8"
    language: Annotated[str | None, Option("its language, such as en")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> DisplayOutcome:
        """Ask the charger to show it."""
        at, now = at_evse(self.charger, operator.live), operator.clock.now()
        self._must_be_text()
        start, end = self._span(now)
        number = self.id if self.id is not None else new_request_id()
        ask = displays.SetMessage(
            number=number,
            text=self.text,
            priority=self.priority,
            state=self.state,
            start=start,
            end=end,
            transaction_id=await self._transaction(operator, at.charger_id),
            format=self.format,
            language=self.language,
            evse_id=at.evse_id,
        )
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        outcome = accepted(answer, spoken(at), hints=abilities(at.charger_id))
        return DisplayOutcome(**vars(outcome), message_id=number)

    def _must_be_text(self) -> None:
        """Raises UsageProblem for what no screen can show."""
        odd = next((sign for sign in self.text if unicodedata.category(sign) == "Cc" and sign not in "\n\t"), None)
        if odd is not None or not self.text.strip():
            what = "is empty" if odd is None else f"holds the control character {ascii(odd)[1:-1]}"
            raise UsageProblem(f"TEXT {what}", hints=["cpoctl display set --help    examples"])

    def _span(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when and until when. Raises UsageProblem where that is never."""
        start, end = _at(self.since, now, "from"), _at(self.until, now, "to")
        if end is not None and end <= max(now, start or now):
            over = "is before --from" if start is not None and end > now else "is over already"
            raise UsageProblem(f"--to: {self.until!r} {over}", hints=["cpoctl help time    such as --to 2h"])
        return start, end

    async def _transaction(self, operator: Operator, charger_id: str) -> str | None:
        """The transaction of the session, which must run at this charger."""
        if self.session is None:
            return None
        found = running(self.session, operator.live)
        if found is None:
            raise await ended(self.session, operator)
        charger, session = found
        if charger.charger_id != charger_id:
            raise NotFound(
                f"session {self.session} runs at {charger.charger_id}, not at {charger_id}",
                target=self.session,
                hints=[f"cpoctl session list --charger {charger_id} --open    those that run there"],
            )
        return session.transaction_id


def _at(text: str | None, now: datetime, field: str) -> datetime | None:
    return instant(text, now, field) if text is not None else None
