"""NotifyPeriodicEventStream: values of a stream. OCPP 2.1 N13; a SEND, which takes no answer."""

from typing import Final

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.domain import timestamps
from cpoctl.ocpp import Version, v2

_VALUE_MOST: Final = 2500


@on(Version.V21, v2.NotifyPeriodicEventStream)
def stream_v21(call: v2.NotifyPeriodicEventStream, ctx: Context) -> Outcome:
    """Tell them."""
    if call.id is None:
        return Outcome({})
    since, _ = timestamps.effective(call.basetime, ctx.now)
    told = events.VariableStreamTold(
        charger_id=ctx.charger.charger_id,
        stream_id=call.id,
        since=stored(since),
        values=tuple((each.t or 0.0, (each.v or "")[:_VALUE_MOST]) for each in call.data),
        pending=call.pending or 0,
    )
    return Outcome({}, events=[told])
