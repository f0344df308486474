"""Progress of a file: a gauge where its size is known, the bytes that have moved, and how fast they do."""

from collections.abc import Sequence

from cpoctl.charts.blocks import gauge
from cpoctl.table import megabytes

_GAUGE_LEAST, _GAUGE_MOST = 8, 30
_GAP = "  "


def progress(done: int, total: int | None, speed: float | None, width: int, *, ascii: bool = False) -> str:
    """Draw how far a file is, in at most `width` cells: `███▌   34 %  12.1 of 35.0 MB  1.2 MB/s`."""
    text = moved(done, total, speed)
    room = min(width - len(text) - len(_GAP), _GAUGE_MOST)
    if total is not None and room >= _GAUGE_LEAST:
        return f"{gauge(done, total, room, ascii=ascii)}{_GAP}{text}"
    words = [f"{round(100 * done / total)} %"] if total else []
    return _fitting([*words, *text.split(_GAP)], width)


def _fitting(words: Sequence[str], width: int) -> str:
    """As many of the words as there is room for, the first ones first."""
    fitting = [count for count in range(1, len(words)) if len(_GAP.join(words[: count + 1])) <= width]
    return _GAP.join(words[: max(fitting, default=0) + 1])[: max(0, width)]


def moved(done: int, total: int | None, speed: float | None) -> str:
    """The same in words: `12.1 of 35.0 MB  1.2 MB/s`."""
    amount = megabytes(done)
    if total is not None:
        unit, size = ("MB", 1e6) if total >= 1e5 else ("kB", 1e3)
        amount = f"{done / size:.1f} of {total / size:.1f} {unit}"
    return f"{amount}{_GAP}{megabytes(speed)}/s" if speed else amount
