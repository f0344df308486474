"""Demand: how many of the EVSEs of a site are occupied, hour by hour on the wall, swept and not sampled.

The hour that a clock change repeats is observed twice as long, and the one that it skips not at all: whatever is told of an
hour is a share of the time in which it was observed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cpoctl.domain.uptime import Interval

QUARTER_MS = 900_000
"""Every zone's hours begin with one."""
Hour = tuple[str, int, int]
"""The local day, its weekday from Monday 0, and the hour."""


@dataclass
class Cell:
    """One hour on the wall, in milliseconds of EVSEs and, for `observed` and `all_busy`, of sites."""

    capacity: int = 0
    occupied: int = 0
    observed: int = 0
    all_busy: int = 0
    arrivals: int = 0

    @property
    def share(self) -> float | None:
        """How much of what was there was occupied."""
        return self.occupied / self.capacity if self.capacity else None


class Site(NamedTuple):
    """A site: since when each of its EVSEs is in service, from when to when one was occupied, and when somebody came."""

    in_service: Sequence[int]
    occupied: Sequence[Interval]
    arrivals: Sequence[int]


def merged(sessions: Iterable[Interval]) -> list[Interval]:
    """When an EVSE was occupied: two sessions at a time, of which the records forgot to end one, are one car."""
    told: list[Interval] = []
    for since, until in sorted(sessions):
        if told and since <= told[-1][1]:
            told[-1] = told[-1][0], max(told[-1][1], until)
        else:
            told.append((since, until))
    return told


def swept(site: Site, begin: int, end: int, hour_of: Callable[[int], Hour], cells: dict[Hour, Cell]) -> list[Interval]:
    """Add a site to the hours; returns when all of its EVSEs were occupied."""
    changes = [(at, 0, 1) for at in site.in_service if at < end]
    for since, until in site.occupied:
        if since < until:
            changes += [(since, 1, 0), (until, -1, 0)]
    changes.sort()
    busy: list[Interval] = []
    occupied = capacity = due = 0
    at = begin
    while at < end:
        while due < len(changes) and changes[due][0] <= at:
            occupied, capacity = occupied + changes[due][1], capacity + changes[due][2]
            due += 1
        following = min(end, at - at % QUARTER_MS + QUARTER_MS, changes[due][0] if due < len(changes) else end)
        _add(cells.setdefault(hour_of(at), Cell()), following - at, occupied, capacity)
        if 0 < capacity <= occupied:
            if busy and busy[-1][1] == at:
                busy[-1] = busy[-1][0], following
            else:
                busy.append((at, following))
        at = following
    for since in site.arrivals:
        if begin <= since < end:
            cells[hour_of(since)].arrivals += 1
    return busy


def _add(cell: Cell, length: int, occupied: int, capacity: int) -> None:
    cell.capacity += length * capacity
    cell.occupied += length * min(occupied, capacity)
    cell.observed += length * (capacity > 0)
    cell.all_busy += length * (0 < capacity <= occupied)


def rank(values: Iterable[float], percent: int) -> float | None:
    """The least value that so many percent of the values do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None
