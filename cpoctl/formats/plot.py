"""Plot: the chart of a report, drawn in the terminal."""

from collections.abc import Iterator

from cpoctl.charts import drawn
from cpoctl.errors import UsageProblem
from cpoctl.formats import Sheet, lines

MACHINE = False
CHART = True
_WIDTH = 100


def render(sheet: Sheet) -> Iterator[str]:
    """The chart, as wide as the terminal."""
    if sheet.chart is None:
        raise UsageProblem(
            "there is no plot of this", hints=["cpoctl report energy --from last-month --by day --plot    one that has"]
        )
    yield from lines(text.rstrip() for text in drawn(sheet.chart, sheet.width or _WIDTH, ascii=sheet.ascii))
