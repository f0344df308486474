"""Remove a charger from the list; its sessions and its history stay."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome, Role, known_charger
from cpoctl.operations.charger import Charger
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveCharger(Act):
    """Remove a charger from the list. Its sessions and its history stay."""

    path = "charger rm"
    route = "DELETE /chargers/{charger}"
    row = Outcome
    queue_most = 0.0
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = ("cpoctl charger rm HQ-07 --confirm HQ-07",)

    charger: Charger

    def consequence(self) -> str:
        """What it will do."""
        return f"remove charger {self.charger}: it is disconnected and may not come back by itself"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Remove it, unless a session is still open."""
        name = known_charger(self.charger, operator.live)
        charger = operator.live.charger(name)
        if charger is not None and charger.sessions:
            numbers = [str(session.session_id) for session in charger.sessions.values()]
            close = f"cpoctl session close {numbers[0]} --reason TEXT --yes    if it will never tell of its end"
            raise Conflict(
                f"{name} has open sessions: {', '.join(numbers)}",
                target=name,
                hints=[f"cpoctl session stop {numbers[0]} --yes", close],
            )
        removed = rows.ChargerRemoved(stored(operator.clock.now()), name)
        await operator.commit([removed], [events.ChargerRemoved(charger_id=name)])
        await operator.disconnect(name, "removed by the operator")
        return Outcome(name, True, "Removed")
