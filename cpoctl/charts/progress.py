"""Progress of a file: a gauge where its size is known, the bytes that have moved, and how fast they do."""

from cpoctl.charts.blocks import gauge
from cpoctl.table import megabytes

_GAUGE_LEAST, _GAUGE_MOST = 8, 30
_GAP = "  "


def progress(done: int, total: int | None, speed: float | None, width: int, *, ascii: bool = False) -> str:
    """Draw how far a file is, in at most `width` cells: `███▌   34 %  12.1 of 35.0 MB  1.2 MB/s`."""
    text = moved(done, total, speed)
    room = min(width - len(text) - len(_GAP), _GAUGE_MOST)
    if total is None or room < _GAUGE_LEAST:
        return text[: max(0, width)]
    return f"{gauge(done, total, room, ascii=ascii)}{_GAP}{text}"


def moved(done: int, total: int | None, speed: float | None) -> str:
    """The same in words: `12.1 of 35.0 MB  1.2 MB/s`."""
    amount = megabytes(done)
    if total is not None:
        unit, size = ("MB", 1e6) if total >= 1e5 else ("kB", 1e3)
        amount = f"{done / size:.1f} of {total / size:.1f} {unit}"
    return f"{amount}{_GAP}{megabytes(speed)}/s" if speed else amount
