"""Take limits away from a charger."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import profiles as asks
from cpoctl.operations import BITS_31, Act, Answer, Danger, Operator, Option, Outcome, accepted, at_evse
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import At, Purpose, at_text
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class ClearProfile(Act):
    """Take limits away: all, or those of an EVSE, number, purpose or stack level. OCPP 1.6 §5.5 · OCPP 2.0.1 K10"""

    path = "profile clear"
    route = "POST /chargers/{charger}/profiles/clear"
    row = Outcome
    danger = Danger.DISRUPTS
    many_calls = True
    examples = ("cpoctl profile clear HQ-07 --yes", "cpoctl profile clear HQ-07:1 --purpose tx-default --yes")

    charger: At
    id: Annotated[int | None, Option("only the profile with this number", least=0, most=BITS_31)] = None
    purpose: Annotated[Purpose | None, Option("only of this purpose")] = None
    stack_level: Annotated[int | None, Option("only of this stack level", least=0, most=BITS_31)] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"clear charging profiles of {self.charger}: what they limited may draw all it can"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger. Without an EVSE none is named, which means all of them."""
        at = at_evse(self.charger, operator.live)
        fitting = asks.ClearProfiles(
            number=self.id, evse_id=at.evse_id, purpose=self.purpose, stack_level=self.stack_level
        )
        answers = [
            await operator.call(at.charger_id, ask, timeout=self.timeout)
            for ask in fitting.each(operator.version(at.charger_id))
        ]
        answer = _sum(answers)
        if not answer.error and answer.status in ("Accepted", "Unknown"):  # Unknown: it has none of them
            cleared = rows.ProfilesCleared(at.charger_id, self.id, at.evse_id, self.purpose, self.stack_level)
            await operator.commit([cleared])
        hints = [f"cpoctl profile composite {at_text(at)} --for 1h    the limits that it has"]
        if fitting != asks.ClearProfiles() and answer.status == "Unknown":
            hints.append(f"cpoctl profile clear {at.charger_id} --yes    all of them")
        return accepted(answer, at_text(at), hints=hints)


def _sum(answers: list[Answer]) -> Answer:
    """The answer that counts of several: a refusal before a success, and Unknown only where all of them say so."""
    ranks = {"Unknown": 1, "Accepted": 2}
    return max(answers, key=lambda answer: 3 if answer.error else ranks.get(answer.status, 3))
