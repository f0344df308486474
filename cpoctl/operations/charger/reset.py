"""Restart a charger."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import reset
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Target, Watch, accepted, at_evse
from cpoctl.operations.charger import Place, Timeout, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class Reset(Act):
    """Restart a charger, or from OCPP 2.0.1 on one EVSE. A soft reset ends sessions in order, a hard one at once.

    From OCPP 2.0.1 on a soft reset waits for sessions to end by themselves: the charger then says Scheduled.
    OCPP 1.6 §5.14 · OCPP 2.0.1 B11, B12
    """

    path = "charger reset"
    route = "POST /chargers/{charger}/reset"
    row = Outcome
    danger = Danger.DISRUPTS
    waits_for = "the charger's next boot and a status after it; of one EVSE its next status that is not Unavailable"
    examples = (
        "cpoctl charger reset HQ-07 --yes",
        "cpoctl charger reset HQ-07 --hard --confirm HQ-07",
        "cpoctl charger reset HQ-07:2 --yes",
        "cpoctl charger reset --status faulted --yes --wait -o jsonl",
        "cpoctl charger reset HQ-07 --yes --queue-for 2h --when idle",
    )

    charger: Place
    soft: Annotated[bool, Option("end running sessions in order first, as without --hard")] = False
    hard: Annotated[bool, Option("restart at once, running sessions or not")] = False
    resume: Annotated[bool, Option("with --hard: sessions go on afterwards; needs OCPP 2.1")] = False
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
        at = at_evse(self.charger, operator.live)
        name = at.charger_id
        if self.soft and self.hard:
            raise UsageProblem("say one of --soft and --hard", hints=[f"cpoctl charger reset {name} --soft --yes"])
        if self.resume and not self.hard:
            hints = [f"cpoctl charger reset {name} --hard --resume --confirm {self.charger}"]
            raise UsageProblem("--resume is for a hard reset: a soft one interrupts no session", hints=hints)
        ask = reset.Reset(hard=self.hard, evse_id=at.evse_id, resume=self.resume)
        answer = await operator.call(name, ask, timeout=self.timeout)
        at_once = f"cpoctl charger reset {spoken(at)} --hard --confirm {spoken(at)}    at once"
        return accepted(answer, spoken(at), ("Accepted", "Scheduled"), hints=[at_once])

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """It has booted and tells its status again. An EVSE does not boot: it is Unavailable for a while at the most.

        Of one that is out of service nothing more will be told than that it will be reset.
        """
        at = at_evse(self.charger, watch.live)
        if at.evse_id is None:
            await watch.until(lambda event: isinstance(event, events.ChargerBooted) or None)
            await watch.until(lambda event: isinstance(event, events.StatusChanged) or None)
        elif _out_of_service(at, watch.live):
            return outcome
        else:
            await watch.until(lambda event: self._back(event, at, watch.live) or None)
        return replace(outcome, status="Restarted")

    def _back(self, event: "events.Event", at: Target, live: "LiveFleet") -> bool:
        """Whether an EVSE is back; while a session goes on there, its statuses tell of that."""
        if not isinstance(event, events.StatusChanged) or event.evse_id != at.evse_id or event.status == "Unavailable":
            return False
        charger = live.charger(at.charger_id)
        return charger is not None and (self.resume or charger.session_on(event.evse_id) is None)


def _out_of_service(at: Target, live: "LiveFleet") -> bool:
    charger = live.charger(at.charger_id)
    evse = charger.evses.get(at.evse_id or 0) if charger else None
    return evse is not None and evse.status == "Unavailable"
