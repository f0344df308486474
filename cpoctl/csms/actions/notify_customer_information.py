"""NotifyCustomerInformation: what a charger knows of a customer, part by part. OCPP 2.0.1 N09, N10"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.reports import part
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.NotifyCustomerInformation)
def customer_information_v2(call: v2.NotifyCustomerInformation, ctx: Context) -> Outcome:
    """Keep the part for whoever has asked."""
    return part(ctx, "NotifyCustomerInformation", call.request_id, call.seq_no, call.tbc)
