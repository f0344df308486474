"""PullDynamicScheduleUpdate: a charger wants to know what a dynamic profile allows now.

OCPP 2.1 K28. It is told what it has accepted last; a profile that it did not get from us, or that is not dynamic, is
refused with the reason.
"""

import json
from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.domain.fleet import LiveCharger
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.profiles import update_of

_SIXTY_FOUR_BITS = 2**63
_GIVEN = "SELECT profile FROM installed_profile WHERE charger_id = ? AND profile_id = ? AND status = 'Accepted'"
_WHY = {"reasonCode": "NotFound", "additionalInfo": "no dynamic profile of that number was set from here"}


def _profile(call: v2.PullDynamicScheduleUpdate, charger: LiveCharger, sure: bool) -> Sql | None:
    number = call.charging_profile_id
    if number is None or abs(number) >= _SIXTY_FOUR_BITS:
        return None
    return _GIVEN, (charger.charger_id, number)


@on(Version.V21, v2.PullDynamicScheduleUpdate, lookup=_profile)
def pulled(call: v2.PullDynamicScheduleUpdate, ctx: Context) -> Outcome:
    """Tell the values of the profile's only period."""
    update = next((found for each in ctx.found or () if (found := update_of(json.loads(each["profile"])))), None)
    status = "Accepted" if update else "Rejected"
    answer: dict[str, Any] = {"scheduleUpdate": update, "status": status} if update else {
        "status": status, "statusInfo": _WHY
    }  # fmt: skip
    told = events.DynamicUpdateRequested(
        charger_id=ctx.charger.charger_id, profile_id=call.charging_profile_id, status=status
    )
    return Outcome(answer, events=[told])
