"""OpenPeriodicEventStream: a charger begins to send the values of a monitored variable by themselves. OCPP 2.1 N11"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import streams


@on(Version.V21, v2.OpenPeriodicEventStream)
def open_stream_v21(call: v2.OpenPeriodicEventStream, ctx: Context) -> Outcome:
    """Accept it: it was asked for with its monitor. One without a number is none."""
    stream = streams.of(call.constant_stream_data)
    if stream is None:
        return Outcome({"status": "Rejected"})
    told = events.VariableStreamOpened(
        charger_id=ctx.charger.charger_id,
        stream_id=stream.stream_id,
        monitor_id=stream.monitor_id,
        interval_s=stream.interval_s,
        values=stream.values,
    )
    return Outcome({"status": "Accepted"}, events=[told])
