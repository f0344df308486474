"""NotifyDisplayMessages: which messages are set on a charger's screen, because we have asked.

OCPP 2.0.1 O03, O04. Its parts carry no number; the one without `tbc` is the last.
"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.reports import part
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.NotifyDisplayMessages)
def display_messages(call: v2.NotifyDisplayMessages, ctx: Context) -> Outcome:
    """Keep the part."""
    return part(ctx, "NotifyDisplayMessages", call.request_id, None, call.tbc)
