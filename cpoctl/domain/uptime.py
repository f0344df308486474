"""Uptime: what an EVSE was from moment to moment, swept from facts that are never pruned, and what each rule makes of it.

Facts are what it told, when its charger was connected, and when our server ran. What our own absence hides is `unknown`,
never down; before the first contact nothing is in scope. Instants are milliseconds, so that sums are exact.
23 CFR 680.116(b) · UK Public Charge Point Regulations 2023, reg. 7
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from cpoctl.domain import statuses

Interval = tuple[int, int]
UNKNOWN, OFFLINE, FAULTED, UNAVAILABLE = "unknown", "offline", "Faulted", "Unavailable"
SETTLES_MS = 300_000
"""So long after our start a charger may take to come back before it counts as offline."""
YEAR_MS = 525_600 * 60_000
"""The year of 23 CFR 680.116(b), leap years and shorter periods included."""


class Told(NamedTuple):
    """A status that was told: of a connector, or with None of the whole EVSE; `code` is what is wrong."""

    at: int
    connector: int | None
    status: str
    code: str | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of an EVSE. `whole` is what the charger told of all of it (connector 0 of 1.6)."""

    told: Sequence[Told]
    whole: Sequence[Told] = ()
    connected: Sequence[Interval] = ()
    running: Sequence[Interval] = ()
    in_service_from: int = 0


class Stretch(NamedTuple):
    """A time without a change: a status, `offline` or `unknown`."""

    begin: int
    end: int
    state: str
    code: str | None = None


class Profile(NamedTuple):
    """What a rule takes for down, what it leaves out of its measuring, and the year it measures by, if it has its own."""

    down: frozenset[str]
    unmeasured: frozenset[str]
    year_ms: int | None
    excuses: bool
    says: str
    least_w: int = 0
    """From what rated power on it is about an EVSE; one of which none is known is in it."""
    opening_only: bool = False
    """Whether it looks at the opening hours alone."""


PROFILES: Mapping[str, Profile] = {
    "nevi": Profile(
        frozenset({OFFLINE, FAULTED, UNAVAILABLE}), frozenset({UNKNOWN}), YEAR_MS, True,
        "23 CFR 680.116(b): per port, offline is down, excused causes are excluded, a year has 525,600 minutes",
    ),
    "uk-pcpr": Profile(
        frozenset({FAULTED, UNAVAILABLE}), frozenset(), None, False,
        "UK 2023 reg. 7: only out of order and inoperative are unreliable, offline and unknown count as reliable",
        least_w=50_000, opening_only=True,
    ),
    "ocpi-raw": Profile(
        frozenset({OFFLINE, FAULTED, UNAVAILABLE}), frozenset({UNKNOWN}), None, False,
        "the share of time as AVAILABLE, CHARGING or RESERVED in OCPI's words",
    ),
    "tech": Profile(
        frozenset({OFFLINE, FAULTED}), frozenset({UNKNOWN}), None, False,
        "connected and not faulted; put out of service on purpose is not down",
    ),
}  # fmt: skip
CAUSES = ("utility", "vehicle", "maintenance", "vandalism", "disaster", "closed")
"""What is outside the operator's control, in the words of 680.116(b)(3); `closed` is outside the opening hours."""


def sweep(facts: Facts, begin: int, end: int) -> list[Stretch]:
    """What the EVSE was from begin to end, without holes, from its first contact on."""
    if not facts.told:
        return []
    begin = max(begin, facts.in_service_from, min(told.at for told in facts.told))
    known, connected = joined(_known(facts)), joined(facts.connected)
    seen, there = _Walk(known), _Walk(connected)
    states = _States()
    stretches: list[Stretch] = []
    moments = [(told.at, at, told) for at, told in enumerate(facts.told)]
    moments += [(told.at, at, told._replace(connector=-1)) for at, told in enumerate(facts.whole)]
    edges = sorted({begin, end, *(told[0] for told in moments), *(at for one in (*known, *connected) for at in one)})
    moments.sort(key=lambda moment: moment[:2])
    due = 0
    for at, following in pairwise(edges):
        while due < len(moments) and moments[due][0] <= at:
            states.take(moments[due][2])
            due += 1
        if at < begin or at >= end:
            continue
        state, code = states.shown() if there.covers(at) else (OFFLINE, None)
        if not seen.covers(at):
            state, code = UNKNOWN, None
        if stretches and stretches[-1][2:] == (state, code):
            stretches[-1] = stretches[-1]._replace(end=following)
        else:
            stretches.append(Stretch(at, following, state, code))
    return stretches


@dataclass
class _States:
    """What was told last, by connector."""

    connectors: dict[int | None, str] = field(default_factory=dict)
    code: str | None = None
    whole: Told | None = None

    def take(self, told: Told) -> None:
        if told.connector == -1:
            self.whole = told
            return
        if told.connector is None:
            self.connectors.clear()
        else:
            self.connectors.pop(None, None)
        self.connectors[told.connector] = told.status
        self.code = told.code

    def shown(self) -> tuple[str, str | None]:
        """The status of the EVSE; where the whole charger is out of order, so is it."""
        if self.whole is not None and self.whole.status in (FAULTED, UNAVAILABLE):
            return self.whole.status, self.whole.code
        status = statuses.of_evse(self.connectors.values())
        if status == "Unknown":
            return UNKNOWN, None
        return status, self.code if status == FAULTED else None


