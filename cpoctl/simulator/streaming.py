"""Monitors that tell a value again and again: as events, or in 2.1 as a stream of its own, which gets no answers.

OCPP 2.0.1 N07 · OCPP 2.1 N11 to N15
"""

from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.simulator.link import CallRefused
from cpoctl.simulator.monitoring import Monitor
from cpoctl.simulator.reporting import notify_event

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

SHORTEST_S = 1.0
SENT_EVERY_S = 60
SENT_AT_ONCE = 100


async def tell_periodically(charger: "Controller", monitor: Monitor) -> None:
    """Send an event every so many seconds, as long as the monitor is set. N07"""
    while _is_set(charger, monitor):
        await charger.time.sleep(max(monitor.value, SHORTEST_S))
        if _is_set(charger, monitor) and charger.accepted.is_set() and monitor.severity <= charger.monitors.level:
            told = monitor.told(monitor.variable.readable(charger))
            await notify_event(charger, told, severity=monitor.severity)


async def stream(charger: "Controller", monitor: Monitor) -> None:
    """Open a stream, send what the monitor sees, and close it when the monitor goes. OCPP 2.1 N11, N12, N15"""
    data = {"id": monitor.monitor_id, "variableMonitoringId": monitor.monitor_id, "params": dict(monitor.stream or {})}
    try:
        answer = await charger.call("OpenPeriodicEventStream", {"constantStreamData": data})
    except CallRefused:
        answer = {}
    if answer.get("status") != "Accepted":
        await tell_periodically(charger, monitor)
        return
    charger.monitors.streams[monitor.monitor_id] = data
    try:
        await _flow(charger, monitor, data)
    finally:
        charger.monitors.streams.pop(monitor.monitor_id, None)
    await charger.tell("ClosePeriodicEventStream", {"id": monitor.monitor_id})


async def _flow(charger: "Controller", monitor: Monitor, data: dict[str, Any]) -> None:
    values: list[dict[str, Any]] = []
    began = charger.time.now()
    while _is_set(charger, monitor):
        await charger.time.sleep(max(monitor.value, SHORTEST_S))
        passed = (charger.time.now() - began).total_seconds()
        values.append({"t": round(passed, 3), "v": monitor.variable.readable(charger)})
        params = data["params"]
        full = len(values) >= params.get("values", SENT_AT_ONCE) or passed >= params.get("interval", SENT_EVERY_S)
        if full and charger.online:
            told = {"id": data["id"], "pending": 0, "basetime": stored(began), "data": values}
            await charger.send("NotifyPeriodicEventStream", told)
            values, began = [], charger.time.now()


def _is_set(charger: "Controller", monitor: Monitor) -> bool:
    return charger.monitors.by_id.get(monitor.monitor_id) is monitor
