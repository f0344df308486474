"""Monitors: SetVariableMonitoring, ClearVariableMonitoring, GetMonitoringReport, SetMonitoringBase, SetMonitoringLevel.

OCPP 2.0.1 N02 to N08 · periodic event streams of 2.1: N11 to N15
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.ocpp import Version
from cpoctl.simulator import streaming
from cpoctl.simulator.answers import V2, V21, Answer, because, status, table
from cpoctl.simulator.monitoring import PERIODIC, Monitor
from cpoctl.simulator.reporting import report

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

FACTORY_BASES = ("FactoryDefault", "HardWiredOnly")


def set_variable_monitoring(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Set monitors, each for itself. N04"""
    results, periodic = [], []
    for asked in request["setMonitoringData"]:
        said, number = _set(charger, asked)
        results.append(_named(asked, said, number))
        monitor = charger.monitors.by_id.get(number or 0)
        if monitor is not None and monitor.kind in PERIODIC:
            periodic.append(monitor)

    async def begin() -> None:
        for monitor in periodic:
            streamed = monitor.stream is not None and charger.version is Version.V21
            follow = streaming.stream if streamed else streaming.tell_periodically
            charger.spawn(partial(follow, charger, monitor))

    return Answer({"setMonitoringResult": results}, begin if periodic else None)


def clear_variable_monitoring(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Remove monitors by their numbers; those built in stay. N06"""
    results = []
    for number in request["id"]:
        gone = charger.monitors.by_id.pop(number, None)
        results.append({"id": number, "status": "NotFound" if gone is None else "Accepted"})
    return Answer({"clearMonitoringResult": results})


def get_monitoring_report(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report monitors, variable by variable. N02"""
    asked = request.get("componentVariable")
    wanted = charger.device.chosen(asked, [], charger) if asked else None
    found = charger.monitors.chosen(wanted, request.get("monitoringCriteria", []))
    if not found:
        return status("EmptyResultSet")
    rows = [_reported(charger, each) for each in found]
    number = request["requestId"]
    return status("Accepted", partial(report, charger, "NotifyMonitoringReport", number, "monitor", rows))


def set_monitoring_base(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Go back to what was built in, or keep everything. N03"""
    base = request["monitoringBase"]
    charger.monitors.active_base = base
    if base in FACTORY_BASES:
        charger.monitors.by_id.clear()
    return status("Accepted")


def set_monitoring_level(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell nothing less severe than this. N05"""
    if not 0 <= request["severity"] <= 9:
        return because("Rejected", "OutOfRange")
    charger.monitors.level = request["severity"]
    return status("Accepted")


def adjust_stream(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Change how often a stream is sent. OCPP 2.1 N14"""
    stream = charger.monitors.streams.get(request["id"])
    if stream is None:
        return because("Rejected", "UnknownStream")
    stream["params"] = request["params"]
    return status("Accepted")


def get_streams(charger: "Controller", request: dict[str, Any]) -> Answer:
    """List the open streams. OCPP 2.1 N13"""
    streams = list(charger.monitors.streams.values())
    return Answer({"constantStreamData": streams} if streams else {})


def _set(charger: "Controller", asked: dict[str, Any]) -> tuple[str, int | None]:
    found = charger.device.find(asked["component"], asked["variable"])
    if isinstance(found, str):
        return found, None
    said, number = charger.monitors.add(asked.get("id"), found, asked)
    if number is not None:
        charger.monitors.by_id[number].last = found.readable(charger)
    return said, number


def _named(asked: dict[str, Any], said: str, number: int | None) -> dict[str, Any]:
    named = {name: asked[name] for name in ("component", "variable", "type", "severity")}
    return {"status": said, **named} | ({} if number is None else {"id": number})


def _reported(charger: "Controller", monitor: Monitor) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": monitor.monitor_id,
        "transaction": monitor.transaction,
        "value": monitor.value,
        "type": monitor.kind,
        "severity": monitor.severity,
    }
    if charger.version is Version.V21:
        told["eventNotificationType"] = "CustomMonitor"
    variable = monitor.variable
    return {"component": variable.component.written(), "variable": variable.written(), "variableMonitoring": [told]}


ANSWERS = table(
    V2,
    {
        "SetVariableMonitoring": set_variable_monitoring,
        "ClearVariableMonitoring": clear_variable_monitoring,
        "GetMonitoringReport": get_monitoring_report,
        "SetMonitoringBase": set_monitoring_base,
        "SetMonitoringLevel": set_monitoring_level,
    },
) | table(V21, {"AdjustPeriodicEventStream": adjust_stream, "GetPeriodicEventStream": get_streams})
