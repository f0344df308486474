"""SecurityEventNotification: always confirmed and kept once, whatever its timestamp says.

OCPP 1.6 security whitepaper · OCPP 2.0.1 A04 (A04.FR.02, A04.FR.03)
"""

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.domain import timestamps
from cpoctl.domain.fleet import LiveCharger
from cpoctl.ocpp import Version, v2, v16
from cpoctl.store import rows

_REPEATED = """
SELECT 1 FROM security_event WHERE charger_id = ? AND type = ? AND timestamp_raw = ? AND tech_info = ?
"""


_Told = v16.SecurityEventNotification | v2.SecurityEventNotification


def _key(call: _Told) -> tuple[str, str, str]:
    return call.type or "Unknown", call.timestamp or "", call.tech_info or ""


def find_repeat(call: _Told, charger: LiveCharger, sure: bool) -> Sql | None:
    """Told again after a reconnect it is no second event (RELIABILITY §2.2)."""
    return _REPEATED, (charger.charger_id, *_key(call))


@on(Version.V16, v16.SecurityEventNotification, lookup=find_repeat, unregistered=True)
@on(v2.VERSIONS, v2.SecurityEventNotification, lookup=find_repeat, unregistered=True)
def security_event(call: _Told, ctx: Context) -> Outcome:
    """Keep it and tell it."""
    if ctx.found:
        return Outcome({})
    kind, raw, info = _key(call)
    happened, _ = timestamps.effective(raw, ctx.now)
    kept = rows.SecurityEvent(ctx.charger.charger_id, kind, raw, info, stored(happened), ctx.received_at, "charger")
    told = events.SecurityEventReported(charger_id=ctx.charger.charger_id, kind=kind, info=info, source="charger")
    return Outcome({}, [kept], [told])
