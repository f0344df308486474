"""The cast of the scene: fourteen invented chargers, what they count, and how cars charge."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cpoctl.ocpp import Version
from tests.support.raw_charger import RawCharger

_ALPEN = {"vendorName": "Alpenstrom", "model": "Gipfel 300", "firmwareVersion": "3.4.1"}
_NORD = {"chargePointVendor": "Nordwatt", "chargePointModel": "Terrasse 184", "firmwareVersion": "1.8.4"}
_KESTREL = {"chargePointVendor": "Kestrel", "chargePointModel": "K22", "firmwareVersion": "6.12.0"}

Curve = Callable[[float], float]


@dataclass
class Actor:
    """One charger of the story: its end of the wire, and what it counts."""

    name: str
    make: dict[str, Any]
    site: str
    floor: str
    connectors: int = 1
    wire: RawCharger | None = None
    calls: int = 0
    registers: dict[int, float] = field(default_factory=dict)

    @property
    def version(self) -> Version:
        """What it speaks."""
        return Version.V201 if self.make is _ALPEN else Version.V16


def cast() -> list[Actor]:
    return [
        Actor("DEPOT-01", _ALPEN, "depot", "bay 1", 2),
        Actor("DEPOT-02", _ALPEN, "depot", "bay 2", 2),
        Actor("DEPOT-03", _ALPEN, "depot", "bay 3", 2),
        Actor("HARBOUR-1", _NORD, "harbour", "pier", 2),
        Actor("HARBOUR-2", _NORD, "harbour", "pier", 2),
        Actor("HARBOUR-3", _NORD, "harbour", "lot", 2),
        Actor("MALL-01", _KESTREL, "mall", "P1"),
        Actor("MALL-02", _KESTREL, "mall", "P1"),
        Actor("MALL-03", _KESTREL, "mall", "P1"),
        Actor("MALL-04", _KESTREL, "mall", "P1"),
        Actor("MALL-05", _KESTREL, "mall", "P2"),
        Actor("MALL-06", _KESTREL, "mall", "P2"),
        Actor("OFFICE-1", _KESTREL, "hq", "garage"),
        Actor("OFFICE-2", _KESTREL, "hq", "garage"),
    ]


def fast(peak: float, taper_from: float = 25) -> Curve:
    """Direct current: quickly up, then less and less as the battery fills."""
    return lambda minute: min(peak, 30 + 40 * minute) * (1 if minute < taper_from else 0.97 ** (minute - taper_from))


def steady(power: float) -> Curve:
    """Alternating current: all that the car's own charger takes."""
    return lambda minute: min(power, 4 + 8 * minute)


@dataclass
class Charge:
    """One session, as its charger counts it."""

    actor: Actor
    number: int
    tag: str
    soc: float | None
    register: float = 0
    transaction: str = ""
    steps: int = 0

    @property
    def battery_kwh(self) -> float:
        """What a battery holds: that of a bus or of a car."""
        return 380 if self.tag.startswith("BUS") else 90

    @property
    def plugged(self) -> str:
        """The word for a car at the cable."""
        return "Preparing" if self.actor.version is Version.V16 else "Occupied"

    def values(self, kw: float, context: str) -> list[dict[str, Any]]:
        """A reading: the register, the power, and how full the battery is."""
        register = {"value": round(self.register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
        power = {"value": round(kw * 1000), "measurand": "Power.Active.Import", "unit": "W"}
        soc = [{"value": round(self.soc), "measurand": "SoC", "unit": "Percent"}] if self.soc is not None else []
        return [{**value, "context": context} for value in (register, power, *soc)]
