"""The scale of a chart's left side: rounded numbers on lines of text, so that a label stands at what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import ceil, floor, log10
from typing import TypeGuard

LARGEST = 1e15  # beyond it nothing is measured, and a single such number would flatten all others
_LEAST = 1e-9  # below it nothing is measured either
_FINEST = 1e-6  # of the largest number: what is closer together is drawn as one height
_MOST_TICKS = 6
_TALL = 8  # lines: with more there are four ticks at least, else three if they fit
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5)


def known(value: float | None) -> TypeGuard[float]:
    """Whether a number can be drawn: there, finite and believable."""
    return value is not None and -LARGEST < value < LARGEST


@dataclass(frozen=True)
class Scale:
    """Numbers on lines of text: zero on one of them, perhaps out of sight, and a tick every so many lines from there."""

    lowest: int  # lines from zero to the lowest one
    step: float  # from tick to tick
    every: int  # lines from tick to tick
    decimals: int

    @property
    def zero(self) -> int:
        """The line of zero, counted from the lowest one."""
        return -self.lowest

    def height(self, value: float) -> float:
        """How many lines above the lowest one a value is."""
        return value / self.step * self.every - self.lowest

    def label(self, line: int) -> str:
        """The number that stands at a line; nothing between ticks."""
        ticks, between = divmod(self.lowest + line, self.every)
        if between:
            return ""
        value = round(ticks * self.step, self.decimals)
        return f"{value:,.{self.decimals}f}".replace(",", " ")


def fitted(low: float, high: float, room: float) -> Scale:
    """The scale that shows low to high on `room` lines above the lowest and wastes least of them."""
    low, high = _apart(low, high)
    closest = ceil(room / _MOST_TICKS)
    widest = max(closest, int(room) // (2 if room <= _TALL else 3))
    scales = [_spaced(low, high, room, every) for every in range(closest, widest + 1)]
    return min(scales, key=lambda scale: (scale.step / scale.every, scale.decimals))


def _apart(low: float, high: float) -> tuple[float, float]:
    """Two ends that differ: a constant is shown in the middle of a sixth of it."""
    largest = max(abs(low), abs(high))
    if largest < _LEAST:
        return 0.0, 1.0
    if high - low > _FINEST * largest:
        return low, high
    return low - largest / 12, high + largest / 12


def _spaced(low: float, high: float, room: float, every: int) -> Scale:
    """The finest scale with a tick every so many lines that reaches from low to high."""
    steps = _steps((high - low) * every / room)
    scales = (Scale(floor(low / step * every), step, every, decimals) for step, decimals in steps)
    return next(scale for scale in scales if scale.height(high) <= room + _FINEST)


def _steps(least: float) -> Iterator[tuple[float, int]]:
    """Round numbers from about `least` on, without end, each with the decimals that it needs."""
    for power in count(floor(log10(least))):
        for digits in _ROUND:
            yield digits * 10.0**power, max(0, (digits % 1 > 0) - power)
