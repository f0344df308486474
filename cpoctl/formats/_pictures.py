"""Pictures: a chart as SVG or PNG, the same bytes for the same chart. matplotlib draws it."""

import io
from typing import TYPE_CHECKING, Any, Literal

from cpoctl.errors import UsageProblem
from cpoctl.formats._needed import library
from cpoctl.table import clean

if TYPE_CHECKING:
    from cpoctl.charts import Chart, Series

# Told apart by everybody, also in grey: Okabe and Ito's colours, the darkest first.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
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
_MOST_TICKS = 24
_LONGEST = 60
_SHADES = 16
_INCHES = (10.0, 4.0)


def picture(chart: "Chart | None", kind: Literal["svg", "png"]) -> bytes:
    """The chart as a file. Raises UsageProblem where there is none."""
    if chart is None:
        raise UsageProblem(
            "there is no chart of this",
            hints=[f"cpoctl report energy --from last-month --by day -o {kind} --out e.{kind}"],
        )
    matplotlib = library("matplotlib", kind)
    with matplotlib.rc_context(_STYLE):
        figure = _figure(chart, kind)
        file = io.BytesIO()
        nobody = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(file, format=kind, dpi=160, metadata=nobody)
    return file.getvalue()


def _figure(chart: "Chart", kind: str) -> Any:
    figures = library("matplotlib.figure", kind)
    rows = max(1, len(chart.series)) if chart.kind == "heat" else 1
    figure = figures.Figure(figsize=(_INCHES[0], max(_INCHES[1], 1.2 + 0.3 * rows)), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(_said(chart.title), loc="left", fontweight="bold")
    if chart.kind == "heat":
        _heat(figure, axes, chart, kind)
    else:
        _beside(axes, chart)
    _name_ticks(axes, chart)
    return figure


def _beside(axes: Any, chart: "Chart") -> None:
    """Bars, or lines, of each series."""
    count = max(1, len(chart.series))
    for number, series in enumerate(chart.series):
        colour = _COLOURS[number % len(_COLOURS)]
        values = _known(series)
        if chart.kind == "line":
            axes.plot(range(len(values)), values, color=colour, label=_said(series.name), linewidth=1.5, marker=".")
        else:
            width = 0.8 / count
            places = [at - 0.4 + width * (number + 0.5) for at in range(len(values))]
            axes.bar(places, values, width, color=colour, label=_said(series.name))
    axes.set_ylabel(_said(chart.unit))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]), top=max(chart.high or 0.0, axes.get_ylim()[1]))
    if count > 1:
        axes.legend(frameon=False, ncols=min(count, 6), loc="upper right")


def _heat(figure: Any, axes: Any, chart: "Chart", kind: str) -> None:
    """A row of cells for each series; what is not known stays white."""
    rows = [_known(series) for series in chart.series]
    if not rows or not rows[0]:
        return
    known = [value for series in chart.series for value in series.values if value is not None]
    high = max([chart.high or 0.0, *known, 1e-9])
    shades = library("matplotlib", kind).colormaps["YlGnBu"].resampled(_SHADES)
    cells = axes.pcolormesh(
        rows, cmap=shades, vmin=0, vmax=high, edgecolors="white", linewidth=0.5
    )  # no embedded image
    axes.set_yticks([at + 0.5 for at in range(len(rows))], [_said(series.name) for series in chart.series])
    axes.invert_yaxis()
    axes.grid(visible=False)
    bar = figure.colorbar(cells, ax=axes, label=_said(chart.unit))
    bar.solids.set_rasterized(False)


def _name_ticks(axes: Any, chart: "Chart") -> None:
    """The labels below, as many as can be read."""
    every = -(-len(chart.labels) // _MOST_TICKS) or 1
    shown = range(0, len(chart.labels), every)
    texts = [_said(chart.labels[at]) for at in shown]
    crowded = sum(map(len, texts)) > 110
    middle = 0.5 if chart.kind == "heat" else 0.0
    axes.set_xticks(
        [at + middle for at in shown], texts, rotation=45 if crowded else 0, ha="right" if crowded else "center"
    )


def _known(series: "Series") -> list[float]:
    return [float("nan") if value is None else float(value) for value in series.values]


def _said(text: str) -> str:
    return clean(text, _LONGEST)
