"""Unlock a connector, so that a cable can be taken out. OCPP 1.6 §5.18"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Outcome, Request, Target, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class Unlock(Act):
    """Unlock a connector, so that a cable can be taken out. A session there ends first. OCPP 1.6 §5.18"""

    path = "charger unlock"
    route = "POST /chargers/{charger}/unlock"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger unlock HQ-07:2 --yes",)

    charger: Place
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"unlock the connector of {self.charger}: a session there ends"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; the only EVSE need not be named."""
        at = target(self.charger, operator.live)
        at = at if at.evse_id is not None else Target(at.charger_id, _only_evse(at.charger_id, operator.live))
        request = Request("UnlockConnector", {"connectorId": at.evse_id})
        answer = await operator.call(at.charger_id, request, timeout=self.timeout)
        return accepted(answer, spoken(at), ("Unlocked",), _next(answer.status, at))


def _only_evse(charger_id: str, live: "LiveFleet") -> int:
    charger = live.chargers[charger_id.casefold()]
    known = {*charger.evses, *(session.evse_id for session in charger.sessions.values())} - {0}
    if len(known) == 1:
        return known.pop()
    some = [f"{charger_id}:{evse_id}" for evse_id in sorted(known)[:20]]
    raise UsageProblem(
        f"say which EVSE of {charger_id}: {', '.join(some) or 'it has told of none so far'}",
        target=charger_id,
        hints=[f"cpoctl charger unlock {some[0] if some else f'{charger_id}:1'} --yes"],
    )


def _next(status: str, at: Target) -> list[str]:
    show = f"cpoctl charger show {at.charger_id}    the EVSEs that it has, and their status"
    if status == "UnlockFailed":
        where = spoken(at)
        return [f"cpoctl charger unlock {where} --yes    again, while somebody pushes the plug in", show]
    return [show]
