"""SVG: the chart of a report as a picture."""

from collections.abc import Iterator

from cpoctl.formats import Sheet
from cpoctl.formats._pictures import picture

MACHINE = True
BYTES = True
CHART = True


def render(sheet: Sheet) -> Iterator[bytes]:
    """The picture."""
    yield picture(sheet.chart, "svg")
