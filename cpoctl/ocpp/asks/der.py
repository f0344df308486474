"""DER: what the grid wants of chargers that can discharge a car. OCPP 2.1 R01 to R05, Q07

A control is JSON as the standard has it, or is built from a plain setting.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from cpoctl.clock import wire
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask, Request, given
from cpoctl.ocpp.schemas import Violation

_OTHERWISE: Final = (
    "cpoctl profile set {charger} --limit 11kW --yes    what it may draw can be limited in any version",
)

Kind = Literal[
    "EnterService", "FreqDroop", "FreqWatt", "FixedPFAbsorb", "FixedPFInject", "FixedVar", "Gradients",
    "HFMustTrip", "HFMayTrip", "HVMustTrip", "HVMomCess", "HVMayTrip", "LimitMaxDischarge",
    "LFMustTrip", "LVMustTrip", "LVMomCess", "LVMayTrip", "PowerMonitoringMustTrip",
    "VoltVar", "VoltWatt", "WattPF", "WattVar",
]  # fmt: skip
"""The types of controls."""
SETTINGS: Final = {
    "curve": None,
    "enterService": "EnterService",
    "fixedPFAbsorb": "FixedPFAbsorb",
    "fixedPFInject": "FixedPFInject",
    "fixedVar": "FixedVar",
    "freqDroop": "FreqDroop",
    "gradient": "Gradients",
    "limitMaxDischarge": "LimitMaxDischarge",
}
"""The members that hold what a control sets, each with its type; a curve's type is told beside it."""
_INSIDE: Final = {"fixedPFAbsorb": "fixedPF", "fixedPFInject": "fixedPF"}
_ORDER: Final = ("isDefault", "controlId", "controlType", *SETTINGS)


@dataclass(frozen=True, kw_only=True)
class SetControl(Ask):
    """Give a charger a control. R04"""

    instead = _OTHERWISE

    control: Mapping[str, Any]

    def v21(self) -> Request:
        """SetDERControl"""
        known = {name: self.control[name] for name in _ORDER if name in self.control}
        return Request("SetDERControl", {**known, **self.control})


@dataclass(frozen=True, kw_only=True)
class GetControls(Ask):
    """Have the controls told that a charger has: all, or those that fit. ReportDERControl brings them. R04"""

    instead = _OTHERWISE

    request_id: int
    is_default: bool | None = None
    kind: str | None = None
    control_id: str | None = None

    def v21(self) -> Request:
        """GetDERControl"""
        asked = given(isDefault=self.is_default, controlType=self.kind, controlId=self.control_id)
        return Request("GetDERControl", {"requestId": self.request_id, **asked})


@dataclass(frozen=True, kw_only=True)
class ClearControls(Ask):
    """Take controls away: default or scheduled ones, all, of one type, or one. R04"""

    instead = _OTHERWISE

    is_default: bool = False
    kind: str | None = None
    control_id: str | None = None

    def v21(self) -> Request:
        """ClearDERControl"""
        asked = given(controlType=self.kind, controlId=self.control_id)
        return Request("ClearDERControl", {"isDefault": self.is_default, **asked})


@dataclass(frozen=True, kw_only=True)
class Signal(Ask):
    """A value of the curve that the charger's schedule has for frequency regulation. Q07"""

    instead = _OTHERWISE

    value: int
    at: datetime

    def v21(self) -> Request:
        """AFRRSignal"""
        return Request("AFRRSignal", {"timestamp": wire(self.at), "signal": self.value})


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What plain settings have in common; only a default one has neither begin nor end."""

    control_id: str
    is_default: bool
    priority: int = 0
    start: datetime | None = None
    seconds: float | None = None

    def limit_max_discharge(self, percent: float) -> dict[str, Any]:
        """At most so much of the power that the car can discharge with."""
        return self._control("limitMaxDischarge", {"pctMaxDischargePower": percent})

    def fixed_power_factor(self, displacement: float, *, absorb: bool) -> dict[str, Any]:
        """A fixed cos phi while discharging (inject) or charging (absorb)."""
        setting = {"displacement": displacement, "excitation": absorb}
        return self._control("fixedPFAbsorb" if absorb else "fixedPFInject", setting)

    def fixed_var(self, percent: float) -> dict[str, Any]:
        """A fixed share of the reactive power that it can do."""
        return self._control("fixedVar", {"setpoint": percent, "unit": "PctMaxVar"})

    def _control(self, member: str, setting: Mapping[str, Any]) -> dict[str, Any]:
        span = given(startTime=wire(self.start) if self.start else None, duration=self.seconds)
        return {
            "isDefault": self.is_default,
            "controlId": self.control_id,
            "controlType": SETTINGS[member],
            member: {"priority": self.priority, **setting, **span},
        }


@dataclass(frozen=True)
class Control:
    """A control that a charger has, as it tells it. Null where the standard tells nothing of it."""

    control_id: str
    kind: str
    is_default: bool | None
    superseded: bool | None
    setting: dict[str, Any]


def told(parts: Iterable[Mapping[str, Any]]) -> list[Control]:
    """The controls in what ReportDERControl brought, whatever it holds."""
    return [control for part in parts for control in _of(part)]


def _of(part: Mapping[str, Any]) -> Iterator[Control]:
    for member, kind in SETTINGS.items():
        found = part.get(member)
        for entry in found if isinstance(found, list) else []:
            if isinstance(entry, dict):
                setting = entry.get(_INSIDE.get(member, member))
                yield Control(
                    str(entry.get("id", "")),
                    kind or str(entry.get("curveType", "")),
                    _truth(entry.get("isDefault")),
                    _truth(entry.get("isSuperseded")),
                    setting if isinstance(setting, dict) else {},
                )


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def superseded(answer: Mapping[str, Any]) -> list[str]:
    """The ids of the controls that another one has taken the place of."""
    found = answer.get("supersededIds")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def problems(control: Any) -> list[Violation]:
    """What is wrong with a control by the official schema."""
    judge = schemas.judge(Version.V21, "SetDERControl")
    return judge.violations(control) if judge else []
