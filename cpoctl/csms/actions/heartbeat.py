"""Heartbeat: a charger is alive and wants the time.

OCPP 1.6 §4.6
"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v16


@on(Version.V16, v16.Heartbeat, unregistered=True, durable=False)
def heartbeat_v16(call: v16.Heartbeat, ctx: Context) -> Outcome:
    """Tell the time. Nothing changes, so nothing waits for the disk."""
    return Outcome({"currentTime": ctx.wire_time})
