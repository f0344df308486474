"""Meter values before a version writes them: a reading becomes the samples that the settings ask for. 1.6 §7.33, §9.1.5"""

from collections.abc import Iterator
from dataclasses import dataclass

from cpoctl.simulator.car import Reading

ENERGY = "Energy.Active.Import.Register"
MEASURANDS = (
    ENERGY,
    "Power.Active.Import",
    "Power.Offered",
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "Energy.Active.Export.Register",
    "Power.Active.Export",
)
EXPORTED = MEASURANDS[-2:]


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a meter, with as many decimals as it knows."""

    measurand: str
    value: float
    decimals: int
    unit: str | None
    phase: str | None = None
    location: str | None = None


def samples(reading: Reading, measurands: list[str]) -> list[Sample]:
    """Take what is asked for; a charger asked for nothing that it has still tells its register."""
    found = [sample for name in measurands for sample in _samples(name, reading)]
    return found or list(_samples(ENERGY, reading))


def _samples(measurand: str, reading: Reading) -> Iterator[Sample]:
    match measurand:
        case "Energy.Active.Import.Register":
            yield Sample(measurand, reading.register_wh, 0, "Wh", location="Outlet")
        case "Power.Active.Import":
            yield Sample(measurand, max(reading.power_w, 0.0), 0, "W")
        case "Power.Active.Export":
            yield Sample(measurand, max(-reading.power_w, 0.0), 0, "W")
        case "Energy.Active.Export.Register":
            yield Sample(measurand, reading.export_wh, 0, "Wh", location="Outlet")
        case "Power.Offered":
            yield Sample(measurand, max(reading.offered_w, 0.0), 0, "W")
        case "Current.Offered":
            yield Sample(measurand, max(reading.offered_w, 0.0) / sum(reading.volts), 1, "A")
        case "Current.Import":
            yield from _phases(measurand, tuple(max(amps, 0.0) for amps in reading.amps), "A", reading, "")
        case "Voltage":
            yield from _phases(measurand, reading.volts, "V", reading, "-N")
        case "Frequency":
            yield Sample(measurand, 50.0, 1, None)  # 1.6 has no unit for it that its schemas agree on
        case "Temperature":
            yield Sample(measurand, 24 + reading.power_w / 2_000, 0, "Celsius", location="Body")
        case "SoC" if reading.soc is not None:
            yield Sample(measurand, reading.soc * 100, 0, "Percent", location="EV")


def _phases(measurand: str, values: tuple[float, ...], unit: str, reading: Reading, to: str) -> Iterator[Sample]:
    if reading.soc is not None:  # DC has no phases
        yield Sample(measurand, values[0], 1, unit)
        return
    for line, value in enumerate(values, start=1):
        yield Sample(measurand, value, 1, unit, phase=f"L{line}{to}")
