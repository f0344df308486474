"""Unlock a connector, so that a cable can be taken out. OCPP 1.6 §5.18 · OCPP 2.0.1 F05"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import chargers
from cpoctl.operations import Act, Danger, Operator, Outcome, Target, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class Unlock(Act):
    """Unlock a connector, so that a cable can be taken out.

    With OCPP 1.6 a session there ends first; later versions refuse while one runs. OCPP 1.6 §5.18 · OCPP 2.0.1 F05
    """

    path = "charger unlock"
    route = "POST /chargers/{charger}/unlock"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger unlock HQ-07:2 --yes", "cpoctl charger unlock HQ-07:2.1 --yes")

    charger: Place
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"unlock the connector of {self.charger}: a session there ends"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; the only EVSE need not be named."""
        at = target(self.charger, operator.live)
        evse_id = at.evse_id if at.evse_id is not None else _only_evse(at.charger_id, operator.live)
        at = replace(at, evse_id=evse_id, connector_id=at.connector_id or _only_connector(at, evse_id, operator.live))
        ask = chargers.Unlock(evse_id=evse_id, connector_id=at.connector_id or 1)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
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


def _only_connector(at: Target, evse_id: int, live: "LiveFleet") -> int | None:
    """The connector of an EVSE that has told of one only; None where it has told of none."""
    evse = live.chargers[at.charger_id.casefold()].evses.get(evse_id)
    known = sorted(evse.connectors) if evse else []
    if len(known) < 2:
        return known[0] if known else None
    some = [f"{at.charger_id}:{evse_id}.{connector_id}" for connector_id in known[:20]]
    raise UsageProblem(
        f"say which connector of {at.charger_id}:{evse_id}: {', '.join(some)}",
        target=f"{at.charger_id}:{evse_id}",
        hints=[f"cpoctl charger unlock {some[0]} --yes"],
    )


def _next(status: str, at: Target) -> list[str]:
    show = f"cpoctl charger show {at.charger_id}    the EVSEs that it has, and their status"
    if status == "UnlockFailed":
        where = spoken(at)
        return [f"cpoctl charger unlock {where} --yes    again, while somebody pushes the plug in", show]
    if status == "OngoingAuthorizedTransaction":  # F05.FR.02
        return [f"cpoctl session stop {at.charger_id}:{at.evse_id} --yes    end the session there first", show]
    return [show]
