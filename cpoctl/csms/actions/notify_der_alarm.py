"""NotifyDERAlarm: a charger that feeds back sees something wrong in the grid, or that it is over. OCPP 2.1 R05"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2


@on(Version.V21, v2.NotifyDERAlarm)
def der_alarm(call: v2.NotifyDERAlarm, ctx: Context) -> Outcome:
    """Tell it. Without alarmEnded it begins."""
    told = events.GridAlarmReported(
        charger_id=ctx.charger.charger_id,
        control=call.control_type or "Unknown",
        fault=call.grid_event_fault,
        ended=bool(call.alarm_ended),
        charger_time=call.timestamp,
        info=call.extra_info,
        other=beside(
            ctx,
            controlType=call.control_type,
            gridEventFault=call.grid_event_fault,
            alarmEnded=call.alarm_ended,
            timestamp=call.timestamp,
            extraInfo=call.extra_info,
        ),
    )
    return Outcome({}, events=[told])
