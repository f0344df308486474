"""What a session drew in each quarter of an hour, by its register: for sessions that told no power.

Between two readings the power is taken to have been the same. That evens out what was drawn, and loses no energy.
"""

import itertools
from collections.abc import Iterable, Sequence

QUARTER_S = 900
_NEAR = 0.01  # of the energy: so far registers and what counts may lie apart
_NEAR_WH = 10.0

Point = tuple[int, float]
"""The register in Wh at a second."""


def course(readings: Sequence[Point], begin: int, end: int | None, energy_wh: float | None) -> list[Point]:
    """The register from begin to end: as it was read, or straight up to what counts where the readings say something else.

    Of a session that runs (without an end) as far as it was read; nothing where its energy is not known.
    """
    within = sorted({at: wh for at, wh in readings if begin <= at and (end is None or at <= end)}.items())
    rises = all(before[1] <= after[1] for before, after in itertools.pairwise(within))
    if end is None:
        return within if rises else []
    if energy_wh is None or end <= begin:
        return []
    gained = within[-1][1] - within[0][1] if rises and within else -1.0
    if abs(gained - energy_wh) <= max(_NEAR_WH, energy_wh * _NEAR):
        return within
    return [(begin, 0.0), (end, energy_wh)]


def quarters(points: Iterable[Point], since: int, until: int) -> dict[int, float]:
    """The mean power in W of each quarter of an hour in a time, by its first second; none where nothing was drawn."""
    found: dict[int, float] = {}
    for (begin, before), (end, after) in itertools.pairwise(points):
        if after <= before:
            continue
        at = max(begin, since) // QUARTER_S * QUARTER_S
        while at < min(end, until):
            seconds = min(end, at + QUARTER_S) - max(begin, at)
            found[at] = found.get(at, 0.0) + (after - before) / (end - begin) * seconds * 3600 / QUARTER_S
            at += QUARTER_S
    return found
