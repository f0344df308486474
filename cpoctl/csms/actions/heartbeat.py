"""Heartbeat: a charger is alive and wants the time.

OCPP 1.6 §4.6 · OCPP 2.0.1 G02
"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2, v16


@on(Version.V16, v16.Heartbeat, unregistered=True, durable=False)
@on(v2.VERSIONS, v2.Heartbeat, unregistered=True, durable=False)
def heartbeat(call: v16.Heartbeat | v2.Heartbeat, ctx: Context) -> Outcome:
    """Tell the time. Nothing changes, so nothing waits for the disk."""
    return Outcome({"currentTime": ctx.wire_time})
