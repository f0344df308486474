"""What goes wrong: the server's own downtimes, connections that are lost, EVSEs that break or are maintained."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.names import FAULTS, Fault
from cpoctl.simulator.history.network import Charger, Evse
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, HOUR, MINUTE

YEAR = 365 * DAY
CRASHED = "the server ended"
STOPPED = "the server stops"
LOST = ("silent", "no answer to a ping")
MAINTENANCE = Fault("NoError", "maintenance", "", 3.0, 0, "Other")


@dataclass(frozen=True, slots=True)
class Run:
    """A running period of the server; not `clean`: it crashed, and noticed nothing."""

    begin: int
    end: int
    clean: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection period of a charger, and how it ended."""

    begin: int
    end: int
    code: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Broken:
    """For how long an EVSE served nobody, and why."""

    begin: int
    end: int
    fault: Fault

    @property
    def status(self) -> str:
        """What the EVSE says of itself."""
        return "Unavailable" if self.fault is MAINTENANCE else "Faulted"


@dataclass(frozen=True, slots=True)
class Link:
    """A charger's connections, and the times between them."""

    periods: list[Connection]
    away: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)

    @property
    def since(self) -> int:
        """The first contact."""
        return self.periods[0].begin

    def heard(self, at: int) -> int:
        """When the server hears what the charger says at a time: at once, or when it is back."""
        place = bisect_right(self.away, at) - 1
        return self.back[place] + 2 if place >= 0 and at < self.back[place] else at + 1

    def held(self, begin: int, end: int) -> bool:
        """Whether it was connected all the time from one instant to another."""
        return bisect_right(self.away, end + 1) == bisect_right(self.back, begin)

    def returns(self, begin: int, end: int) -> list[int]:
        """When it connected anew in a time."""
        return self.back[bisect_right(self.back, begin) : bisect_right(self.back, end)]


def runs(scale: Scale) -> list[Run]:
    """The server's running periods: now and then it is updated, or falls."""
    dice, at = rolling("server", scale.seed), scale.begin
    found: list[Run] = []
    while at < scale.end:
        end = at + int(dice.expovariate(9 / YEAR)) + HOUR
        if end + HOUR >= scale.end:
            found.append(Run(at, scale.end, clean=True))
            break
        clean = dice.random() < 0.7
        found.append(Run(at, end, clean))
        at = end + int(dice.uniform(1, 15) * MINUTE if clean else dice.lognormvariate(math.log(40), 0.8) * MINUTE)
    return found


def link(charger: Charger, every: list[Run], scale: Scale) -> Link:
    """The connections of a charger. Some chargers were built later."""
    dice = rolling("link", scale.seed, charger.charger_id)
    late = dice.random() < 0.08
    first = scale.begin + (int(dice.uniform(0.05, 0.5) * (scale.end - scale.begin)) if late else dice.randrange(5, 60))
    gaps = [gap for gap in sorted(_gaps(every, scale, dice)) if gap[0] > first]
    periods: list[Connection] = []
    begin = first
    for away, back, code, reason in gaps:
        if away <= begin or back >= scale.end:
            continue
        periods.append(Connection(begin, away, code, reason))
        begin = back
    periods.append(Connection(begin, scale.end, 1001, STOPPED))
    return Link(periods, [period.end for period in periods[:-1]], [period.begin for period in periods[1:]])


def _gaps(every: list[Run], scale: Scale, dice: Random) -> Iterator[tuple[int, int, int | None, str | None]]:
    """From when until when it is away, and what the server noticed. The server's downtimes are everybody's."""
    downs = [(before.end, after.begin, before.clean) for before, after in pairwise(every)]
    for down, up, clean in downs:
        yield down, up + dice.randrange(3, 90), 1001 if clean else None, STOPPED if clean else CRASHED
    for rate, median_s, spread in ((12, 6, 0.4), (18, 8 * MINUTE, 1.0), (1.5, 7 * HOUR, 0.7)):
        at = float(scale.begin)
        while (at := at + dice.expovariate(rate / YEAR)) < scale.end:
            begin, end = int(at), int(at + dice.lognormvariate(math.log(median_s), spread)) + 1
            if any(down - 2 * HOUR < end and begin < up + HOUR for down, up, _ in downs):
                continue  # one trouble at a time
            short = median_s < MINUTE
            yield begin, end, 1006 if short else None, None if short else dice.choice(LOST)


def broken(evse: Evse, scale: Scale) -> list[Broken]:
    """When an EVSE was out of order, in order, each a while after the one before."""
    dice = rolling("faults", scale.seed, evse.charger.charger_id, evse.evse_id)
    found: list[Broken] = []
    at = float(scale.begin)
    while (at := at + dice.expovariate(5.5 / YEAR)) < scale.end - HOUR:
        fault = MAINTENANCE if dice.random() < 0.15 else dice.choices(FAULTS, [fault.weight for fault in FAULTS])[0]
        end = int(at + dice.lognormvariate(math.log(fault.hours), 0.6) * HOUR) + MINUTE
        if end < scale.end:
            found.append(Broken(int(at), end, fault))
        at = end + HOUR
    return found
