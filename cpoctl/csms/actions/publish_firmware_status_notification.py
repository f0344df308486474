"""PublishFirmwareStatusNotification: how far a local controller has come that shall offer firmware. OCPP 2.0.1 L03"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.PublishFirmwareStatusNotification)
def published(call: v2.PublishFirmwareStatusNotification, ctx: Context) -> Outcome:
    """Keep the step, and with the last one where the firmware can be fetched."""
    told = events.PublishStatusReported(
        charger_id=ctx.charger.charger_id,
        status=call.status or "Unknown",
        request_id=call.request_id,
        locations=tuple(call.location),
        info=v2.reason(call.status_info),
    )
    return Outcome({}, events=[told])
