"""NotifyDERStartStop: a control for the grid has begun to hold, or has ended. OCPP 2.1 R05"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.NotifyDERStartStop)
def der_start_stop(call: v2.NotifyDERStartStop, ctx: Context) -> Outcome:
    """Tell it, with the controls whose place it has taken."""
    told = events.GridControlSwitched(
        charger_id=ctx.charger.charger_id,
        control_id=call.control_id or "",
        started=call.started,
        charger_time=call.timestamp,
        superseded=tuple(call.superseded_ids),
        other=beside(
            ctx,
            controlId=call.control_id,
            started=call.started,
            timestamp=call.timestamp,
            supersededIds=call.superseded_ids,
        ),
    )
    return Outcome({}, events=[told])
