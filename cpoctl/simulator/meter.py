"""Meter values as 1.6 writes them: a reading becomes the sampled values that the settings ask for. 1.6 §7.33, §9.1.5"""

from collections.abc import Iterator
from typing import Any

from cpoctl.simulator.car import Reading

Sample = dict[str, str]

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
)


def meter_value(reading: Reading, at: str, measurands: list[str], context: str) -> dict[str, Any]:
    """Write one MeterValue; a charger asked for nothing it has still tells its register."""
    samples = [sample for name in measurands for sample in _samples(name, reading)]
    samples = samples or list(_samples(ENERGY, reading))
    return {"timestamp": at, "sampledValue": [{**sample, "context": context} for sample in samples]}


def _samples(measurand: str, reading: Reading) -> Iterator[Sample]:
    match measurand:
        case "Energy.Active.Import.Register":
            yield _sample(measurand, str(round(reading.register_wh)), "Wh", location="Outlet")
        case "Power.Active.Import":
            yield _sample(measurand, f"{reading.power_w:.0f}", "W")
        case "Power.Offered":
            yield _sample(measurand, f"{reading.offered_w:.0f}", "W")
        case "Current.Offered":
            yield _sample(measurand, f"{reading.offered_w / sum(reading.volts):.1f}", "A")
        case "Current.Import":
            yield from _phases(measurand, reading.amps, "A", reading, "")
        case "Voltage":
            yield from _phases(measurand, reading.volts, "V", reading, "-N")
        case "Frequency":
            yield {"value": "50.0", "measurand": measurand}  # 1.6 has no unit for it that its schemas agree on
        case "Temperature":
            yield _sample(measurand, f"{24 + reading.power_w / 2_000:.0f}", "Celsius", location="Body")
        case "SoC" if reading.soc is not None:
            yield _sample(measurand, f"{reading.soc * 100:.0f}", "Percent", location="EV")


def _phases(measurand: str, values: tuple[float, ...], unit: str, reading: Reading, to: str) -> Iterator[Sample]:
    if reading.soc is not None:  # DC has no phases
        yield _sample(measurand, f"{values[0]:.1f}", unit)
        return
    for line, value in enumerate(values, start=1):
        yield _sample(measurand, f"{value:.1f}", unit, phase=f"L{line}{to}")


def _sample(measurand: str, value: str, unit: str, **more: str) -> Sample:
    return {"value": value, "measurand": measurand, "unit": unit, **more}
