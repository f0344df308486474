"""NotifyPriorityCharging: a transaction charges with priority, or no longer, without our asking. OCPP 2.1 K21, K22"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.NotifyPriorityCharging)
def priority(call: v2.NotifyPriorityCharging, ctx: Context) -> Outcome:
    """Tell it, with our number of the session if it is open."""
    name = (call.transaction_id or "").strip()
    session = ctx.charger.sessions.get(name)
    told = events.PriorityChargingChanged(
        charger_id=ctx.charger.charger_id,
        transaction_id=name,
        session_id=session.session_id if session else None,
        active=bool(call.activated),
    )
    return Outcome({}, events=[told])
