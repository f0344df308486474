"""Ask a charger's socket for a sign of life, without a word of OCPP."""

from dataclasses import dataclass

from cpoctl.errors import TimedOut
from cpoctl.operations import Act, Operator, Outcome, whole_charger
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class Ping(Act):
    """Ask a charger's connection for a sign of life: a WebSocket ping, which a charger answers without thinking.

    Some chargers ignore pings; anything that they say meanwhile counts as well.
    """

    path = "charger ping"
    route = "POST /chargers/{charger}/ping"
    row = Outcome
    queue_most = 0.0
    examples = ("cpoctl charger ping HQ-07", "cpoctl charger ping --all --timeout 5s --yes")

    charger: Charger
    timeout: Timeout = 10.0

    async def run(self, operator: Operator) -> Outcome:
        """Wait for whatever comes back."""
        name = whole_charger(self.charger, operator.live)
        took = await operator.ping(name, self.timeout)
        if took is None:
            raise TimedOut(
                f"{name} is connected, but said nothing for {self.timeout:g} s",
                target=name,
                hints=[
                    f"cpoctl doctor {name}    what is known of its connection",
                    f"cpoctl charger disconnect {name} --yes    most chargers come back by themselves",
                ],
            )
        return Outcome(name, True, "Alive", round(took * 1000, 1))
