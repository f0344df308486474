"""FirmwareStatusNotification and the signed form of 1.6: how far a firmware update has come.

OCPP 1.6 §4.5 · security whitepaper · OCPP 2.0.1 L01, L02
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2, v16


@on(Version.V16, v16.FirmwareStatusNotification)
def firmware_v16(call: v16.FirmwareStatusNotification, ctx: Context) -> Outcome:
    """Keep the step that the charger tells."""
    return _reported(call.status, None, None, ctx)


@on(Version.V16, v16.SignedFirmwareStatusNotification)
def signed_firmware_v16(call: v16.SignedFirmwareStatusNotification, ctx: Context) -> Outcome:
    """Keep the step of the update with this request id."""
    return _reported(call.status, call.request_id, None, ctx)


@on(v2.VERSIONS, v2.FirmwareStatusNotification)
def firmware_v2(call: v2.FirmwareStatusNotification, ctx: Context) -> Outcome:
    """Keep the step of the update with this request id."""
    return _reported(call.status, call.request_id, v2.reason(call.status_info), ctx)


def _reported(status: str | None, request_id: int | None, info: str | None, ctx: Context) -> Outcome:
    told = events.FirmwareStatusReported(
        charger_id=ctx.charger.charger_id, status=status or "Unknown", request_id=request_id, info=info
    )
    return Outcome({}, events=[told])
