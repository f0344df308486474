"""NotifyEVChargingSchedule: a car says how it will charge.

OCPP 2.0.1 K15, K17. Accepted says that the message was understood, and no more; we set no bounds that it could break.
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import v2
from cpoctl.ocpp.profiles import limits


@on(v2.VERSIONS, v2.NotifyEVChargingSchedule)
def chosen(call: v2.NotifyEVChargingSchedule, ctx: Context) -> Outcome:
    """Tell it."""
    told = events.ChargingScheduleChosen(
        charger_id=ctx.charger.charger_id,
        evse_id=call.evse_id,
        limits=limits(call.charging_schedule),
        other=beside(ctx, evseId=call.evse_id),
    )
    return Outcome({"status": "Accepted"}, events=[told])
