"""ReportDERControl: which controls for the grid a charger has, because we have asked.

OCPP 2.1 R04. Its parts carry no number; the one without `tbc` is the last.
"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.reports import part
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.ReportDERControl)
def der_controls(call: v2.ReportDERControl, ctx: Context) -> Outcome:
    """Keep the part."""
    return part(ctx, "ReportDERControl", call.request_id, None, call.tbc)
