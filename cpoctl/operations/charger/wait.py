"""Wait until something is so at a charger; for scripts, and for whoever stands beside it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl import events
from cpoctl.errors import TimedOut
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, Target, target
from cpoctl.operations.charger import Place, spoken
from cpoctl.table import span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger
    from cpoctl.events import Event

Condition = Literal["online", "offline", "available", "charging", "faulted", "idle", "boot"]


@dataclass(frozen=True, kw_only=True)
class WaitForCharger(Act):
    """Wait until a charger or an EVSE of it is as wanted: exit 0 then, at once if it is so already; 8 when not in time.

    `available` wants every EVSE free, `charging` and `faulted` want one, `idle` no open session. `boot` waits for
    the next boot.
    """

    path = "charger wait"
    route = "POST /chargers/{charger}/wait"
    row = Outcome
    role = Role.VIEWER
    danger = Danger.READ
    recorded = False
    queue_most = 0
    examples = (
        "cpoctl charger wait HQ-07 --for online --timeout 10m",
        "cpoctl charger wait HQ-07:2 --for available && cpoctl session start HQ-07:2 --tag ANNA-K",
    )

    charger: Place
    condition: Annotated[Condition, Option("what to wait for", long="for")]
    timeout: Annotated[float, Option("how long at the most")] = 300.0

    async def run(self, operator: Operator) -> Outcome:
        """Look now, then at whatever happens to it."""
        at = target(self.charger, operator.live)
        charger = operator.live.chargers[at.charger_id.casefold()]
        name = spoken(at)
        if self.condition != "boot" and self._holds(charger, at):
            return Outcome(name, True, self.condition)
        if await operator.until(at.charger_id, lambda event: self._reached(event, charger, at), within=self.timeout):
            return Outcome(name, True, self.condition)
        raise self._late(charger, at)

    def _late(self, charger: "LiveCharger", at: Target) -> TimedOut:
        name, waited = spoken(at), span(self.timeout)
        how = "online" if charger.connected else "offline"
        stands = ", ".join([how, *(_statuses(charger, at) if charger.connected else [])])
        said = (
            f"did not boot within {waited}" if self.condition == "boot" else f"is not {self.condition} after {waited}"
        )
        return TimedOut(
            f"{name} {said}: it is {stands}",
            target=name,
            hints=[f"cpoctl charger show {at.charger_id}", f"cpoctl charger watch {at.charger_id}    what it does"],
        )

    def _reached(self, event: "Event", charger: "LiveCharger", at: Target) -> bool:
        if self.condition == "boot":
            return isinstance(event, events.ChargerBooted)
        return self._holds(charger, at)

    def _holds(self, charger: "LiveCharger", at: Target) -> bool:
        """Whether it is so now. What an offline charger said last does not count."""
        statuses = _statuses(charger, at)
        match self.condition:
            case "online":
                return charger.connected
            case "offline":
                return not charger.connected
            case "available":
                return charger.connected and bool(statuses) and set(statuses) == {"Available"}
            case "charging" | "faulted":
                return charger.connected and self.condition.capitalize() in statuses
            case _:
                return not [s for s in charger.sessions.values() if at.evse_id in (None, s.evse_id)]


def _statuses(charger: "LiveCharger", at: Target) -> list[str]:
    """What its EVSEs say; a charger that speaks of itself only, as a whole."""
    evses = charger.evses
    if at.evse_id is not None:
        evse = evses.get(at.evse_id)
        return [evse.connectors.get(at.connector_id or 0, evse.status)] if evse else []
    whole = [evses[0].status] if 0 in evses and evses[0].status != "Available" else []
    return whole + [evse.status for evse in evses.values() if evse.evse_id]
