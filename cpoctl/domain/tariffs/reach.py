"""Which elements of a tariff can apply at all: judged on every instant at which any restriction may change.

Each bound belongs to what it begins, so that looking at all the bounds, in all their combinations, looks at everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final

from cpoctl.domain.tariffs.clocks import DAY
from cpoctl.domain.tariffs.model import Dimension, Reservation, Tariff
from cpoctl.domain.tariffs.plan import Exact, Limits, Now, limits_of

_MOST: Final = 20_000  # instants that are looked at: beyond them nothing is said
_WEEK: Final = 7
_SOME_DAY: Final = 20_000


@dataclass(slots=True)
class Reach:
    """What became of the elements that price one dimension, by their numbers."""

    dimension: Dimension
    numbers: list[int]
    first: set[int] = field(default_factory=set)  # applied somewhere
    held: set[int] = field(default_factory=set)  # their restrictions held somewhere
    before: dict[int, set[int]] = field(default_factory=dict)  # who applied where they held
    together: set[tuple[int, int]] = field(default_factory=set)  # held at once
    apart: set[tuple[int, int]] = field(default_factory=set)  # the one held, the other did not
    free: Now | None = None  # an instant without a price


def reaches(tariff: Tariff) -> Iterator[Reach]:
    """Look at each dimension of sessions, and of reservations."""
    for reserving in (False, True):
        for dimension in Dimension:
            elements = {
                number: limits_of(element.restrictions)
                for number, element in enumerate(tariff.elements, 1)
                if (element.restrictions.reservation is not None) is reserving
                and any(each.dimension is dimension for each in element.components)
            }
            if elements:
                classes = [*Reservation] if reserving else [None]
                yield from _looked_at(tariff, dimension, elements, reserving, classes)


def _looked_at(
    tariff: Tariff,
    dimension: Dimension,
    elements: dict[int, Limits | None],
    reserving: bool,
    classes: Sequence[Reservation | None],
) -> Iterator[Reach]:
    for kind in classes:
        of_kind = {
            number: limits
            for number, limits in elements.items()
            if tariff.elements[number - 1].restrictions.reservation is kind
        }
        instants = _instants(dimension, [each for each in of_kind.values() if each], reserving)
        if of_kind and instants is not None:
            reach = Reach(dimension, list(of_kind))
            for now in instants:
                _look(reach, now, [number for number, each in of_kind.items() if each is None or each.hold(now)])
            yield reach


def _look(reach: Reach, now: Now, holding: list[int]) -> None:
    if not holding:
        reach.free = reach.free or now
        return
    reach.first.add(holding[0])
    reach.held |= set(holding)
    for number in holding[1:]:
        reach.before.setdefault(number, set()).add(holding[0])
    missing = [number for number in reach.numbers if number not in holding]
    reach.together |= {(one, other) for one in holding for other in holding if one < other}
    reach.apart |= {(one, other) for one in holding for other in missing}


def _instants(dimension: Dimension, limits: list[Limits], reserving: bool) -> Iterator[Now] | None:
    """Every combination of bounds; None where they are too many."""
    at_start = dimension is Dimension.FLAT
    flowing = not reserving and dimension is not Dimension.PARKING_TIME
    nothing: list[Exact] = [0]
    days = _days(limits)
    times = sorted({0} | {at % DAY for each in limits if each.time for at in each.time})
    wh = nothing if reserving or at_start else _bounds(each.wh for each in limits)
    lasted = nothing if at_start else _bounds(each.lasted for each in limits)
    current: list[Exact | None] = [*_bounds(each.current for each in limits)] if flowing else [0]
    power = _bounds(each.power for each in limits) if flowing else nothing
    if flowing and len(current) > 1:
        current.append(None)  # a charger that does not tell
    if prod([len(days), len(times), len(wh), len(lasted), len(current), len(power)]) > _MOST:
        return None
    return (
        Now(day, time, taken, since, amperes, watts)
        for day, time in product(days, times)
        for taken, since in product(wh, lasted)
        for amperes, watts in product(current, power)
    )


def _bounds(given: Iterator[tuple[Exact | None, Exact | None]]) -> list[Exact]:
    return sorted({0} | {at for bounds in given for at in bounds if at is not None})


def _days(limits: list[Limits]) -> list[int]:
    """One day; a week where weekdays matter; a week from each date where dates do, and one before them all."""
    dates = sorted({int(at) for each in limits for at in each.day if at is not None})
    begins = [dates[0] - _WEEK, *dates] if dates else [_SOME_DAY]
    if any(each.weekdays for each in limits):
        return sorted({day + ahead for day in begins for ahead in range(_WEEK)})
    return begins
