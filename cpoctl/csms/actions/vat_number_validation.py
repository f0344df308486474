"""VatNumberValidation: somebody wants a receipt for a company, and the charger asks whether there is one.

OCPP 2.1 part 2 §1. There is nobody whom we could ask, so the number is refused with the reason.
"""

from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2

_LONGEST = 20  # of a number in the answer
_WHY = {"reasonCode": "UnsupportedRequest", "additionalInfo": "VAT numbers cannot be checked here"}


@on(Version.V21, v2.VatNumberValidation)
def vat_number(call: v2.VatNumberValidation, ctx: Context) -> Outcome:
    """Refuse it and keep that it was asked."""
    status = "Rejected"
    evse = {"evseId": call.evse_id} if call.evse_id is not None and call.evse_id >= 0 else {}
    answer: dict[str, Any] = {
        "statusInfo": _WHY,
        "vatNumber": (call.vat_number or "")[:_LONGEST],
        **evse,
        "status": status,
    }
    asked = events.VatNumberAsked(
        charger_id=ctx.charger.charger_id,
        vat_number=call.vat_number or "",
        evse_id=call.evse_id,
        status=status,
        other=beside(ctx, vatNumber=call.vat_number, evseId=call.evse_id),
    )
    return Outcome(answer, events=[asked])
