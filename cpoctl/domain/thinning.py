"""Thinning: which old readings nobody will miss, so that years of them fit on a disk.

Of each quarter of an hour the first and the last stay, so that the register is known at both sides of every quarter, which is
where prices change; so do the first and the last of all, whatever was told of a begin or an end, and all that is doubtful.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from cpoctl.clock import parsed
from cpoctl.domain.energy import odd

_QUARTER_S = 900
_KEPT = frozenset({"Transaction.Begin", "Transaction.End"})


class Taken(NamedTuple):
    """A reading: when, of which EVSE, in which context, its register; `doubtful`: it is flagged, or contradicted."""

    at: str
    place: str
    context: str
    wh: float | None
    doubtful: bool


def superfluous(readings: Sequence[Taken]) -> list[int]:
    """The places of those that may go. Where the register of a place goes back or leaps, all of that place stay."""
    places: dict[str, list[int]] = {}
    for number, reading in enumerate(readings):
        places.setdefault(reading.place, []).append(number)
    found: list[int] = []
    for numbers in places.values():
        found += _superfluous(readings, sorted(numbers, key=lambda number: readings[number].at))
    return sorted(found)


def _superfluous(readings: Sequence[Taken], numbers: list[int]) -> list[int]:
    told = [wh for number in numbers if (wh := readings[number].wh) is not None]
    if any(odd(before, after) for before, after in itertools.pairwise(told)):
        return []
    quarters: dict[tuple[int, str, bool], list[int]] = {}
    for number in numbers:
        reading = readings[number]
        quarter = int(parsed(reading.at).timestamp()) // _QUARTER_S
        quarters.setdefault((quarter, reading.context, reading.wh is None), []).append(number)
    stay = {numbers[0], numbers[-1]}
    for inside in quarters.values():
        stay |= {inside[0], inside[-1]}
    return [number for number in numbers if number not in stay and not _matters(readings[number])]


def _matters(reading: Taken) -> bool:
    return reading.doubtful or reading.context in _KEPT
