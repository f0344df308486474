"""A charge cut into pieces through which every price is the same. OCPI 2.2.1 §11.4.6"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpoctl.domain.tariffs.clocks import SECOND, WallClock, micros
from cpoctl.domain.tariffs.model import Charge, Kind, Period
from cpoctl.domain.tariffs.plan import Exact, Now, Plan

_HOUR = 3600 * SECOND


@dataclass(slots=True)
class Piece:
    """A part of a period. Instants are microseconds since 1970, energy is Wh."""

    period: Period
    begin: Exact
    end: Exact
    wh_before: Exact  # of the session
    wh: Exact
    since: int  # when the session began, or the reservation
    parked: int  # when this stay after charging began

    def now(self, plan: Plan, clock: WallClock | None) -> Now:
        """What restrictions are judged by as the piece begins."""
        day, time = clock.shows(self.begin) if clock else (0, 0)
        period = self.period
        idle = period.kind is not Kind.CHARGING
        current = 0 if period.current_a is None and idle else period.current_a
        power = self._power() if plan.by_power else None
        return Now(day, time, self.wh_before, self.begin - self.since, current, power)

    def _power(self) -> Exact | None:
        if self.period.power_w is not None:
            return self.period.power_w
        if self.begin == self.end:
            return None
        return Fraction(self.wh * _HOUR, self.end - self.begin)


def pieces(charge: Charge, plan: Plan, stops: Sequence[int], grace: int) -> Iterator[Piece]:
    """Cut at the `stops`, at the plan's energies and durations, and where the grace of a stay ends."""
    wh: Exact = 0
    reserved = session = parked = None
    at: int | None = None
    cuts = bool(stops or plan.energies or plan.durations or grace)
    for period in charge.periods:
        begin, end = micros(period.begin) if at is None else at, micros(period.end)
        _check(period, begin, end, at)
        if period.kind is Kind.RESERVATION:
            since = reserved = begin if reserved is None else reserved
        else:
            since = session = begin if session is None else session
        parked = (begin if parked is None else parked) if period.kind is Kind.PARKING else None
        whole = Piece(period, begin, end, wh, period.energy_wh, since, begin if parked is None else parked)
        yield from _cut(whole, plan, stops, grace) if cuts else (whole,)
        wh, at = wh + period.energy_wh, end


def _check(period: Period, begin: int, end: int, at: int | None) -> None:
    if end < begin or (at is not None and micros(period.begin) != at):
        raise ValueError(f"the period of {period.begin} to {period.end} does not follow the one before it")
    if period.energy_wh < 0 or (period.energy_wh and period.kind is Kind.RESERVATION):
        raise ValueError(f"the period of {period.begin} cannot have taken {period.energy_wh} Wh")


def _cut(whole: Piece, plan: Plan, stops: Sequence[int], grace: int) -> Iterator[Piece]:
    begin, end, before, wh = whole.begin, whole.end, whole.wh_before, whole.wh
    places: set[tuple[Exact, Exact]] = {
        (at, before + Fraction(wh * (at - begin), end - begin) if wh else before)
        for at in _times(whole, plan, stops, grace)
    }
    if wh:
        places |= {
            (begin + Fraction((end - begin) * (at - before), wh), at)
            for at in plan.energies
            if before < at < before + wh
        }
    for at, reached in [*sorted(places), (end, before + wh)]:
        yield Piece(whole.period, begin, at, before, reached - before, whole.since, whole.parked)
        begin, before = at, reached


def _times(whole: Piece, plan: Plan, stops: Sequence[int], grace: int) -> Iterator[int]:
    yield from stops[bisect_right(stops, whole.begin) : bisect_left(stops, whole.end)]
    ends = [whole.since + duration for duration in plan.durations]
    if grace and whole.period.kind is Kind.PARKING:
        ends.append(whole.parked + grace)
    yield from (at for at in ends if whole.begin < at < whole.end)
