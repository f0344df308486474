"""A chart as plain data, so that terminal, SVG, HTML and PDF draw the same one; and how a terminal draws it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cpoctl.cells import cut
from cpoctl.cells import width as cells
from cpoctl.charts.bar import bars
from cpoctl.charts.frames import said
from cpoctl.charts.lines import line
from cpoctl.charts.scale import known

_SHADES, _SHADES_ASCII = "·░▒▓█", ".-+*#"
_SERIES_HEIGHT = 8
NO_DATA = "no data in this period"


@dataclass(frozen=True)
class Series:
    """Values beside each other, one for each label; None is not known, which is never drawn as zero.

    `labels` are its own, where it has others than the chart.
    """

    name: str
    values: Sequence[float | None]
    labels: Sequence[str] | None = None


@dataclass(frozen=True)
class Chart:
    """What is drawn: bars or a line for each series, each on an axis of its own, or a heat map with a row for each.

    `high` is what the scale reaches at least; of a heat map it is the darkest, and `0` the lightest. `about` says of what
    it is: period, clock, total.
    """

    title: str
    labels: Sequence[str]
    series: Sequence[Series] = field(default_factory=tuple)
    unit: str = ""
    kind: Literal["bars", "line", "heat"] = "bars"
    high: float | None = None
    about: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing of it is known."""
        return not any(known(value) for series in self.series for value in series.values)

    def labels_of(self, series: Series) -> Sequence[str]:
        """What stands below a series."""
        return self.labels if series.labels is None else series.labels


def drawn(chart: Chart, width: int, *, ascii: bool = False) -> list[str]:
    """The chart as lines of text of this width at the most."""
    unit = f" ({chart.unit})" if chart.unit else ""
    end = "~" if ascii else "…"
    lines = [cut(said(text, ascii), width, end) for text in (chart.title + unit, chart.about) if text]
    if chart.empty:
        return [*lines, cut(NO_DATA, width, end)]
    if chart.kind == "heat":
        return [*lines, *_heat(chart, width, ascii)]
    for series in chart.series:
        if len(chart.series) > 1:
            lines.append(cut(said(series.name, ascii), width, end))
        lines += _one(chart, series, width, ascii)
    return lines


def _one(chart: Chart, series: Series, width: int, ascii: bool) -> list[str]:
    labels = chart.labels_of(series)
    if chart.kind == "line":
        points = [(float(at), value) for at, value in enumerate(series.values)]
        ends = (labels[0], labels[-1]) if labels else ()
        return line(points, width, _SERIES_HEIGHT, high=chart.high, foot=ends, ascii=ascii)
    pairs = list(zip(labels, series.values, strict=True))
    return bars(pairs, width, _SERIES_HEIGHT, high=chart.high, ascii=ascii)


def _heat(chart: Chart, width: int, ascii: bool) -> list[str]:
    """A line for each series, two cells for each label, every third of which is said above."""
    margin = max((cells(said(series.name, ascii)) for series in chart.series), default=0) + 1
    size = 2 if margin + 2 * len(chart.labels) <= width else 1
    room = max(0, width - margin)
    every = 3 if size == 2 else 6
    head = "".join(
        said(label, ascii).ljust(size * every)[: size * every]
        for at, label in enumerate(chart.labels)
        if at % every == 0
    )
    values = [value for series in chart.series for value in series.values if known(value)]
    high = max([chart.high or 0.0, *values]) or 1.0
    shades = _SHADES_ASCII if ascii else _SHADES
    lines = [" " * margin + head[:room].rstrip()]
    for series in chart.series:
        row = "".join(_shade(value, high, shades) * size for value in series.values)
        lines.append(said(series.name, ascii).ljust(margin) + row[:room])
    steps = "  ".join(f"{shade} {high * at / (len(shades) - 1):.3g}" for at, shade in enumerate(shades))
    return [*lines, cut(f"{'':{margin}}{steps}", width, "~" if ascii else "…")]


def _shade(value: float | None, high: float, shades: str) -> str:
    """Blank where nothing is known; the lightest shade is zero alone."""
    if not known(value):
        return " "
    if value <= 0:
        return shades[0]
    return shades[max(1, min(len(shades) - 1, round(value / high * (len(shades) - 1))))]
