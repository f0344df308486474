"""BatterySwap: a battery was put into a station, taken from it, or left in it for too long. OCPP 2.1 S01 to S03"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.BatterySwap)
def battery_swap(call: v2.BatterySwap, ctx: Context) -> Outcome:
    """Tell it, with the batteries as they were described."""
    token = call.id_token or v2.IdToken()
    told = events.BatterySwapped(
        charger_id=ctx.charger.charger_id,
        step=call.event_type or "Unknown",
        request_id=call.request_id,
        tag_id=token.id_token,
        batteries=tuple(call.battery_data),
        other=beside(
            ctx,
            batteryData=call.battery_data,
            eventType=call.event_type,
            idToken={"idToken": token.id_token, "type": token.type},
            requestId=call.request_id,
        ),
    )
    return Outcome({}, events=[told])
