"""Make a charger forget the tags that it remembers. OCPP 1.6 §5.4 · OCPP 2.0.1 C11"""

from dataclasses import dataclass

from cpoctl.ocpp import settings
from cpoctl.ocpp.asks import chargers
from cpoctl.operations import Act, Operator, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class ClearCache(Act):
    """Make a charger forget the tags that it remembers. OCPP 1.6 §5.4 · OCPP 2.0.1 C11"""

    path = "charger clear-cache"
    route = "POST /chargers/{charger}/clear-cache"
    row = Outcome
    examples = ("cpoctl charger clear-cache HQ-07",)

    charger: Charger
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        answer = await operator.call(name, chargers.ClearCache(), timeout=self.timeout)
        setting = settings.named(operator.version(name), "AuthorizationCacheEnabled")
        hints = [f"cpoctl var get {name} {setting}    whether it keeps a cache at all"]
        return accepted(answer, name, hints=hints)
