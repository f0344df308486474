"""StatusNotification: what an EVSE is doing.

OCPP 1.6 §4.9. Every status is kept; the shown one is the newest received, unless its own time says
that it is an older one that came late (RELIABILITY V-05).
"""

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.domain import timestamps
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows

_LATE_BY_S = 2


@on(Version.V16, v16.StatusNotification, unregistered=True)
def status_v16(call: v16.StatusNotification, ctx: Context) -> Outcome:
    """Keep the status, and make it the shown one unless it is late."""
    charger_id, evse_id = ctx.charger.charger_id, call.connector_id or 0
    happened, flag = timestamps.effective(call.timestamp, ctx.now)
    since = stored(happened)
    facts = (call.status or "Unknown", call.error_code, call.info, call.vendor_id, call.vendor_error_code)
    charger_time = since if flag is None else None
    current = ctx.charger.has_room_for(evse_id) and not _late(ctx, evse_id, charger_time)
    change = rows.StatusChange(charger_id, evse_id, *facts, since, call.timestamp or "", ctx.received_at)
    changed = events.StatusChanged(
        charger_id=charger_id,
        evse_id=evse_id,
        status=facts[0],
        error_code=call.error_code,
        info=call.info,
        vendor_id=call.vendor_id,
        vendor_error_code=call.vendor_error_code,
        since=since,
        charger_time=charger_time,
        current=current,
    )
    newest: list[rows.Row] = [rows.EvseStatus(charger_id, evse_id, *facts, since)] if current else []
    return Outcome({}, [change, *newest], [changed])


def _late(ctx: Context, evse_id: int, charger_time: str | None) -> bool:
    shown = ctx.charger.evses.get(evse_id)
    if charger_time is None or shown is None or shown.charger_time is None:
        return False
    return (parsed(shown.charger_time) - parsed(charger_time)).total_seconds() > _LATE_BY_S
