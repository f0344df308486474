"""Monitors: what a charger is to watch, and how its answers and reports about it are read. OCPP 2.0.1 N01 to N08"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.domain.variables import ACTUAL, Name, in_2, read
from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.asks.variables import component_asked, component_of, part_asked

KINDS: Final = {
    "upper": "UpperThreshold",
    "lower": "LowerThreshold",
    "delta": "Delta",
    "periodic": "Periodic",
    "clock-aligned": "PeriodicClockAligned",
    "target-delta": "TargetDelta",
    "target-delta-relative": "TargetDeltaRelative",
}
_OF_21: Final = ("target-delta", "target-delta-relative")
CRITERIA: Final = {
    "threshold": "ThresholdMonitoring",
    "delta": "DeltaMonitoring",
    "periodic": "PeriodicMonitoring",
}
BASES: Final = {"all": "All", "factory-default": "FactoryDefault", "hard-wired": "HardWiredOnly"}
MOST_CLEARED: Final = "MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]"
"""The variable that says how many monitors may be named at once. N06"""
_WORDS: Final = {told: word for word, told in KINDS.items()}


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """A monitor as a charger reports it."""

    monitor_id: int
    variable: str
    kind: str
    value: float | None
    severity: int | None
    transaction: bool
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetMonitor(Ask):
    """Have a variable watched; with the number of a monitor that one is replaced. N04

    `stream_interval` and `stream_values`: also have its values sent by themselves, after so long or at so many.
    """

    name: str
    kind: str
    value: float
    severity: int
    transaction: bool = False
    monitor_id: int | None = None
    stream_interval: int | None = None
    stream_values: int | None = None

    def v2(self) -> Request:
        """SetVariableMonitoring, without streams"""
        if self.kind in _OF_21:
            raise lacking(f"OCPP 2.0.1 has no monitor of the type {self.kind}", Version.V21)
        if self.stream_interval is not None or self.stream_values is not None:
            raise lacking("OCPP 2.0.1 streams no values", Version.V21)
        return self.v21()

    def v21(self) -> Request:
        """SetVariableMonitoring"""
        stream = given(interval=self.stream_interval, values=self.stream_values) or None
        wanted = given(
            id=self.monitor_id,
            periodicEventStream=stream,
            transaction=self.transaction or None,
            value=self.value,
            type=KINDS[self.kind],
            severity=self.severity,
        )
        return Request("SetVariableMonitoring", {"setMonitoringData": [wanted | _place(self.name)]})


@dataclass(frozen=True, kw_only=True)
class ClearMonitors(Ask):
    """Remove monitors. N06"""

    monitor_ids: Sequence[int]

    def v2(self) -> Request:
        """ClearVariableMonitoring"""
        return Request("ClearVariableMonitoring", {"id": list(self.monitor_ids)})


@dataclass(frozen=True, kw_only=True)
class GetMonitors(Ask):
    """Have the monitors reported, all or those of some variables or of a kind. N02"""

    request_id: int
    components: Sequence[str] = ()
    criteria: Sequence[str] = ()

    def v2(self) -> Request:
        """GetMonitoringReport"""
        chosen = given(
            componentVariable=[part_asked(part) for part in self.components] or None,
            requestId=self.request_id,
            monitoringCriteria=[CRITERIA[criterion] for criterion in self.criteria] or None,
        )
        return Request("GetMonitoringReport", chosen)


@dataclass(frozen=True, kw_only=True)
class SetBase(Ask):
    """Choose which monitors are set. N03"""

    base: str

    def v2(self) -> Request:
        """SetMonitoringBase"""
        return Request("SetMonitoringBase", {"monitoringBase": BASES[self.base]})


@dataclass(frozen=True, kw_only=True)
class SetLevel(Ask):
    """Have events of this severity and graver ones told: 0 is the gravest. N05"""

    severity: int

    def v2(self) -> Request:
        """SetMonitoringLevel"""
        return Request("SetMonitoringLevel", {"severity": self.severity})


def set_id(payload: Mapping[str, Any]) -> int | None:
    """The number that the charger gave the monitor that it was asked to set."""
    results = payload.get("setMonitoringResult")
    first = results[0] if isinstance(results, list) and results else None
    number = first.get("id") if isinstance(first, dict) else None
    return number if isinstance(number, int) else None


def cleared(payload: Mapping[str, Any]) -> dict[str, str]:
    """What became of each monitor that was to go, by its number."""
    results = payload.get("clearMonitoringResult")
    entries = [entry for entry in (results if isinstance(results, list) else []) if isinstance(entry, dict)]
    return {str(entry["id"]): str(entry["status"]) for entry in entries if "id" in entry and "status" in entry}


def reported(report: v2.NotifyMonitoringReport) -> Iterator[Monitor]:
    """The monitors that a message of a report tells."""
    for data in report.monitor:
        name = named(data.component, data.variable)
        for each in data.variable_monitoring:
            if name is not None and each.id is not None:
                yield Monitor(
                    monitor_id=each.id,
                    variable=name,
                    kind=_WORDS.get(each.type or "", each.type or ""),
                    value=each.value,
                    severity=each.severity,
                    transaction=bool(each.transaction),
                    source=each.event_notification_type,
                )


def named(component: v2.Component | None, variable: v2.Variable | None) -> str | None:
    """The name of a variable of the wire; None for one that cannot be."""
    part = component_of(component) if component else None
    if part is None or variable is None or not variable.name:
        return None
    return str(Name(part, variable.name, variable.instance or None))


def _place(text: str) -> dict[str, Any]:
    """A variable as it is watched, which is what it holds. Raises UsageProblem for another attribute."""
    name = read(in_2(text))
    if name.attribute != ACTUAL:
        plain = Name(name.component, name.variable, name.instance)
        raise UsageProblem(
            f"{text}: only what a variable holds can be watched", hints=[f"{plain}    without attribute"]
        )
    variable = given(name=name.variable, instance=name.instance)
    return {"component": component_asked(name.component), "variable": variable}
