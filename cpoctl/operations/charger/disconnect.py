"""Close a charger's connection; most chargers come back by themselves."""

from dataclasses import dataclass

from cpoctl.errors import ChargerOffline
from cpoctl.operations import Act, Danger, Operator, Outcome, whole_charger
from cpoctl.operations.charger import Charger


@dataclass(frozen=True, kw_only=True)
class Disconnect(Act):
    """Close a charger's connection. Its sessions go on, and most chargers come back by themselves."""

    path = "charger disconnect"
    route = "POST /chargers/{charger}/disconnect"
    row = Outcome
    queue_most = 0.0
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger disconnect HQ-07 --yes",)

    charger: Charger

    def consequence(self) -> str:
        """What it will do."""
        return f"close the connection of {self.charger}"

    async def run(self, operator: Operator) -> Outcome:
        """Close the socket in order."""
        name = whole_charger(self.charger, operator.live)
        charger = operator.live.charger(name)
        if charger is None or not charger.connected:
            hints = [f"cpoctl charger show {name}    when it was seen last"]
            raise ChargerOffline(f"{name} is not connected", target=name, hints=hints)
        await operator.disconnect(name, "closed by the operator")
        return Outcome(name, True, "Disconnected")
