"""DataTransfer: a vendor's own message, answered by that vendor's file in `vendors/`.

OCPP 1.6 §4.3 · OCPP 2.0.1 P02
"""

from cpoctl import events
from cpoctl.csms import vendors
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2, v16


@on(Version.V16, v16.DataTransfer)
@on(v2.VERSIONS, v2.DataTransfer)
def transfer(call: v16.DataTransfer | v2.DataTransfer, ctx: Context) -> Outcome:
    """Hand it to the vendor's file; a vendor that we have none for is UnknownVendorId."""
    answer = vendors.answer(call.vendor_id or "", call.message_id, call.data)
    received = events.DataReceived(
        charger_id=ctx.charger.charger_id,
        vendor_id=call.vendor_id or "",
        message_id=call.message_id,
        status=str(answer["status"]),
    )
    return Outcome(answer, events=[received])
