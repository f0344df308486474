"""DiagnosticsStatusNotification and LogStatusNotification: how far an upload has come.

OCPP 1.6 §4.4 · security whitepaper · OCPP 2.0.1 N01
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2, v16


@on(Version.V16, v16.DiagnosticsStatusNotification)
def diagnostics_v16(call: v16.DiagnosticsStatusNotification, ctx: Context) -> Outcome:
    """Keep the step that the charger tells."""
    return _reported(call.status, None, None, ctx)


@on(Version.V16, v16.LogStatusNotification)
def log_v16(call: v16.LogStatusNotification, ctx: Context) -> Outcome:
    """Keep the step of the upload with this request id."""
    return _reported(call.status, call.request_id, None, ctx)


@on(v2.VERSIONS, v2.LogStatusNotification)
def log_v2(call: v2.LogStatusNotification, ctx: Context) -> Outcome:
    """Keep the step of the upload with this request id."""
    return _reported(call.status, call.request_id, v2.reason(call.status_info), ctx)


def _reported(status: str | None, request_id: int | None, info: str | None, ctx: Context) -> Outcome:
    told = events.DiagnosticsStatusReported(
        charger_id=ctx.charger.charger_id, status=status or "Unknown", request_id=request_id, info=info
    )
    return Outcome({}, events=[told])
