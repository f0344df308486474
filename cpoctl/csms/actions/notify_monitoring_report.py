"""NotifyMonitoringReport: which monitors a charger has, because we have asked. OCPP 2.0.1 N02"""

from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.reports import part
from cpoctl.ocpp import v2


@on(v2.VERSIONS, v2.NotifyMonitoringReport, unregistered=True)
def monitoring_report_v2(call: v2.NotifyMonitoringReport, ctx: Context) -> Outcome:
    """Keep the part."""
    return part(ctx, "NotifyMonitoringReport", call.request_id, call.seq_no, call.tbc)
