"""How much a car takes over time: full power up to a knee, then less and less, until it is as full as its driver wants it."""

import math
from random import Random

from cpoctl.simulator.car import FAST_MODELS, FULL, MODELS


class Curve:
    """A charge from its begin on. Power in W, energy in Wh; what does not change is reckoned once."""

    __slots__ = ("_battery_wh", "_left", "_power_w", "_rate", "_soc", "_straight", "full_after", "phases")

    def __init__(
        self, *, power_w: float, battery_wh: float, soc: float, goal: float, knee: float, rate: float, phases: int
    ) -> None:
        """`rate` is of the decay past the knee, a second; `phases` 0 is DC."""
        self._power_w, self._battery_wh, self._soc, self._rate = power_w, battery_wh, soc, rate
        self.phases = phases
        self._left = 1 - max(soc, knee)
        self._straight = max(min(goal, knee) - soc, 0.0) * battery_wh * 3600 / power_w
        past = math.log(self._left / (1 - goal)) / rate if goal > knee else 0.0
        self.full_after = self._straight + past
        """The seconds after which it takes no more."""

    def charged(self, seconds: float) -> tuple[float, float, float]:
        """After so long: the energy in Wh, the power in W, and how full the car is."""
        if seconds > self.full_after:
            seconds = self.full_after
        if seconds <= self._straight:
            energy = self._power_w * seconds / 3600
            return energy, self._power_w, self._soc + energy / self._battery_wh
        left = self._left * math.exp(-self._rate * (seconds - self._straight))
        return (1 - left - self._soc) * self._battery_wh, self._rate * left * self._battery_wh * 3600, 1 - left


def arriving(dice: Random, rated_w: float, *, dc: bool) -> Curve:
    """Some car at a charger of this power."""
    car = dice.choice(FAST_MODELS if dc else MODELS)
    power = min(car.max_w, rated_w)
    soc = 0.05 + 0.75 * (dice.random() + dice.random()) / 2
    goal = 0.8 if dc and dice.random() < 0.6 else FULL
    return Curve(
        power_w=power,
        battery_wh=car.battery_wh,
        soc=soc,
        goal=max(goal, min(soc + 0.05, FULL)),
        knee=min(1 - (1 - car.taper_from) * power / car.max_w, FULL),
        rate=car.max_w / ((1 - car.taper_from) * car.battery_wh * 3600),
        phases=car.phases,
    )