def _known(facts: Facts) -> Iterator[Interval]:
    """When we would have seen whether the charger is there: while we ran, once it had time to come back."""
    opened = sorted(begin for begin, _ in facts.connected)
    for begin, end in facts.running:
        at = bisect_left(opened, begin)
        back = min(opened[at] if at < len(opened) else end, begin + SETTLES_MS)
        if back < end:
            yield back, end


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in intervals that do not touch."""
    found: list[Interval] = []
    for begin, end in sorted(intervals):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        elif end > begin:
            found.append((begin, end))
    return found


class _Walk:
    """Intervals that do not touch, asked of one moment after another."""

    def __init__(self, apart: Sequence[Interval]) -> None:
        self._apart = apart
        self._place = 0

    def covers(self, at: int) -> bool:
        """Whether a moment, no earlier than the one before, lies in any."""
        apart = self._apart
        while self._place < len(apart) and apart[self._place][1] <= at:
            self._place += 1
        return self._place < len(apart) and apart[self._place][0] <= at


class Outage(NamedTuple):
    """A time in which an EVSE was down, whatever made it so; `state` and `code` are of its begin."""

    begin: int
    end: int
    down_ms: int
    state: str
    code: str | None


def outages(stretches: Sequence[Stretch], profile: Profile) -> list[Outage]:
    """The outages. One that goes on after a time of which nothing is known is the same one; that time is not down."""
    found: list[Outage] = []
    joins = False
    for stretch in stretches:
        if stretch.state in profile.down:
            length = stretch.end - stretch.begin
            if joins:
                found[-1] = found[-1]._replace(end=stretch.end, down_ms=found[-1].down_ms + length)
            else:
                found.append(Outage(stretch.begin, stretch.end, length, stretch.state, stretch.code))
            joins = True
        elif stretch.state != UNKNOWN:
            joins = False
    return found


@dataclass(frozen=True)
class Tally:
    """What a rule makes of a time, in milliseconds. `scope_ms` is what it measures; excused time is down, and excluded."""

    scope_ms: int
    down_ms: int
    excluded_ms: int
    unknown_ms: int
    offline_ms: int
    faulted_ms: int
    unavailable_ms: int
    outages: int
    longest_ms: int

    def percent(self, profile: Profile) -> float | None:
        """The uptime; None where nothing was measured."""
        whole = profile.year_ms or self.scope_ms
        if not self.scope_ms:
            return None
        return round(100 * (whole - (self.down_ms - self.excluded_ms)) / whole, 4)


def tally(stretches: Sequence[Stretch], profile: Profile, excused: Iterable[Interval] = ()) -> Tally:
    """Add a sweep up."""
    lengths: dict[str, int] = {}
    for stretch in stretches:
        lengths[stretch.state] = lengths.get(stretch.state, 0) + stretch.end - stretch.begin
    down = [(stretch.begin, stretch.end) for stretch in stretches if stretch.state in profile.down]
    found = outages(stretches, profile)
    return Tally(
        scope_ms=sum(length for state, length in lengths.items() if state not in profile.unmeasured),
        down_ms=sum(end - begin for begin, end in down),
        excluded_ms=overlap(down, joined(excused)) if profile.excuses else 0,
        unknown_ms=lengths.get(UNKNOWN, 0),
        offline_ms=lengths.get(OFFLINE, 0),
        faulted_ms=lengths.get(FAULTED, 0),
        unavailable_ms=lengths.get(UNAVAILABLE, 0),
        outages=len(found),
        longest_ms=max((outage.down_ms for outage in found), default=0),
    )


def added(tallies: Sequence[Tally]) -> Tally:
    """Several EVSEs as one."""
    sums = {name: sum(getattr(one, name) for one in tallies) for name in Tally.__dataclass_fields__}
    return Tally(**sums | {"longest_ms": max((one.longest_ms for one in tallies), default=0)})


def clipped(stretches: Iterable[Stretch], apart: Sequence[Interval]) -> list[Stretch]:
    """What of the stretches lies in the intervals, which do not touch each other."""
    found = []
    for stretch in stretches:
        since, until = stretch.begin, stretch.end
        for begin, end in apart:
            if begin <= since and until <= end:  # nearly all of them, where there is one interval
                found.append(stretch)
            elif max(since, begin) < min(until, end):
                found.append(stretch._replace(begin=max(since, begin), end=min(until, end)))
    return found


def between(apart: Sequence[Interval], begin: int, end: int) -> list[Interval]:
    """What of a time the intervals, which lie in it, leave."""
    edges = [begin, *(at for interval in apart for at in interval), end]
    return [(left, right) for left, right in zip(edges[::2], edges[1::2], strict=True) if left < right]


def overlap(some: Iterable[Interval], apart: Sequence[Interval]) -> int:
    """How much of the one lies in the other, which do not touch each other."""
    return sum(
        max(0, min(end, until) - max(begin, since)) for begin, end in some for since, until in apart if since < end
    )
