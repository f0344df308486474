"""Pictures: a chart as SVG or PNG, the same bytes for the same chart. matplotlib draws it."""

import io
from typing import TYPE_CHECKING, Any, Literal

from cpoctl.charts import NO_DATA
from cpoctl.errors import UsageProblem
from cpoctl.formats._needed import library
from cpoctl.table import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cpoctl.charts import Chart, Series

_COLOUR = "#0072b2"
_STYLE = {
    "svg.hashsalt": "cpoctl",  # its ids are random without
    "svg.fonttype": "none",
    "text.parse_math": False,  # a $ in a name is a $
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
}
_LONGEST, _WIDEST = 60, 140  # characters, of a name and of a line above all
_SHADES = 16
_INCHES = (10.0, 4.0)
_MOST_LABELS = 62  # that stand side by side, two months of days
_ROW_OF = 110  # characters that stand in one row
_FEWEST = 10  # as many bars take the whole width; fewer are no wider
_DENSE = 150  # bars that stand side by side as one outline: there is no room between them


def picture(chart: "Chart | None", kind: Literal["svg", "png"], format_name: str | None = None) -> bytes:
    """The chart as a file, for a format that may have another name. Raises UsageProblem where there is none."""
    if chart is None:
        raise UsageProblem(
            "there is no chart of this",
            hints=[f"cpoctl report energy --from last-month --by day -o {kind} --out e.{kind}"],
        )
    matplotlib = library("matplotlib", format_name or kind)
    with matplotlib.rc_context(_STYLE):
        figure = _figure(chart, kind)
        file = io.BytesIO()
        nobody = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(file, format=kind, dpi=160, metadata=nobody)
    return file.getvalue()


def _figure(chart: "Chart", kind: str) -> Any:
    """The title above all, and below it what it is of; each series on axes of its own, a heat map on one."""
    figures = library("matplotlib.figure", kind)
    several = [] if chart.kind == "heat" or chart.empty else chart.series[1:]
    high = 1.6 + 0.3 * len(chart.series) if chart.kind == "heat" else _INCHES[1] + 3.0 * len(several)
    figure = figures.Figure(figsize=(_INCHES[0], max(_INCHES[1], high)), layout="constrained")
    places = figure.subplots(1 + len(several), squeeze=False)[:, 0]
    names = [series.name for series in chart.series] if several else [""]
    for at, (axes, name) in enumerate(zip(places, names, strict=True)):
        _head(axes, chart.title if at == 0 else "", [chart.about, name] if at == 0 else [name])
    if chart.empty:
        _nothing(places[0])
    elif chart.kind == "heat":
        _heat(figure, places[0], chart, kind)
    else:
        for axes, series in zip(places, chart.series, strict=True):
            _beside(axes, chart, series)
    return figure


def _head(axes: Any, title: str, below: "Sequence[str]") -> None:
    """The title of the whole, and closer to the axes what they are of."""
    texts = [_said(text, _WIDEST) for text in below if text]
    axes.annotate("\n".join(texts), (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points")
    if title:
        axes.set_title(_said(title, _WIDEST), loc="left", fontweight="bold", fontsize=11, pad=6 + 14 * len(texts))


def _nothing(axes: Any) -> None:
    """That there is nothing to draw, without a scale that would say of what."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, NO_DATA, transform=axes.transAxes, ha="center", va="center", fontsize=13, color="#666666")


def _beside(axes: Any, chart: "Chart", series: "Series") -> None:
    """Bars, or a line, of one series."""
    values, count = _known(series), len(series.values)
    if chart.kind == "line":
        axes.plot(range(count), values, color=_COLOUR, linewidth=1.5, marker=".")
    elif count > _DENSE:
        axes.stairs(values, [at - 0.5 for at in range(count + 1)], fill=True, color=_COLOUR)
    else:
        bars = axes.bar(range(count), values, 0.8, color=_COLOUR)
        if chart.unit == "%" and count <= _MOST_LABELS:
            _tell_values(axes, bars, series)
    spare = max(0, _FEWEST - count) / 2
    axes.set_xlim(-0.6 - spare, count - 0.4 + spare)
    axes.set_ylabel(_said(chart.unit))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.12g}".replace(",", "\u00a0"))
    known = [value for value in series.values if value is not None]
    if not any(known):
        axes.set_ylim(0.0, chart.high or 1.0)  # of zeros alone there is no scale
    else:
        low, high = axes.get_ylim()
        axes.set_ylim(min(0.0, low) if min(known) < 0 else 0.0, max(chart.high or 0.0, high))
    _name_ticks(axes, chart.labels_of(series), 0.0)


def _tell_values(axes: Any, bars: Any, series: "Series") -> None:
    """What each bar is worth, above it: 99.9 and 93 of a hundred look alike."""
    texts = ["" if value is None else f"{value:.2f}" for value in series.values]
    axes.bar_label(bars, texts, rotation=90 if len(texts) > _FEWEST else 0, fontsize=7, padding=2)
    axes.margins(y=0.15)


def _heat(figure: Any, axes: Any, chart: "Chart", kind: str) -> None:
    """A row of cells for each series; what is not known stays white."""
    rows = [_known(series) for series in chart.series]
    known = [value for series in chart.series for value in series.values if value is not None]
    high = max([chart.high or 0.0, *known]) or 1.0
    shades = library("matplotlib", kind).colormaps["YlGnBu"].resampled(_SHADES)
    cells = axes.pcolormesh(
        rows, cmap=shades, vmin=0, vmax=high, edgecolors="white", linewidth=0.5
    )  # no embedded image
    axes.set_yticks([at + 0.5 for at in range(len(rows))], [_said(series.name) for series in chart.series])
    axes.invert_yaxis()
    axes.grid(visible=False)
    bar = figure.colorbar(cells, ax=axes, label=_said(chart.unit))
    bar.solids.set_rasterized(False)
    _name_ticks(axes, chart.labels, 0.5)


def _name_ticks(axes: Any, labels: "Sequence[str]", middle: float) -> None:
    """The labels below; of more than can be read every second, third..., with a shorter tick for each bar between."""
    every = -(-len(labels) // _MOST_LABELS) or 1
    every = every if every == 1 else -(-len(labels) // (_MOST_LABELS // 2))
    shown = range(0, len(labels), every)
    texts = [_said(labels[at]) for at in shown]
    crowded = sum(len(text) + 1 for text in texts) > _ROW_OF
    axes.set_xticks([at + middle for at in shown], texts, rotation=90 if crowded else 0)
    if len(texts) > _MOST_LABELS // 2:
        axes.tick_params(axis="x", labelsize=7)
    if every > 1 and len(labels) <= _DENSE:
        axes.tick_params(axis="x", length=6)
        axes.set_xticks([at + middle for at in range(len(labels))], minor=True)


def _known(series: "Series") -> list[float]:
    return [float("nan") if value is None else float(value) for value in series.values]


def _said(text: str, longest: int = _LONGEST) -> str:
    return clean(text, longest)
