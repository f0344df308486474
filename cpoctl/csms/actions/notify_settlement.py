"""NotifySettlement: what became of a payment at the charger's own terminal.

OCPP 2.1 C20 to C22. The charger makes its receipt by itself: the answer brings none.
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.NotifySettlement)
def settlement(call: v2.NotifySettlement, ctx: Context) -> Outcome:
    """Tell it, with the transaction that was paid, if one had begun."""
    told = events.SettlementReported(
        charger_id=ctx.charger.charger_id,
        transaction_id=call.transaction_id or None,
        reference=call.psp_ref or "",
        status=call.status or "Unknown",
        amount=call.settlement_amount,
        charger_time=call.settlement_time,
        receipt_id=call.receipt_id,
        receipt_url=call.receipt_url,
        other=beside(
            ctx,
            transactionId=call.transaction_id,
            pspRef=call.psp_ref,
            status=call.status,
            settlementAmount=call.settlement_amount,
            settlementTime=call.settlement_time,
            receiptId=call.receipt_id,
            receiptUrl=call.receipt_url,
        ),
    )
    return Outcome({}, events=[told])
