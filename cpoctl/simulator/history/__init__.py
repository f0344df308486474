"""A history that never happened: a believable network over a year, as rows of the server's own kinds.

`History(Scale(...))` makes it page by page and counts what goes in (`totals`), so that reports can be held against it. The same
seed makes the same history. `network` and `names` are the places, `demand` when drivers come, `visits` how it goes for them,
`curves` how cars charge, `outages` what fails, `telling` and `ends` what the server writes of it all, by its own rules.
"""

from cpoctl.simulator.history.making import History
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.totals import HistoryRow

__all__ = ["History", "HistoryRow", "Scale"]
