"""Tags: who charged how much, when last, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.operations import Read
from cpoctl.operations.report import ENDED, OF_CHARGER, Report
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report.sessions import ENERGY, SECONDS
from cpoctl.table import Column, kwh, on_the_wall, span

if TYPE_CHECKING:
    from cpoctl.charts import Chart


@dataclass(frozen=True)
class ReportedTagRow:
    """What a tag charged in the period. `known` is false for one that is no tag of ours.

    `time_zone` is that of the site at which it charged last; a table shows `last_at` in it.
    """

    by: str
    key: Annotated[str, Column("TAG")]
    group: Annotated[str | None, Column("GROUP", 3)]
    note: Annotated[str | None, Column("NOTE", 3)]
    known: Annotated[bool, Column("KNOWN", 4)]
    sessions: Annotated[int, Column("SESSIONS", 1, "right", adds=True)]
    energy_wh: Annotated[int, Column("kWh", 1, "right", kwh, adds=True)]
    duration_s: Annotated[int, Column("DURATION", 2, "right", span, adds=True)]
    chargers: Annotated[int, Column("CHARGERS", 3, "right")]
    last_at: Annotated[str, Column("LAST", 2, "left", on_the_wall, "time_zone")]
    time_zone: Annotated[str, Column("TIME ZONE", 3)]


_TAGS = f"""
SELECT min(s.tag_id) AS key, tag.parent_id AS "group", tag.note, tag.tag_id IS NOT NULL AS known, count(*) AS sessions,
       coalesce(sum({ENERGY}), 0) AS energy_wh, sum({SECONDS}) AS duration_s,
       count(DISTINCT s.charger_id COLLATE NOCASE) AS chargers, max(s.stopped_at) AS last_at
FROM session s {OF_CHARGER.format(of="s")} LEFT JOIN tag ON tag.tag_id = s.tag_id COLLATE NOCASE
WHERE {ENDED} GROUP BY s.tag_id COLLATE NOCASE
"""  # noqa: S608 # constants


@dataclass(frozen=True, kw_only=True)
class TagsReport(Report):
    """List who charged in a period, whoever charged most first."""

    path = "report tags"
    route = "GET /reports/tags"
    row = ReportedTagRow
    needs = frozenset({"sessions", "energy"})
    examples = ("cpoctl report tags --from last-month --site hq", "cpoctl report tags --from 2026 --limit 20 --plot")

    def select(self, read: Read) -> list[ReportedTagRow]:
        """A row a tag; one that charged in several zones is one."""
        found: dict[str, ReportedTagRow] = {}
        for zone, given in self.spans(read):
            for record in read(_TAGS, given):
                row = ReportedTagRow(**{**record, "by": "tag", "known": bool(record["known"]), "time_zone": zone.key})
                folded = row.key.casefold()
                found[folded] = _both(found[folded], row) if folded in found else row
        return sorted(found.values(), key=lambda row: (-row.energy_wh, row.key.casefold()))

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """The ones that charged most as bars."""
        told = [{**row, "time_zone": ""} for row in rows]  # where it charged last is not all that it is about
        return charted(self, "energy by tag", told, "energy_wh", unit="kWh", scale=1000)


def _both(one: ReportedTagRow, other: ReportedTagRow) -> ReportedTagRow:
    """What a tag charged in two zones: their chargers are different ones."""
    names = ("sessions", "energy_wh", "duration_s", "chargers")
    added = {name: getattr(one, name) + getattr(other, name) for name in names}
    last = max(one, other, key=lambda row: row.last_at)
    return replace(last, key=one.key, **added)
