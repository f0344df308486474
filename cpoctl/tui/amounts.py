"""Amounts: the power and the energy of many chargers, in the unit that keeps the number short."""

from cpoctl.table import kw, kwh

_MEGA = 1e6


def power(watts: float) -> str:
    """`7.4 kW`, `1.25 MW`."""
    return f"{watts / _MEGA:.2f} MW" if watts >= _MEGA else f"{kw(watts)} kW"


def energy(watt_hours: float) -> str:
    """`12.34 kWh`, `1.25 MWh`."""
    return f"{watt_hours / _MEGA:.2f} MWh" if watt_hours >= _MEGA else f"{kwh(watt_hours)} kWh"
