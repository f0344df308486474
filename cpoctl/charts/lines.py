"""A line over time: braille of two by four dots a cell, or ASCII of one by three."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpoctl.charts.frames import framed
from cpoctl.charts.scale import Scale, fitted, known
from cpoctl.charts.traces import Grid, Point, Strand, ordered, strands, trace

_SPARE = 0.5  # of a line: a tick stands in the middle of its line, so there is room above the highest one
_SHORTEST = 1e-6  # seconds: what is shorter is a moment, drawn at the left


@dataclass(frozen=True)
class _Pen:
    """How dots become signs: a line of text is a digit of a column's dots, a sign stands for one column or two."""

    across: int
    up: int
    tick: int
    digits: str  # as `format` calls them
    signs: Mapping[str, str]
    dash: str


def _braille(left: int, right: int) -> str:
    """The sign of two columns of four dots, each counted from the bottom."""
    weights = (0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08)
    return chr(0x2800 + sum(weight for at, weight in enumerate(weights) if (left | right << 4) >> at & 1))


_BRAILLE = _Pen(2, 4, 1, "x", {f"{at:02x}": _braille(at >> 4, at & 15) for at in range(1, 256)}, "╌")
_ASCII = _Pen(1, 3, 1, "o", dict(zip("1234567", ".*:'|\"|", strict=True)), "-")


def line(
    points: Sequence[Point],
    width: int,
    height: int,
    *,
    start: float | None = None,
    end: float | None = None,
    gap: float | None = None,
    low: float | None = 0.0,
    high: float | None = None,
    threshold: float | None = None,
    foot: Sequence[str] = (),
    unit: str = "",
    ascii: bool = False,
) -> list[str]:
    """Draw points over time from start to end, by default from the first point to the last.

    The line is broken at a value of None and where no point came for longer than `gap` seconds. The scale reaches
    at least from `low` to `high`; None fits it to the values. `threshold` is a dashed line. `foot` says what
    stands below, from the left end to the right one, with the unit under the numbers: it takes a line of the height.
    """
    width, rows = max(0, width), max(0, height)
    below = rows > 2 and bool(foot or unit)
    rows -= below
    pen = _ASCII if ascii else _BRAILLE
    told = ordered(points)
    window = _window(told, start, end)
    column = (window[1] - window[0]) / max(1, width * pen.across)
    seen = [part for strand in strands(told, gap, column) if (part := strand.within(*window)).times]
    scale = _scale(seen, rows, low, high, threshold) if seen and rows and width else None
    frame = framed(scale, rows, width, ascii=ascii, unit=unit if below else "")
    if scale is None:
        lines = frame.empty()
    else:
        dots = trace(seen, _grid(pen, frame.room, rows, window, scale))
        dashed = rows - 1 - round(scale.height(threshold)) if known(threshold) else None
        lines = frame.around(_lines(dots, rows, pen, dashed))
    return [*lines, frame.foot(foot)] if below else lines


def _window(points: Sequence[Point], start: float | None, end: float | None) -> tuple[float, float]:
    """From when to when: as asked for, else as far as there are points."""
    begin = start if known(start) else points[0][0] if points else 0.0
    return begin, max(begin, end if known(end) else points[-1][0] if points else begin)


def _scale(seen: Sequence[Strand], rows: int, *wished: float | None) -> Scale:
    """The scale for what is seen that reaches at least to what is wished."""
    ends = [*filter(known, wished), *(end for part in seen for end in (min(part.values), max(part.values)))]
    return fitted(min(ends), max(ends), rows - 1 + _SPARE)


def _grid(pen: _Pen, width: int, height: int, window: tuple[float, float], scale: Scale) -> Grid:
    """The dots that a pen can set in so many cells."""
    columns, (start, end) = width * pen.across, window
    a_column = (end - start) / (columns - 1) if columns > 1 and end - start > _SHORTEST else float("inf")
    return Grid(columns, height * pen.up, pen.up, pen.tick, start, a_column, scale)


def _lines(dots: Sequence[int], height: int, pen: _Pen, dashed: int | None) -> list[str]:
    """The lines of text, from the top, with a dashed one behind the data."""
    columns = [format(column, f"0{height}{pen.digits}") for column in dots]
    lines = []
    for at, row in enumerate(map("".join, zip(*columns, strict=True))):
        blank = pen.dash if at == dashed else " "
        lines.append("".join(pen.signs.get(row[x : x + pen.across], blank) for x in range(0, len(row), pen.across)))
    return lines
