"""A car on the cable: how much power it draws, and what the meter sees.

The curve is exact and depends on time alone: a ramp, constant power up to the taper, then exponential decay.
Charging for a minute and a minute more gives what two minutes give.
"""

import math
import random
from dataclasses import dataclass, replace

RAMP_S = 8
FULL = 0.99
RESERVE = 0.2
MIN_AMPS = 6.0
"""Below 6 A a car on AC pauses (IEC 61851)."""
MAINS_V = 230.0


@dataclass(frozen=True)
class Car:
    """A car and how far it has charged."""

    model: str = "compact"
    battery_wh: float = 60_000
    max_w: float = 11_040
    phases: int = 3
    """1 to 3 on AC, 0 on DC."""
    taper_from: float = 0.8
    soc: float = 0.35
    energy_wh: float = 0.0
    charging_s: float = 0.0
    """How long it has charged since it last began to."""

    @property
    def dc(self) -> bool:
        return self.phases == 0

    @property
    def full(self) -> bool:
        return self.soc >= FULL - 1e-9

    def power_w(self, limit_w: float = math.inf) -> float:
        """Tell the power drawn now under a limit."""
        cap = self._cap(limit_w)
        if self.full or cap <= 0:
            return 0.0
        ramp = self.max_w * min(1.0, (math.floor(self.charging_s) + 1) / RAMP_S)
        return min(cap, ramp, self._taper_w())

    def charged(self, seconds: float, limit_w: float = math.inf) -> "Car":
        """Give the car after charging for some time under a limit."""
        car = self
        if self._cap(limit_w) <= 0:
            return car.paused()
        while seconds > 0 and car.charging_s < RAMP_S:
            step = min(seconds, math.floor(car.charging_s) + 1 - car.charging_s)
            car = car._gained(car.power_w(limit_w) * step / 3600, step)
            seconds -= step
        return car._settled(seconds, limit_w) if seconds > 0 else car

    def discharged(self, seconds: float, watts: float) -> "Car":
        """Give the car after it has given back energy; it keeps what it needs to drive home. OCPP 2.1 Q"""
        wh = min(min(watts, self.max_w) * seconds / 3600, max(self.soc - RESERVE, 0) * self.battery_wh)
        soc = self.soc - wh / self.battery_wh
        return replace(self, soc=soc, energy_wh=self.energy_wh - wh, charging_s=0.0)

    def paused(self) -> "Car":
        """Give the car as it waits: the next charge ramps up again."""
        return replace(self, charging_s=0.0)

    def seconds_to(self, wh: float, limit_w: float = math.inf, within: float = 86_400) -> float:
        """Tell how long it takes to charge so much more, `within` if it takes longer."""
        goal = self.energy_wh + wh
        if self.charged(within, limit_w).energy_wh < goal:
            return within
        low, high = 0.0, within
        while high - low > 1e-3:
            middle = (low + high) / 2
            low, high = (low, middle) if self.charged(middle, limit_w).energy_wh >= goal else (middle, high)
        return high

    def _cap(self, limit_w: float) -> float:
        if not self.dc and limit_w < MIN_AMPS * MAINS_V * self.phases:
            return 0.0
        return min(self.max_w, limit_w)

    def _taper_w(self) -> float:
        return self.max_w * (1 - self.soc) / (1 - self.taper_from)

    def _settled(self, seconds: float, limit_w: float) -> "Car":
        """Charge past the ramp: a straight line up to the knee, exponential decay after it."""
        cap = self._cap(limit_w)
        knee = min(1 - (1 - self.taper_from) * cap / self.max_w, FULL)
        straight = min(seconds, max(knee - self.soc, 0) * self.battery_wh * 3600 / cap)
        soc = self.soc + straight * cap / 3600 / self.battery_wh
        rate = self.max_w / ((1 - self.taper_from) * self.battery_wh * 3600)
        if seconds > straight:
            soc = 1 - (1 - soc) * math.exp(-rate * (seconds - straight))
        return self._gained((min(soc, FULL) - self.soc) * self.battery_wh, seconds)

    def _gained(self, wh: float, seconds: float) -> "Car":
        wh = min(max(wh, 0.0), max(FULL - self.soc, 0) * self.battery_wh)
        return replace(
            self,
            soc=self.soc + wh / self.battery_wh,
            energy_wh=self.energy_wh + wh,
            charging_s=self.charging_s + seconds,
        )


@dataclass(frozen=True)
class Reading:
    """What a meter shows at one moment."""

    register_wh: float
    power_w: float
    offered_w: float
    volts: tuple[float, ...]
    amps: tuple[float, ...]
    soc: float | None
    """Only DC chargers know it."""
    export_wh: float = 0.0


def reading(car: Car | None, register_wh: float, power_w: float, offered_w: float, noise: random.Random) -> Reading:
    """Read the meter: voltages wander a little, currents follow from power, which is negative while it flows back."""
    if car is not None and car.dc:
        volts = 350 + 80 * car.soc + noise.gauss(0, 0.4)
        return Reading(register_wh, power_w, offered_w, (volts,), (power_w / volts,), car.soc)
    phases = car.phases if car is not None else 3
    # the mains sag a little under load
    mains = tuple(MAINS_V - power_w / 11_000 + noise.gauss(0, 0.7) for _ in range(phases))
    return Reading(register_wh, power_w, offered_w, mains, tuple(power_w / phases / volts for volts in mains), None)


MODELS = (
    Car("city", battery_wh=36_000, max_w=7_360, phases=1, taper_from=0.85),
    Car("compact", battery_wh=58_000, max_w=11_040, phases=3, taper_from=0.82),
    Car("estate", battery_wh=77_000, max_w=11_040, phases=3, taper_from=0.85),
    Car("van", battery_wh=90_000, max_w=22_080, phases=3, taper_from=0.8),
    Car("hybrid", battery_wh=12_000, max_w=3_680, phases=1, taper_from=0.9),
)
FAST_MODELS = (
    Car("compact", battery_wh=58_000, max_w=100_000, phases=0, taper_from=0.55),
    Car("tourer", battery_wh=93_000, max_w=150_000, phases=0, taper_from=0.6),
)


def arriving(dice: random.Random, *, dc: bool) -> Car:
    """Pick a car as it arrives, more or less empty."""
    return replace(dice.choice(FAST_MODELS if dc else MODELS), soc=dice.uniform(0.08, 0.65))


def with_room_for(car: Car, wh: float) -> Car:
    """Give a car whose battery takes at least so much before it tapers."""
    room = max(car.taper_from - car.soc, 0.1)
    return car if car.battery_wh * room >= wh else replace(car, battery_wh=wh / room * 1.05)
