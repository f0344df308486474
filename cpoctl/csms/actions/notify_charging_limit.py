"""NotifyChargingLimit: somebody else than us limits a charger. OCPP 2.0.1 K12, K13"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import v2
from cpoctl.ocpp.profiles import limits


@on(v2.VERSIONS, v2.NotifyChargingLimit)
def charging_limit(call: v2.NotifyChargingLimit, ctx: Context) -> Outcome:
    """Tell it. Without an EVSE it is the whole charger."""
    limit = call.charging_limit or v2.ChargingLimit()
    told = events.ChargingLimitReported(
        charger_id=ctx.charger.charger_id,
        evse_id=call.evse_id,
        source=limit.charging_limit_source or "Unknown",
        limits=limits(call.charging_schedule),
        grid_critical=limit.is_grid_critical,
        other=beside(ctx, evseId=call.evse_id),
    )
    return Outcome({}, events=[told])
