"""ClosePeriodicEventStream: a charger stops sending the values of a monitored variable by themselves. OCPP 2.1 N12"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.ClosePeriodicEventStream)
def close_stream_v21(call: v2.ClosePeriodicEventStream, ctx: Context) -> Outcome:
    """Tell it."""
    told = (
        [events.VariableStreamClosed(charger_id=ctx.charger.charger_id, stream_id=call.id)]
        if call.id is not None
        else []
    )
    return Outcome({}, events=list(told))
