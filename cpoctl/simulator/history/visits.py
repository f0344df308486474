"""Who comes to a site, and how it goes: a free EVSE or none, a tag that may charge or not, a charge, an idle tail, a fault."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.curves import Curve, arriving
from cpoctl.simulator.history.network import Charger, Evse, Network, Site
from cpoctl.simulator.history.outages import Broken, Link
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, HOUR, MINUTE

ODD = {
    "regressed": 0.0006,  # the end shows less than the begin
    "kwh": 0.0006,  # samples in kWh, begin and end in Wh
    "no stop": 0.0008,  # the end is never told
    "no end reading": 0.0006,
    "no begin reading": 0.0006,
    "wavers": 0.0010,  # 1 Wh less at the end than in the last sample
}
"""What meters and chargers do wrong, and how often."""
REASONS = ("Local",) * 11 + ("EVDisconnected",) * 7 + ("Remote",) * 2


@dataclass(eq=False, slots=True)
class Visit:
    """A charge, or the try of one. Not `accepted`: the charger began and was told then."""

    evse: Evse
    tag_id: str
    verdict: str
    arrives: int
    starts: int
    stops: int
    leaves: int
    reason: str
    curve: Curve | None = None
    pause: tuple[int, int] | None = None  # our own limit
    odd: str = ""
    app: bool = False
    broke: bool = False
    draw: float = 0.0


@dataclass(eq=False, slots=True)
class Refusal:
    """A tag was held to a reader and may not charge."""

    charger: Charger
    at: int
    tag_id: str
    verdict: str


@dataclass(eq=False, slots=True)
class TurnedAway:
    """Nothing was free. Who came with an app asked for a place all the same."""

    evse: Evse
    at: int
    tag_id: str
    app: bool


@dataclass(eq=False, slots=True)
class Stray:
    """A stop of a transaction that nobody knows."""

    charger: Charger
    at: int
    number: int


Happening = Visit | Refusal | TurnedAway | Stray


@dataclass(eq=False, slots=True)
class _Bay:
    """An EVSE as drivers find it."""

    evse: Evse
    free_from: int
    faults: list[Broken]
    place: int = field(default=0)

    def fault_after(self, at: int) -> Broken | None:
        """The fault that it has then or next."""
        while self.place < len(self.faults) and self.faults[self.place].end <= at:
            self.place += 1
        return self.faults[self.place] if self.place < len(self.faults) else None

    def free(self, at: int) -> bool:
        """Whether somebody can begin."""
        if self.free_from > at:
            return False
        fault = self.fault_after(at)
        return fault is None or fault.begin > at + 2 * MINUTE


class Visits:
    """What happens at one site."""

    def __init__(
        self, site: Site, network: Network, scale: Scale, links: dict[str, Link], faults: dict[Evse, list[Broken]]
    ) -> None:
        self._site, self._network, self._scale = site, network, scale
        self._dice = rolling("visits", scale.seed, site.site_id)
        self._bays = [_Bay(evse, links[evse.charger.charger_id].since + MINUTE, faults[evse]) for evse in site.evses]
        self._fleet = self._dice.choice(sorted(network.fleets)) if network.fleets else None

    def of(self, came: list[int]) -> Iterator[Happening]:
        """Everything, in the order in which drivers came."""
        for at in came:
            free = [bay for bay in self._bays if bay.free(at)]
            if not free:
                bay = self._dice.choice(self._bays)
                yield TurnedAway(bay.evse, at, self._driver(), self._dice.random() < 0.4)
            elif (drawn := self._dice.random()) < 0.012:
                yield self._refused(self._dice.choice(free), at)
            elif drawn < 0.0124:
                yield Stray(free[0].evse.charger, at, self._dice.randrange(10**6, 10**7))
            else:
                bay = self._dice.choice(free)
                if (visit := self._visit(bay, at)).leaves < self._scale.end:
                    bay.free_from = visit.leaves + MINUTE
                    yield visit

    def _driver(self) -> str:
        members = self._network.fleets.get(self._fleet or "", ())
        if members and self._dice.random() < (0.8 if self._site.kind.name == "depot" else 0.05):
            return self._dice.choice(members)
        return self._dice.choice(self._network.drivers)

    def _refused(self, bay: _Bay, at: int) -> Visit | Refusal:
        """A blocked tag, one whose time is over, or a stranger's. Some chargers begin before they ask."""
        dice, tag_id, verdict = self._dice, f"{self._dice.getrandbits(56):014X}", "Invalid"
        if self._network.refused and dice.random() < 0.6:
            tag = dice.choice(self._network.refused)
            if tag.expires is None or tag.expires < at:
                tag_id, verdict = tag.tag_id, "Expired" if tag.expires else "Blocked"
        if dice.random() < 0.5 or not bay.evse.charger.issues:
            return Refusal(bay.evse.charger, at, tag_id, verdict)
        bay.free_from = at + 3 * MINUTE
        return Visit(bay.evse, tag_id, verdict, at, at + 12, at + 17, at + 40, "DeAuthorized")

    def _visit(self, bay: _Bay, at: int) -> Visit:
        dice, kind, dc = self._dice, self._site.kind, bay.evse.charger.dc
        starts = at + dice.randrange(10, 50)
        visit = Visit(bay.evse, self._driver(), "Accepted", at, starts, starts, starts, dice.choice(REASONS))
        visit.app, visit.draw = dice.random() < 0.2, dice.random()
        if dice.random() < 0.015:  # the plug is not locked, the car does not answer
            visit.stops = starts + dice.randrange(15, 90)
            visit.leaves, visit.reason = visit.stops + 20, dice.choice(("EVDisconnected", "Other"))
            return visit
        median = min(kind.stay_h, 0.55) if dc else kind.stay_h
        stay = min(int(dice.lognormvariate(math.log(median), 0.55) * HOUR) + 3 * MINUTE, 3 * DAY)
        visit.curve = arriving(dice, bay.evse.charger.maker.rated_w, dc=dc)
        visit.stops = visit.leaves = starts + stay
        if dc and visit.curve.full_after < stay:  # nobody waits long beside a full car
            visit.leaves = visit.stops = starts + int(visit.curve.full_after + dice.expovariate(1 / (4 * MINUTE))) + 30
        elif dice.random() < 0.08:  # ended at the reader, and left standing
            visit.stops = starts + int(stay * dice.uniform(0.5, 0.95))
        visit.leaves += dice.randrange(5, 90)
        if not dc and stay > 2 * HOUR and dice.random() < 0.06:
            pause = starts + int(min(stay, visit.curve.full_after) * dice.uniform(0.1, 0.9))
            visit.pause = pause, min(pause + dice.randrange(10, 60) * MINUTE, visit.stops)
        visit.odd = self._odd()
        return self._cut(visit, bay)

    def _cut(self, visit: Visit, bay: _Bay) -> Visit:
        """A fault ends what goes on."""
        fault = bay.fault_after(visit.arrives)
        if fault is not None and fault.begin < visit.leaves + MINUTE:
            visit.leaves = fault.begin
            if visit.stops >= fault.begin:
                visit.stops, visit.reason, visit.broke = fault.begin - 1, fault.fault.ends, True
            if visit.pause is not None and visit.pause[1] >= visit.stops:
                visit.pause = None
        return visit

    def _odd(self) -> str:
        drawn = self._dice.random()
        for name, share in ODD.items():
            if drawn < share:
                return name
            drawn -= share
        return ""
