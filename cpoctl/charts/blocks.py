"""One line of blocks: a spark and a gauge, in eighths of a cell or in ASCII."""

from collections.abc import Sequence

from cpoctl.charts.scale import known

NOTHING = "-"
_LEVELS, _LEVELS_ASCII = "▁▂▃▄▅▆▇█", "_.:=+*#@"
_PARTS, _PARTS_ASCII = " ▏▎▍▌▋▊▉█", " :::::::#"


def spark(
    values: Sequence[float | None],
    width: int,
    *,
    low: float | None = None,
    high: float | None = None,
    ascii: bool = False,
) -> str:
    """Draw values in one line, a cell each, `-` where there is none, blank to the width.

    The lowest sign is `low`, by default zero or the least value; the highest is `high`, by default the most. With more
    values than cells a cell shows the one of its neighbours that is furthest from zero.
    """
    there = [value for value in values if known(value)]
    bottom = low if known(low) else min([0.0, *there])
    top = high if known(high) else max([0.0, *there])
    levels = _LEVELS_ASCII if ascii else _LEVELS
    return "".join(_level(value, bottom, top, levels) for value in gathered(values, max(0, width))).ljust(width)


def _level(value: float | None, bottom: float, top: float, levels: str) -> str:
    if not known(value):
        return NOTHING
    share = (value - bottom) / (top - bottom) if top > bottom else 0.0
    return levels[round(max(0.0, min(share, 1.0)) * (len(levels) - 1))]


def gathered(values: Sequence[float | None], room: int) -> list[float | None]:
    """Not more values than there is room for: of neighbours that share a cell the one furthest from zero."""
    if len(values) <= room:
        return list(values)
    parts = (values[len(values) * at // room : len(values) * (at + 1) // room] for at in range(room))
    return [max(filter(known, part), key=abs, default=None) for part in parts]


def gauge(value: float | None, most: float | None, width: int, *, ascii: bool = False) -> str:
    """Draw how much of the most a value is, with the percentage at the right; `- %` if either is not known."""
    share = value / most if known(value) and known(most) and most > 0 else None
    percent = NOTHING if share is None else f"{max(-999, min(round(share * 100), 9999))}"
    text = f"{percent:>4} %" if width > 6 else f"{percent} %"
    room = max(0, width - len(text))
    parts = _PARTS_ASCII if ascii else _PARTS
    eighths = max(1, min(int(share * room * 8), room * 8)) if share is not None and share > 0 else 0
    bar = parts[8] * (eighths // 8) + parts[eighths % 8]
    return bar[:room].ljust(room) + text[: max(0, width)]
