"""Monitors on variables: what the server wants to be told of, and whether it is time. OCPP 2.0.1 N01 to N08

Nothing here does I/O.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.device import Variable

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

PERIODIC = ("Periodic", "PeriodicClockAligned")
THRESHOLDS = ("UpperThreshold", "LowerThreshold")
CRITERIA = {
    "ThresholdMonitoring": THRESHOLDS,
    "DeltaMonitoring": ("Delta", "TargetDelta", "TargetDeltaRelative"),
    "PeriodicMonitoring": PERIODIC,
}


@dataclass
class Monitor:
    """One monitor, as the server set it."""

    monitor_id: int
    variable: Variable
    kind: str
    value: float
    severity: int
    transaction: bool = False
    stream: dict[str, Any] | None = None
    """How its values are streamed. OCPP 2.1 N11"""
    beyond: bool = False
    """Its threshold is crossed."""
    last: str | None = None

    def news(self, now: str) -> bool | None:
        """Tell whether a new value is worth an event: True, or False for a return below; None for nothing."""
        if self.kind in PERIODIC:
            return None
        if self.kind not in THRESHOLDS:
            return self._differs(now)
        beyond = float(now) > self.value if self.kind == "UpperThreshold" else float(now) < self.value
        crossed, self.beyond = beyond != self.beyond, beyond
        return beyond if crossed else None

    def told(self, value: str, *, cleared: bool = False) -> dict[str, Any]:
        """Write what an event of this monitor says. N07"""
        trigger = "Periodic" if self.kind in PERIODIC else "Alerting" if self.kind in THRESHOLDS else "Delta"
        return {
            "trigger": trigger,
            "actualValue": value,
            "cleared": cleared,
            "variableMonitoringId": self.monitor_id,
            "eventNotificationType": "CustomMonitor",
            "component": self.variable.component.written(),
            "variable": self.variable.written(),
        }

    def _differs(self, now: str) -> bool | None:
        last, self.last = self.last, now
        if last is None or now == last:
            self.last = now if last is None else last
            return None
        if self.variable.kind in ("decimal", "integer") and abs(float(now) - float(last)) < self.value:
            self.last = last
            return None
        return True


@dataclass
class Monitors:
    """Every monitor of a charger, and how much of it is told."""

    level: int = 9
    """Events of a severity above it are not told. N05"""
    active_base: str = "All"
    by_id: dict[int, Monitor] = field(default_factory=dict)
    streams: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What is streamed, by the number of its monitor. OCPP 2.1 N13"""
    unsent: list[dict[str, Any]] = field(default_factory=list)
    """Events that happened while nobody listened. N07"""
    last_event: int = 0
    """The number of the last event that was told."""

    def add(self, monitor_id: int | None, variable: Variable, asked: dict[str, Any]) -> tuple[str, int | None]:
        """Set or replace a monitor; tell the status and its id. N04"""
        kind, value, severity = str(asked["type"]), float(asked["value"]), int(asked["severity"])
        why = self._hindrance(monitor_id, variable, kind, value, severity)
        if why is not None:
            return why, None
        number = monitor_id or max(self.by_id, default=0) + 1
        told, stream = bool(asked.get("transaction", False)), asked.get("periodicEventStream")
        self.by_id[number] = Monitor(number, variable, kind, value, severity, told, stream)
        return "Accepted", number

    def chosen(self, wanted: list[Variable] | None, criteria: list[str]) -> list[Monitor]:
        """List what a report holds. N02"""
        kinds = {kind for name in criteria for kind in CRITERIA[name]}
        return [
            each
            for each in self.by_id.values()
            if (not criteria or each.kind in kinds) and (wanted is None or each.variable in wanted)
        ]

    def due(self, charger: "Controller") -> Iterator[tuple[Monitor, str, bool]]:
        """Look at every watched variable; give what is worth an event, and whether that ends one."""
        for monitor in list(self.by_id.values()):
            if monitor.kind in PERIODIC or monitor.severity > self.level:
                continue
            now = monitor.variable.readable(charger)
            news = monitor.news(now)
            if news is not None:
                yield monitor, now, not news

    def _hindrance(
        self, monitor_id: int | None, variable: Variable, kind: str, value: float, severity: int
    ) -> str | None:
        if monitor_id is not None and monitor_id not in self.by_id:
            return "Rejected"
        if not variable.monitored or (kind in THRESHOLDS and variable.kind not in ("decimal", "integer")):
            return "UnsupportedMonitorType"
        if not 0 <= severity <= 9 or (kind == "Delta" and value < 0):
            return "Rejected"
        if kind == "UpperThreshold" and variable.most is not None and value > variable.most:
            return "Rejected"
        alike = (
            each.monitor_id
            for each in self.by_id.values()
            if (each.variable is variable, each.kind, each.severity) == (True, kind, severity)
        )
        return "Duplicate" if any(number != monitor_id for number in alike) else None
