"""Restart a charger."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, accepted, target
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class Reset(Act):
    """Restart a charger. A soft reset ends sessions in order, a hard one at once. OCPP 1.6 §5.14"""

    path = "charger reset"
    route = "POST /chargers/{charger}/reset"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger reset HQ-07 --yes", "cpoctl charger reset HQ-07 --hard --confirm HQ-07")

    charger: Charger
    hard: Annotated[bool, Option("restart at once, running sessions or not")] = False
    timeout: Timeout = 30.0

    def danger_now(self) -> Danger:
        """A hard reset may cut sessions off."""
        return Danger.SEVERE if self.hard else Danger.DISRUPTS

    def consequence(self) -> str:
        """What it will do."""
        return f"{'hard' if self.hard else 'soft'} reset of {self.charger}: running sessions end"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = target(self.charger, operator.live).charger_id
        request = Request("Reset", {"type": "Hard" if self.hard else "Soft"})
        answer = await operator.call(name, request, timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl charger reset {name} --hard --confirm {name}    at once"])
