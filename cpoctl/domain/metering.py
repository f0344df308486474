"""Metering: what a charger's sampled values say, one sample a time and context.

Energy in Wh, power in W, current in A, voltage in V, state of charge in percent. What has no column,
and every value of a single phase, is kept as sent in `other`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

ENERGY, POWER, CURRENT, VOLTAGE, SOC = range(5)
"""Where a reading stands in `Sample.readings`."""

_REGISTER = "Energy.Active.Import.Register"  # the measurand when none is given, OCPP 1.6 §7.44
_UNITS: dict[str, tuple[int, dict[str | None, float]]] = {
    _REGISTER: (ENERGY, {None: 1.0, "Wh": 1.0, "kWh": 1000.0}),
    "Power.Active.Import": (POWER, {None: 1.0, "W": 1.0, "kW": 1000.0}),
    "Current.Import": (CURRENT, {None: 1.0, "A": 1.0}),
    "Voltage": (VOLTAGE, {None: 1.0, "V": 1.0}),
    "SoC": (SOC, {None: 1.0, "Percent": 1.0}),
}
_PLACES = {
    (measurand, unit): (place, scale)
    for measurand, (place, units) in [*_UNITS.items(), (None, _UNITS[_REGISTER])]
    for unit, scale in units.items()
}
# A total that the charger gives wins over one made of phases (FIELD-NOTES 38).
_OF_PHASES: dict[int, Callable[[list[float]], float]] = {ENERGY: sum, POWER: sum, CURRENT: max, VOLTAGE: max}
_PLAIN = (None, "Raw")
_OUTLET = (None, "Outlet")
_Kind = tuple[str | None, str | None, str | None, str | None, str | None]
_COLUMNS: dict[_Kind, tuple[int, float]] = {
    (*named, None, None, plain): place for named, place in _PLACES.items() for plain in _PLAIN
}
"""Where a value goes that is simply the reading of a column: by measurand, unit, phase, location and format."""
_LINES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})
_HUGE = 1e300
UNREADABLE = "value_unreadable"


class SampledValue(Protocol):
    """One value of a sample, in any version's shape."""

    @property
    def value(self) -> str | float | None: ...
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


class Sample:
    """All values of one sample time and context."""

    __slots__ = ("context", "flags", "other", "phases", "readings", "timestamp_raw")

    def __init__(self, timestamp_raw: str, context: str) -> None:
        self.timestamp_raw = timestamp_raw
        self.context = context
        self.readings: list[float | None] = [None, None, None, None, None]
        # Nearly no sample needs these, and every sample is made on the way of a frame.
        self.other: list[dict[str, Any]] | None = None
        self.flags: list[str] | None = None
        self.phases: dict[int, list[float]] | None = None


def samples(timestamp_raw: str, values: Sequence[SampledValue]) -> list[Sample]:
    """Sort one MeterValue's sampled values into a sample for each context."""
    found: list[Sample] = []
    sample = readings = told = None
    for value in values:
        if sample is None or readings is None or value.context != told:
            told = value.context
            sample = _sample_of(found, timestamp_raw, told or "")
            readings = sample.readings
        place = _COLUMNS.get((value.measurand, value.unit, value.phase, value.location, value.format))
        if place is None:
            _take_aside(value, _PLACES.get((value.measurand, value.unit)), sample)
            continue
        try:
            reading = float(value.value) if value.value is not None else _HUGE
        except ValueError:
            reading = _HUGE
        if -_HUGE < reading < _HUGE:
            readings[place[0]] = reading * place[1]
        else:
            _take_aside(value, place, sample)
    for sample in found:
        if sample.phases is not None:
            _sum_up(sample, sample.phases)
    return found


def register_wh(value: float | None, measurand: str | None, unit: str | None, location: str | None) -> float | None:
    """The energy register, if that is what a value without a phase is; no sample is made for it."""
    if value is None or location not in _OUTLET:
        return None
    place, scale = _PLACES.get((measurand, unit), (None, 0.0))
    return value * scale if place == ENERGY else None


def _sample_of(found: list[Sample], timestamp_raw: str, context: str) -> Sample:
    for sample in found:
        if sample.context == context:
            return sample
    found.append(Sample(timestamp_raw, context))
    return found[-1]


def _sum_up(sample: Sample, phases: dict[int, list[float]]) -> None:
    for column, figures in phases.items():
        if sample.readings[column] is None:
            sample.readings[column] = _OF_PHASES[column](figures)


def _take_aside(value: SampledValue, place: tuple[int, float] | None, sample: Sample) -> None:
    """Keep a value that is not simply the reading of a column."""
    reading = number(value.value)
    usable = place is not None and value.format in _PLAIN and value.location in _OUTLET
    if place is not None and usable and reading is not None and value.phase is None:
        sample.readings[place[0]] = reading * place[1]
        return
    if sample.other is None:
        sample.other = []
    sample.other.append(_as_sent(value))
    if place is None or not usable:
        return
    if reading is None:
        sample.flags = [*(sample.flags or ()), UNREADABLE]
    elif value.phase in _LINES and place[0] in _OF_PHASES:
        if sample.phases is None:
            sample.phases = {}
        sample.phases.setdefault(place[0], []).append(reading * place[1])


def number(told: str | float | None) -> float | None:
    """A finite number as a charger tells it, or None (some send blanks or words)."""
    try:
        reading = float(told) if told is not None else _HUGE
    except ValueError:
        return None
    return reading if -_HUGE < reading < _HUGE else None  # neither infinite nor NaN


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
