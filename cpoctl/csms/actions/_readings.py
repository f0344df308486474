"""Readings of OCPP 2.x in the plain shape that `domain.metering` sorts: a number with its unit's power of ten applied."""

from collections.abc import Sequence

import msgspec

from cpoctl.csms.metering import text
from cpoctl.ocpp import v2

_SIGNED = "SignedData"
_POWER_MOST = 24  # beyond yotta nobody measures, and a hostile power would cost the memory of its digits


class Value(msgspec.Struct, frozen=True, gc=False):
    """One sampled value; a struct because most messages are made of them, and nothing is made faster."""

    value: str | float | None
    context: str | None
    format: str | None
    measurand: str | None
    phase: str | None
    location: str | None
    unit: str | None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """All sampled values of one time."""

    timestamp: str | None
    sampled_value: list[Value]


def plain(readings: Sequence[v2.MeterValue]) -> list[Reading]:
    """The readings of a message."""
    return [Reading(reading.timestamp, _values(reading.sampled_value)) for reading in readings]


def _values(sent: Sequence[v2.SampledValue]) -> list[Value]:
    """The values and, where the meter has signed them, the signed data as it came."""
    values = []
    for each in sent:
        value, unit, of_unit = each.value, None, each.unit_of_measure
        if of_unit is not None:
            unit = of_unit.unit
            if of_unit.multiplier and value is not None:
                value = scaled(value, of_unit.multiplier)
        values.append(Value(value, each.context, None, each.measurand, each.phase, each.location, unit))
        if each.signed_meter_value is not None:
            signed = text(each.signed_meter_value)
            values.append(Value(signed, each.context, _SIGNED, each.measurand, each.phase, each.location, unit))
    return values


def scaled(value: float, power: int) -> float | None:
    """The value times ten to the power; None where no meter can have meant it."""
    if abs(power) > _POWER_MOST:
        return None
    return value * 10.0**power
