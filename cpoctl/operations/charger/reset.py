"""Restart a charger."""

from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, Watch, accepted, target
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class Reset(Act):
    """Restart a charger. A soft reset ends sessions in order, a hard one at once. OCPP 1.6 §5.14"""

    path = "charger reset"
    route = "POST /chargers/{charger}/reset"
    row = Outcome
    danger = Danger.DISRUPTS
    waits_for = "the charger's next boot and a status after it"
    examples = (
        "cpoctl charger reset HQ-07 --yes",
        "cpoctl charger reset HQ-07 --hard --confirm HQ-07",
        "cpoctl charger reset --status faulted --yes --wait -o jsonl",
        "cpoctl charger reset HQ-07 --yes --queue-for 2h --when idle",
    )

    charger: Charger
    soft: Annotated[bool, Option("end running sessions in order first, as without --hard")] = False
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
        if self.soft and self.hard:
            raise UsageProblem("say one of --soft and --hard", hints=[f"cpoctl charger reset {name} --soft --yes"])
        request = Request("Reset", {"type": "Hard" if self.hard else "Soft"})
        answer = await operator.call(name, request, timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl charger reset {name} --hard --confirm {name}    at once"])

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """It has booted and tells its status again."""
        await watch.until(lambda event: isinstance(event, events.ChargerBooted) or None)
        await watch.until(lambda event: isinstance(event, events.StatusChanged) or None)
        return replace(outcome, status="Restarted")
