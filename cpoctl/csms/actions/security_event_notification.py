"""SecurityEventNotification: always confirmed and kept once, whatever its timestamp says.

OCPP 1.6 security whitepaper §5.16 (A04.FR.02, A04.FR.03)
"""

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.domain import timestamps
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows


@on(Version.V16, v16.SecurityEventNotification, unregistered=True)
def security_event_v16(call: v16.SecurityEventNotification, ctx: Context) -> Outcome:
    """Keep it and tell it."""
    kind, info = call.type or "Unknown", call.tech_info or ""
    happened, _ = timestamps.effective(call.timestamp, ctx.now)
    kept = rows.SecurityEvent(
        ctx.charger.charger_id, kind, call.timestamp or "", info, stored(happened), ctx.received_at, "charger"
    )
    told = events.SecurityEventReported(charger_id=ctx.charger.charger_id, kind=kind, info=info, source="charger")
    return Outcome({}, [kept], [told])
