"""Charts in plain text: a line over time, bars, a spark and a gauge, for the command line and the dashboard alike.

Every line that comes back has exactly the width that was asked for, without styles or escapes. What is not known
is never drawn as zero. The signs tell the parts of a chart apart, for whoever wants to colour them: braille is the
data of a line, blocks those of bars, `╌` the threshold, box drawing the axes. (UX §5.4)
"""

from cpoctl.charts.bar import bars
from cpoctl.charts.blocks import gauge, spark
from cpoctl.charts.described import NO_DATA, Chart, Series, drawn
from cpoctl.charts.lines import line
from cpoctl.charts.traces import Point

__all__ = ["NO_DATA", "Chart", "Point", "Series", "bars", "drawn", "gauge", "line", "spark"]
