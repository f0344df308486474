"""What happens to a charger in a day: drivers come, charge and go; now and then something breaks.

A life is a sequence of steps, known before it is lived: the same dice give the same life. A step that does not fit
(no car, out of order, session ended from afar) is passed over, as people shrug and go on.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cpoctl.simulator.car import Car, arriving
from cpoctl.simulator.charger import VirtualCharger

MINUTE = 60.0
HOUR = 3600.0

Deed = Literal[
    "plug in",
    "present tag",
    "suspend",
    "resume",
    "stop",
    "unplug",
    "fault",
    "clear fault",
    "go offline",
    "come back",
    "wait",
]
FAULTS = ("GroundFailure", "OverCurrentFailure", "HighTemperature", "ConnectorLockFailure", "PowerMeterFailure")


@dataclass(frozen=True)
class Step:
    """After some time, somebody does something, or something befalls the charger."""

    after_s: float
    deed: Deed
    connector: int = 1
    tag: str = ""
    car: Car | None = None
    error_code: str = "GroundFailure"


@dataclass(frozen=True)
class Pace:
    """How lively life is: means, in felt seconds."""

    between_visits_s: float = 25 * MINUTE
    stay_s: float = 45 * MINUTE
    between_faults_s: float = 10 * HOUR
    between_outages_s: float = 6 * HOUR

    @classmethod
    def of_sessions(cls, an_hour: float) -> "Pace":
        """So many sessions an hour on each connector; two thirds of the time a car is there."""
        each = HOUR / an_hour
        return cls(between_visits_s=each / 3, stay_s=each * 2 / 3 / 1.1)  # stays are 1.1 times their mean


def visits(dice: random.Random, connector: int, tags: tuple[str, ...], pace: Pace, *, dc: bool) -> Iterator[Step]:
    """Let one driver after the other use a connector, for ever."""
    while True:
        yield Step(dice.expovariate(1 / pace.between_visits_s), "plug in", connector, car=arriving(dice, dc=dc))
        yield Step(dice.uniform(4, 20), "present tag", connector, dice.choice(tags))
        stay = pace.stay_s * dice.uniform(0.4, 1.8)
        if dice.random() < 0.15:  # the car pauses a while, to cool or to please its timer
            yield Step(stay * 0.3, "suspend", connector)
            yield Step(stay * 0.2, "resume", connector)
            stay *= 0.5
        yield Step(stay, "stop", connector)
        yield Step(dice.uniform(10, 4 * MINUTE), "unplug", connector)


def troubles(dice: random.Random, connectors: int, pace: Pace) -> Iterator[Step]:
    """Let connectors break and the line fail, now and then, for ever."""
    while True:
        fault, outage = dice.expovariate(1 / pace.between_faults_s), dice.expovariate(1 / pace.between_outages_s)
        connector = dice.randint(1, connectors)
        if fault < outage:
            yield Step(fault, "fault", connector, error_code=dice.choice(FAULTS))
            yield Step(dice.uniform(5, 25) * MINUTE, "clear fault", connector)
        else:
            yield Step(outage, "go offline")
            yield Step(dice.uniform(2, 15) * MINUTE, "come back")


async def live(charger: VirtualCharger, steps: Iterable[Step]) -> None:
    """Live a life, scripted or random, step by step."""
    for step in steps:
        await charger.time.elapse(step.after_s)
        await _do(charger, step)


async def _do(charger: VirtualCharger, step: Step) -> None:
    outlet = charger.outlets[step.connector]
    match step.deed:
        case "plug in" if outlet.usable and outlet.reservation is None:
            await outlet.plug_in(step.car)
        case "present tag" if outlet.car is not None and outlet.usable and outlet.session is None:
            if await charger.authorize(step.tag) == "Accepted":
                await outlet.start(step.tag)
        case "suspend":
            await outlet.suspend("EV")
        case "resume":
            await outlet.resume()
        case "stop":
            await outlet.stop("Local")
        case "unplug":
            await outlet.unplug()
        case "fault":
            await outlet.fault(step.error_code)
        case "clear fault":
            await outlet.clear_fault()
        case "go offline":
            await charger.go_offline()
        case "come back":
            await charger.dial_again()
        case _:
            pass  # to wait, or what does not fit
