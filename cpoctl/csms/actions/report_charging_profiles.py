"""ReportChargingProfiles: which charging profiles a charger has, because we have asked.

OCPP 2.0.1 K09. Its parts carry no number; the one without `tbc` is the last.
"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.reports import part
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.ReportChargingProfiles)
def charging_profiles(call: v2.ReportChargingProfiles, ctx: Context) -> Outcome:
    """Keep the part."""
    return part(ctx, "ReportChargingProfiles", call.request_id, None, call.tbc)
