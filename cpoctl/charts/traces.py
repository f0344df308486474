"""Traces: a line over time as dots, one number a column of dots with a bit for each, from the bottom."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from cpoctl.charts.scale import LARGEST, Scale

Point = tuple[float, float | None]
"""When, in seconds since the epoch, and how much; None where it is not known."""


@dataclass
class Strand:
    """Points that belong together without a hole, in order of time."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def within(self, start: float, end: float) -> "Strand":
        """What of it lies in a window, with the points where it comes in and goes out."""
        if start <= self.times[0] and self.times[-1] <= end:
            return self
        first, last = bisect_left(self.times, start), bisect_right(self.times, end)
        times, values = self.times[first:last], self.values[first:last]
        if 0 < first < len(self.times) and self.times[first] > start:
            times.insert(0, start)
            values.insert(0, self._at(first, start))
        if 0 < last < len(self.times) and self.times[last - 1] < end:
            times.append(end)
            values.append(self._at(last, end))
        return Strand(times, values)

    def _at(self, index: int, time: float) -> float:
        """The value at a time between a point and the one before it."""
        before, after = self.times[index - 1], self.times[index]
        share = (time - before) / (after - before)
        return self.values[index - 1] + (self.values[index] - self.values[index - 1]) * share


# Many points come this way: `known` is written out in both loops, a call each would take half of the time.


def ordered(points: Sequence[Point]) -> list[Point]:
    """The points by their time, without those whose time makes no sense."""
    return sorted([point for point in points if -LARGEST < point[0] < LARGEST], key=itemgetter(0))


def strands(points: Sequence[Point], gap: float | None, column: float) -> list[Strand]:
    """Points in order, parted where a value is not known or none came for longer than `gap`.

    A hole that is shorter than a column cannot be seen: it parts nothing.
    """
    found: list[Strand] = []
    longest, before = float("inf") if gap is None else gap, float("-inf")
    hole = True
    for time, value in points:
        if value is None or not -LARGEST < value < LARGEST:
            hole = True
            continue
        if (hole or time - before > longest) and time - before > column:
            strand = Strand()
            found.append(strand)
            add_time, add_value = strand.times.append, strand.values.append
        add_time(time)
        add_value(value)
        before, hole = time, False
    return found


@dataclass(frozen=True)
class Grid:
    """Columns and rows of dots, so many rows a line of text: where a time and a value are."""

    columns: int
    rows: int
    a_line: int
    tick: int  # the row that a tick stands for in its line
    start: float
    a_column: float  # seconds
    scale: Scale

    def column(self, time: float) -> int:
        """The column of a time."""
        return round((time - self.start) / self.a_column)

    def until(self, column: int) -> float:
        """The time at which the next column begins."""
        return self.start + (column + 0.5) * self.a_column

    def row(self, value: float) -> int:
        """The row of a value, from the bottom."""
        return max(0, min(round(self.scale.height(value) * self.a_line) + self.tick, self.rows - 1))


def trace(found: Sequence[Strand], grid: Grid) -> list[int]:
    """The dots of strands."""
    dots = [0] * grid.columns
    for strand in found:
        _draw(strand, grid, dots)
    return dots


def _draw(strand: Strand, grid: Grid, dots: list[int]) -> None:
    """Add the dots of a strand: of several points in a column the lowest to the highest, so that no peak is lost."""
    times, index = strand.times, 0
    column = row = -1
    while index < len(times):
        before, here = column, grid.column(times[index])
        after = bisect_right(times, grid.until(here), index + 1)
        rows = [grid.row(value) for value in _ends(strand.values[index:after])]
        dots[here] |= _run(min(rows), max(rows))
        if before >= 0:
            _join(dots, before, row, here, rows[0])
        column, row, index = here, rows[-1], after


def _ends(values: list[float]) -> list[float]:
    """The first, the least, the greatest and the last of values, or the only one."""
    return values if len(values) == 1 else [values[0], min(values), max(values), values[-1]]


def _join(dots: list[int], left: int, begin: int, right: int, end: int) -> None:
    """Draw from a dot to one further right: each column goes half of the way to the height of the next."""
    wide, height = right - left, begin
    for step in range(1, wide + 1):
        at, following = left + step, begin + round((end - begin) * step / wide)
        middle = (height + following + (following < height)) // 2
        if following > height:
            dots[at - 1] |= _run(height, middle)
            dots[at] |= _run(middle + 1, following)
        elif following < height:
            dots[at - 1] |= _run(middle, height)
            dots[at] |= _run(following, middle - 1)
        else:
            dots[at] |= 1 << height
        height = following


def _run(low: int, high: int) -> int:
    """The bits of all dots from low to high."""
    return (2 << high) - (1 << low)
