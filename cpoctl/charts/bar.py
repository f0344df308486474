"""Bars side by side on an axis that bears their labels, in eighths of a cell or in ASCII."""

from collections.abc import Sequence
from math import ceil

from cpoctl.cells import width as cells
from cpoctl.charts.blocks import NOTHING, gathered
from cpoctl.charts.frames import fitting, framed, said
from cpoctl.charts.scale import fitted, known

_UP, _UP_ASCII = " ▁▂▃▄▅▆▇█", " ...:::##"
_DOWN, _DOWN_ASCII = " ▀█", " '#"
_WIDEST = 12
_LABEL = 12  # so many cells of a label are worth leaving out others


def bars(
    values: Sequence[tuple[str, float | None]],
    width: int,
    height: int,
    *,
    high: float | None = None,
    ascii: bool = False,
) -> list[str]:
    """Draw a bar for each value with its label on the axis below; None is `-` where the bar would begin.

    The scale reaches at least to `high`. What is below zero hangs under the axis. With more values than cells a bar
    is the one of its neighbours that is furthest from zero.
    """
    width, height = max(0, width), max(0, height)
    there = [value for _, value in values if known(value)]
    if not there or height < 2 or not width:
        return framed(None, height, width, ascii=ascii).empty()
    scale = fitted(min(0.0, *there), max([0.0, *there, *filter(known, [high])]), height - 1)
    frame = framed(scale, height, width, ascii=ascii)
    heights = gathered([scale.height(value) - scale.zero if known(value) else None for _, value in values], frame.room)
    labels = [said(values[len(values) * at // len(heights)][0], ascii) for at in range(len(heights))]
    size = min(_WIDEST, frame.room // len(heights))
    lines = [
        _axis(labels, frame.room, size, ascii) if not above else _across(heights, above, frame.room, size, ascii)
        for above in range(height - 1 - scale.zero, -scale.zero - 1, -1)
    ]
    return frame.around(lines)


def _across(heights: Sequence[float | None], above: int, room: int, size: int, ascii: bool) -> str:
    """What of the bars is to be seen on a line above the axis, or below it."""
    signs = (_UP_ASCII if ascii else _UP) if above > 0 else (_DOWN_ASCII if ascii else _DOWN)
    gap = " " * (size > 1)
    return "".join(gap + _sign(height, above, signs) * (size - len(gap)) for height in heights).ljust(room)


def _sign(height: float | None, above: int, signs: str) -> str:
    if height is None:
        return NOTHING if above == 1 else " "
    full, length = len(signs) - 1, height if above > 0 else -height
    filled = max(1, round(length * full)) if length > 0 else 0
    return signs[max(0, min(filled - full * (abs(above) - 1), full))]


def _axis(labels: Sequence[str], room: int, size: int, ascii: bool) -> str:
    """The axis with a label under the begin of its bar, or under each second, third... where they are too long."""
    longest = max(map(cells, labels), default=0)
    every = ceil((min(longest, _LABEL if size < _WIDEST else size - 1) + 1) / size)
    line, blank = "", "-" if ascii else "─"
    for at in range(0, len(labels), every):
        line += blank * (at * size + (size > 1) - cells(line))
        text = fitting(labels[at], every * size - 1, ascii)
        line += text if cells(line) + cells(text) <= room else ""
    return line + blank * (room - cells(line))
