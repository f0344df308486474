"""Metering: what a charger's sampled values say, one sample a time and context.

Energy in Wh, power in W, current in A, voltage in V, state of charge in percent. What has no column,
and every value of a single phase, is kept as sent in `other`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Protocol

ENERGY = "Energy.Active.Import.Register"  # the measurand when none is given, OCPP 1.6 §7.44
_COLUMNS = {
    ENERGY: "energy_wh",
    "Power.Active.Import": "power_w",
    "Current.Import": "current_a",
    "Voltage": "voltage_v",
    "SoC": "soc_percent",
}
_SCALE = {
    "energy_wh": {None: 1.0, "Wh": 1.0, "kWh": 1000.0},
    "power_w": {None: 1.0, "W": 1.0, "kW": 1000.0},
    "current_a": {None: 1.0, "A": 1.0},
    "voltage_v": {None: 1.0, "V": 1.0},
    "soc_percent": {None: 1.0, "Percent": 1.0},
}
_PHASES: dict[str, Callable[[list[float]], float]] = {
    "energy_wh": sum,
    "power_w": sum,
    "current_a": max,
    "voltage_v": max,
}
_LINES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})
UNREADABLE = "value_unreadable"


class SampledValue(Protocol):
    """One value of a sample, in any version's shape."""

    @property
    def value(self) -> str | None: ...
    @property
    def context(self) -> str | None: ...
    @property
    def format(self) -> str | None: ...
    @property
    def measurand(self) -> str | None: ...
    @property
    def phase(self) -> str | None: ...
    @property
    def location(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...


@dataclass(slots=True)
class Sample:
    """All values of one sample time and context."""

    timestamp_raw: str
    context: str
    energy_wh: float | None = None
    power_w: float | None = None
    current_a: float | None = None
    voltage_v: float | None = None
    soc_percent: float | None = None
    other: list[dict[str, Any]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def samples(timestamp_raw: str, values: Sequence[SampledValue]) -> Iterable[Sample]:
    """Sort one MeterValue's sampled values into a sample for each context."""
    found: dict[str, Sample] = {}
    phases: dict[tuple[str, str], list[float]] = {}
    for value in values:
        context = value.context or ""
        sample = found.get(context)
        if sample is None:
            sample = found[context] = Sample(timestamp_raw, context)
        _take(value, sample, phases)
    for (context, column), readings in phases.items():
        # A total that the charger gives wins over one made of phases (FIELD-NOTES 38).
        if getattr(found[context], column) is None:
            setattr(found[context], column, _PHASES[column](readings))
    return found.values()


def _take(value: SampledValue, sample: Sample, phases: dict[tuple[str, str], list[float]]) -> None:
    column = _COLUMNS.get(value.measurand or ENERGY)
    scale = _SCALE[column].get(value.unit) if column else None
    if column is None or scale is None or value.format == "SignedData" or value.location not in (None, "Outlet"):
        sample.other.append(_as_sent(value))
        return
    reading = number(value.value)
    if reading is None:
        sample.other.append(_as_sent(value))
        sample.flags.append(UNREADABLE)
    elif value.phase is None:
        setattr(sample, column, reading * scale)
    else:
        sample.other.append(_as_sent(value))
        if value.phase in _LINES and column in _PHASES:
            phases.setdefault((sample.context, column), []).append(reading * scale)


def number(text: str | None) -> float | None:
    """A finite number in a charger's text, or None (some send blanks or words)."""
    try:
        reading = float(text.strip()) if text else None
    except ValueError:
        return None
    return reading if reading is not None and isfinite(reading) else None


def _as_sent(value: SampledValue) -> dict[str, Any]:
    names = ("value", "context", "format", "measurand", "phase", "location", "unit")
    return {name: sent for name in names if (sent := getattr(value, name)) is not None}


def energy(start_wh: float | None, stop_wh: float | None) -> tuple[float | None, str | None]:
    """Energy between two register readings, with a flag instead of a negative or invented figure (V-06)."""
    if start_wh is None or stop_wh is None:
        return None, "meter_missing"
    if stop_wh < start_wh:
        return None, "meter_regressed"
    return stop_wh - start_wh, None
