"""A tariff made ready for pricing: for each dimension the rates that are tried in order, and where periods must be cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from fractions import Fraction
from typing import Final

from cpoctl.domain.tariffs import clocks
from cpoctl.domain.tariffs.clocks import DAY, SECOND
from cpoctl.domain.tariffs.model import Component, Dimension, Element, Reservation, Restrictions, Tariff

Exact = Fraction | int
PER_UNIT: Final = {
    Dimension.ENERGY: 1000,  # a price per kWh, quantities in Wh
    Dimension.TIME: 3600 * SECOND,  # a price per hour, quantities in microseconds
    Dimension.PARKING_TIME: 3600 * SECOND,
    Dimension.FLAT: 1,
}
STEP_UNIT: Final = {Dimension.ENERGY: 1, Dimension.TIME: SECOND, Dimension.PARKING_TIME: SECOND, Dimension.FLAT: 1}


@dataclass(frozen=True, slots=True)
class Now:
    """What restrictions are judged by, at one instant of a charge."""

    day: int
    time: Exact
    wh: Exact
    lasted: Exact
    current: Exact | None
    power: Exact | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Restrictions in the units of pricing: microseconds, Wh, W, days since 1970."""

    time: tuple[int, int] | None
    weekdays: frozenset[int]
    day: tuple[Exact | None, Exact | None]
    wh: tuple[Exact | None, Exact | None]
    lasted: tuple[Exact | None, Exact | None]
    current: tuple[Exact | None, Exact | None]
    power: tuple[Exact | None, Exact | None]

    def hold(self, now: Now) -> bool:
        """Whether all hold at once."""
        return (
            (self.time is None or _within_day(now.time, *self.time))
            and (not self.weekdays or clocks.weekday(now.day) in self.weekdays)
            and _within(now.day, self.day)
            and _within(now.wh, self.wh)
            and _within(now.lasted, self.lasted)
            and _within(now.current, self.current)
            and _within(now.power, self.power)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A component, and the number of its element, with what one unit of its quantity costs."""

    element: int
    component: Component
    net: Fraction
    gross: Fraction
    step: int
    limits: Limits | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The rates of a tariff by what they price; the last of a list has no limits, if any has none."""

    session: dict[Dimension, tuple[Rate, ...]]
    reserved: dict[Dimension, tuple[Rate, ...]]
    expired: dict[Dimension, tuple[Rate, ...]]
    times: tuple[int, ...]  # of the day, at which a restriction may change; none: the clock does not matter
    energies: tuple[Exact, ...]
    durations: tuple[int, ...]
    limited: bool  # whether any rate has limits
    by_power: bool


def planned(tariff: Tariff) -> Plan:
    """Make a tariff ready."""
    numbered = list(enumerate(tariff.elements, 1))
    reserving = [each for each in numbered if each[1].restrictions.reservation is Reservation.RESERVATION]
    expiring = [each for each in numbered if each[1].restrictions.reservation is Reservation.RESERVATION_EXPIRES]
    session = _rates(each for each in numbered if each[1].restrictions.reservation is None)
    reserved = _rates(reserving)
    expired = _rates(expiring + reserving)  # of two that price its time, that of the expiry wins: OCPI 2.2.1 §11.4.3
    used = [rate for rates in (session, reserved, expired) for tried in rates.values() for rate in tried]
    limits = [rate.limits for rate in used if rate.limits]
    return Plan(
        session=session,
        reserved=reserved,
        expired=expired,
        times=_times(limits),
        energies=tuple(sorted({at for each in limits for at in each.wh if at is not None})),
        durations=tuple(sorted({int(at) for each in limits for at in each.lasted if at is not None})),
        limited=bool(limits),
        by_power=any(each.power != (None, None) for each in limits),
    )


def rate(element: int, component: Component, limits: Limits | None = None) -> Rate:
    """A component made ready."""
    net = Fraction(component.price) / PER_UNIT[component.dimension]
    gross = net if component.vat is None else net * (1 + Fraction(component.vat) / 100)
    return Rate(element, component, net, gross, component.step_size * STEP_UNIT[component.dimension], limits)


def _rates(elements: Iterable[tuple[int, Element]]) -> dict[Dimension, tuple[Rate, ...]]:
    found: dict[Dimension, list[Rate]] = {dimension: [] for dimension in Dimension}
    for number, element in elements:
        limits = limits_of(element.restrictions)
        for component in element.components:
            tried = found[component.dimension]
            if not tried or tried[-1].limits is not None:  # behind one that always applies nothing is reached
                tried.append(rate(number, component, limits))
    return {dimension: tuple(tried) for dimension, tried in found.items()}


def limits_of(given: Restrictions) -> Limits | None:
    """Restrictions in the units of pricing; None where there are none."""
    limits = Limits(
        time=span_of_day(given),
        weekdays=frozenset(given.day_of_week),
        day=(
            clocks.day_number(given.start_date.toordinal()) if given.start_date else None,
            clocks.day_number(given.end_date.toordinal()) if given.end_date else None,
        ),
        wh=(_times_of(given.min_kwh, 1000), _times_of(given.max_kwh, 1000)),
        lasted=(_times_of(given.min_duration, SECOND), _times_of(given.max_duration, SECOND)),
        current=(_times_of(given.min_current, 1), _times_of(given.max_current, 1)),
        power=(_times_of(given.min_power, 1000), _times_of(given.max_power, 1000)),
    )
    return None if limits == _NONE else limits


_NONE: Final = Limits(None, frozenset(), *[(None, None)] * 5)


def span_of_day(given: Restrictions) -> tuple[int, int] | None:
    """From when to when of the day in microseconds, the end past midnight if it wraps; None: all day."""
    if given.start_time is None and given.end_time is None:
        return None
    begin = _micros_of_day(given.start_time or time())
    end = _micros_of_day(given.end_time or time()) or DAY  # 00:00 is the end of the day
    return (begin, end if begin <= end else end + DAY)


def _micros_of_day(at: time) -> int:
    return (at.hour * 60 + at.minute) * 60 * SECOND


def _times_of(value: Decimal | int | None, unit: int) -> Exact | None:
    if value is None:
        return None
    exact = Fraction(value) * unit
    return exact.numerator if exact.denominator == 1 else exact


def _times(limits: list[Limits]) -> tuple[int, ...]:
    """The times of day at which one of these may begin or cease to hold."""
    ends = {at % DAY for each in limits if each.time for at in each.time}
    by_day = any(each.weekdays or each.day != (None, None) or each.time for each in limits)
    return tuple(sorted(ends | {0})) if by_day else ()


def _within_day(now: Exact, begin: int, end: int) -> bool:
    return begin <= now < end or now < end - DAY


def _within(value: Exact | None, bounds: tuple[Exact | None, Exact | None]) -> bool:
    """At least the first, below the second; what is not known is within no bound."""
    least, most = bounds
    if least is None and most is None:
        return True
    return value is not None and (least is None or value >= least) and (most is None or value < most)
