"""Price series: what energy costs by the hour or quarter of an hour, for tariffs whose prices follow it."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Argument
from cpoctl.table import Column, local

SeriesId = Annotated[str, Argument("the series' name", kind="series")]
NAMES = "SELECT series FROM price_series"
KEPT = """
SELECT s.series, s.currency, s.note, s.added_at, s.actor, p.points, p.begins_at, p.ends_at
FROM price_series s LEFT JOIN (
    SELECT series, count(*) AS points, min(begins_at) AS begins_at, max(ends_at) AS ends_at FROM price_point GROUP BY series
) p ON p.series = s.series
"""


@dataclass(frozen=True)
class SeriesRow:
    """A price series: from when to when it has prices. `holes` are times without one."""

    series: Annotated[str, Column("SERIES")]
    currency: Annotated[str, Column("CURRENCY")]
    points: Annotated[int, Column("PRICES", align="right")]
    begins_at: Annotated[str | None, Column("FROM", show=local)]
    ends_at: Annotated[str | None, Column("TO", show=local)]
    holes: Annotated[list[str], Column("HOLES", 2)]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 3, show=local)]
    actor: Annotated[str, Column("BY", 4)]
