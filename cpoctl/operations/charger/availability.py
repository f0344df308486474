"""Put a charger, an EVSE or a connector of it in or out of service. OCPP 1.6 §5.2 · OCPP 2.0.1 G03, G04"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import chargers
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Target, Watch, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_SHOWN_MOST = 3


@dataclass(frozen=True, kw_only=True)
class SetAvailability(Act):
    """Put a charger, or one EVSE of it, in or out of service; from OCPP 2.0.1 on also one connector.

    A running session is let finish: then the charger says Scheduled and changes afterwards.
    OCPP 1.6 §5.2 · OCPP 2.0.1 G03, G04
    """

    path = "charger availability"
    route = "POST /chargers/{charger}/availability"
    row = Outcome
    danger = Danger.DISRUPTS
    waits_for = "each EVSE concerned to be in, or out of, service"
    examples = (
        "cpoctl charger availability HQ-07 --inoperative --yes",
        "cpoctl charger availability HQ-07:2 --operative --yes",
    )

    charger: Place
    operative: Annotated[bool, Option("in service")] = False
    inoperative: Annotated[bool, Option("out of service")] = False
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        if self.operative == self.inoperative:
            return f"change whether {self.charger} is in service"
        return f"put {self.charger} {'out of' if self.inoperative else 'in'} service"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        at = target(self.charger, operator.live)
        where = spoken(at)
        if self.operative == self.inoperative:
            raise UsageProblem(
                "say one of --operative and --inoperative",
                target=where,
                hints=[f"cpoctl charger availability {where} --operative --yes"],
            )
        kind = "Inoperative" if self.inoperative else "Operative"
        ask = chargers.ChangeAvailability(operative=self.operative, evse_id=at.evse_id, connector_id=at.connector_id)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        hints = [f"cpoctl charger show {at.charger_id}    the EVSEs that it has, and their status"]
        if at.evse_id is None:
            hints.append(f"cpoctl charger availability {at.charger_id}:1 --{kind.lower()} --yes    one EVSE at a time")
        return accepted(answer, where, ("Accepted", "Scheduled"), hints)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """A charger that said Scheduled changes when the sessions have ended. 1.6 §5.2, G03.FR.05"""
        at = target(self.charger, watch.live)
        while not self._is_so(at, watch.live):
            await watch.until(lambda event: isinstance(event, events.StatusChanged) or None)
        return replace(outcome, status="Inoperative" if self.inoperative else "Operative")

    def still(self, live: "LiveFleet") -> list[str]:
        """The sessions that it waits for."""
        at = target(self.charger, live)
        charger = live.chargers[at.charger_id.casefold()]
        return [
            f"cpoctl session stop {session.session_id} --yes    it runs on EVSE {session.evse_id}, the change waits for it"
            for session in charger.sessions.values()
            if at.evse_id in (None, session.evse_id)
        ][:_SHOWN_MOST]

    def _is_so(self, at: Target, live: "LiveFleet") -> bool:
        charger = live.charger(at.charger_id)
        every = list(charger.evses.values()) if charger else []
        meant = [evse for evse in every if at.evse_id in (None, evse.evse_id) and (evse.evse_id or len(every) == 1)]
        told = [evse.connectors.get(at.connector_id or 0, evse.status) for evse in meant]
        return bool(meant) and all((status == "Unavailable") == self.inoperative for status in told)
