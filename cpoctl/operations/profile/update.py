"""Change what a dynamic profile allows, while it applies."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import profiles as asks
from cpoctl.operations import BITS_31, Act, Argument, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.profile._kept import text_of
from cpoctl.store import rows

_REMEMBERED = "SELECT * FROM installed_profile WHERE charger_id = ? AND profile_id = ? AND status = 'Accepted'"
_EXAMPLE = "cpoctl profile update HQ-07 101 --limit 10 --yes"


@dataclass(frozen=True, kw_only=True)
class UpdateProfile(Act):
    """Change what a profile of the kind dynamic allows, at once and until the next change. OCPP 2.1 K28

    The numbers are in the profile's own unit, ampere or watt. A charger that asks for the newest values by itself is told
    the last ones that it accepted.
    """

    path = "profile update"
    route = "POST /chargers/{charger}/profiles/{number}/update"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (_EXAMPLE, "cpoctl profile update HQ-07 101 --setpoint=-4000 --yes")

    charger: Charger
    number: Annotated[int, Argument("the profile's number, as `profile installed` tells it", least=0, most=BITS_31)]
    limit: Annotated[float | None, Option("what may be drawn at most")] = None
    discharge_limit: Annotated[float | None, Option("what may be given back at most; negative")] = None
    setpoint: Annotated[float | None, Option("what shall be drawn, or given back where it is negative")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"change what profile {self.number} allows on {self.charger}"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger, and remember what it has accepted."""
        name = whole_charger(self.charger, operator.live)
        ask = asks.UpdateDynamic(
            number=self.number, limit=self.limit, discharge_limit=self.discharge_limit, setpoint=self.setpoint
        )
        if not ask.update:
            raise UsageProblem("say --limit, --discharge-limit or --setpoint", hints=[_EXAMPLE])
        answer = await operator.call(name, ask, timeout=self.timeout)
        outcome = accepted(answer, name, hints=[f"cpoctl profile installed {name}    the profiles that it was given"])
        for record in await operator.store.read(_REMEMBERED, [name, self.number]):
            profile = _changed(json.loads(record["profile"]), ask.update)
            changed = {**record, "profile": text_of(profile), "set_at": stored(operator.clock.now())}
            await operator.commit([rows.ProfileInstalled(**changed)])
        return outcome


def _changed(profile: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """The profile with the new values in its only period. K28.FR.09"""
    profile["chargingSchedule"][0]["chargingSchedulePeriod"][0] |= update
    return profile
