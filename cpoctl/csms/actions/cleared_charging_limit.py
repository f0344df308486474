"""ClearedChargingLimit: somebody else than us no longer limits a charger. OCPP 2.0.1 K13"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.ClearedChargingLimit)
def cleared_limit(call: v2.ClearedChargingLimit, ctx: Context) -> Outcome:
    """Tell it."""
    told = events.ChargingLimitCleared(
        charger_id=ctx.charger.charger_id, evse_id=call.evse_id, source=call.charging_limit_source or "Unknown"
    )
    return Outcome({}, events=[told])
