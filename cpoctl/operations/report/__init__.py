"""Reports: what was charged, what it earned, how well the chargers did.

A report is a file here: a `Report` with `by`, the groups that it knows, and `select`. Sessions belong to a period by
their end, on the clock on the wall of their site: a site's month begins at its own midnight, and UTC's where no site is
known. Numbers are summed by SQL as integers, so that the same database gives the same bytes.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain import periods
from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Option, Query, Read, Record
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.owner import owner_at
from cpoctl.operations.report._missing import MissingRow
from cpoctl.table import plain

if TYPE_CHECKING:
    from cpoctl.operations.report.completeness import Completeness

Need = Literal["energy", "power", "prices", "sessions", "statuses"]
TIMES = ("hour", "weekday", "day", "month")
CHARGER_ZONE = "coalesce(site.time_zone, 'UTC')"
OF_CHARGER = """
LEFT JOIN charger ON charger.charger_id = {of}.charger_id
LEFT JOIN site ON site.site_id = charger.site_id
"""
SLOT = "substr({at}, 1, 14) || substr('00153045', substr({at}, 15, 2) / 15 * 2 + 1, 2)"
"""The quarter of an hour of an instant, as `2026-10-25T01:15`: every zone's hours and days consist of whole ones."""
GROUPS: Mapping[str, str] = {
    "total": "'total'",
    "site": "coalesce(site.site_id, '')",
    "charger": "coalesce(charger.charger_id, s.charger_id)",
    "evse": "coalesce(charger.charger_id, s.charger_id) || ':' || s.evse_id",
    "tag": "s.tag_id COLLATE NOCASE",
    "owner": f"coalesce({owner_at('s.stopped_at')}, '')",
    "tariff": "coalesce(price.tariff_id, '')",
    **{name: SLOT.format(at="s.stopped_at") for name in TIMES},
}
"""What a session is counted under, by the name of the group."""
_SAID_APART = frozenset({"since", "until", "columns", "template"})  # the period, and what leaves no session out


@dataclass(frozen=True, kw_only=True)
class Report(Query):
    """What all reports take: a period, and which sites, chargers and tags."""

    heavy = True
    noun = "rows"
    remarks: ClassVar[type | None] = MissingRow
    needs: ClassVar[frozenset[Need]] = frozenset({"sessions"})
    """Without what it is incomplete."""

    since: Annotated[
        str, Option("the period, or its begin: last-month, 2026-10, 2026-Q3, 2026-10-03, 7d, an instant", long="from")
    ] = "this-month"
    until: Annotated[str | None, Option("up to then; a day or month that is named is part of it", long="to")] = None
    site: Annotated[str | None, Option("only of this site", kind="site")] = None
    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    tag: Annotated[str | None, Option("only of this tag", kind="tag")] = None

    def __post_init__(self) -> None:
        """Refuse a period that cannot be meant. Raises UsageProblem."""
        self.period()

    def period(self, now: datetime | None = None) -> periods.Period:
        """The period, in the calendar of `now`'s zone. Raises UsageProblem."""
        try:
            return periods.read(self.since, self.until, now or datetime.now().astimezone())
        except ValueError as error:
            raise UsageProblem(str(error), hints=[f"cpoctl {self.path} --from last-month"]) from None

    def pinned(self, now: datetime) -> Self:
        """The same period at any later time."""
        since, until = self.period(now).words
        return replace(self, since=since, until=until)

    def places(self) -> Mapping[str, str]:
        """`{month}`, `{from}` and the like, in the name of a file."""
        period = self.period()
        begin, end = period.words
        return {
            "period": period.name, "month": begin[:7], "day": begin[:10], "year": begin[:4], "from": begin, "to": end,
            "site": self.site or "all", "charger": self.charger or "all", "report": self.path.rpartition(" ")[2],
        }  # fmt: skip

    def title(self) -> str:
        """The command with its period and whatever narrows it down: `cpoctl report energy 2026-10, by site, site HQ`."""
        return f"cpoctl {self.path} {self.told()}"

    def told(self, *but: str) -> str:
        """The period and whatever narrows it down, without these options: `2026-10, by site, site HQ`."""
        told = [
            (each.name, getattr(self, each.name))
            for each in dataclasses.fields(self)
            if each.name not in _SAID_APART and each.name not in but
        ]
        words = [f"{name} {plain(value)}" for name, value in told if value not in (None, False)]
        return ", ".join([self.period().name.replace("_", " to "), *words])

    def beside(self) -> "Completeness":
        """What of its data is missing."""
        from cpoctl.operations.report.completeness import Completeness

        return Completeness(
            since=self.since, until=self.until, site=self.site, charger=self.charger, tag=self.tag,
            of=tuple(sorted(self.needs)),
        )  # fmt: skip

    def zones(self, read: Read) -> list[ZoneInfo]:
        """The zones of the chargers that it is about, each once. Raises NotFound for what nobody knows."""
        self._must_be_known(read)
        found = read(_ZONES, self._given())
        return [ZoneInfo(record["zone"]) for record in found] or [ZoneInfo("UTC")]

    def spans(self, read: Read) -> Iterator[tuple[ZoneInfo, dict[str, Any]]]:
        """Each zone, with what its SELECTs are given: `zone`, `begin`, `end`, `site`, `charger`, `tag`."""
        period = self.period()
        for zone in self.zones(read):
            begin, end = period.within(zone)
            yield zone, {**self._given(), "zone": zone.key, "begin": stored(begin), "end": stored(end)}

    def _given(self) -> dict[str, Any]:
        return {"site": self.site, "charger": self.charger, "tag": self.tag}

    def _must_be_known(self, read: Read) -> None:
        if self.charger:
            must_be_known(self.charger, read)
        if self.site:
            ids = [record["site_id"] for record in read("SELECT site_id FROM site")]
            if self.site.casefold() not in map(str.casefold, ids):
                raise NotFound(
                    f"no site {self.site}{nearest(self.site, ids)}", target=self.site, hints=["cpoctl site list"]
                )
        if self.tag and not read(_KNOWN_TAG, {"tag": self.tag}):
            ids = [record["tag_id"] for record in read("SELECT tag_id FROM tag")]
            hints = ["cpoctl tag list", "cpoctl report tags --from this-year    also those that are no tags of ours"]
            raise NotFound(f"no tag {self.tag}{nearest(self.tag, ids)}", target=self.tag, hints=hints)


_KNOWN_TAG = """
SELECT 1 FROM tag WHERE tag_id = :tag UNION ALL SELECT 1 FROM session WHERE tag_id = :tag COLLATE NOCASE LIMIT 1
"""
_ZONES = f"""
SELECT DISTINCT {CHARGER_ZONE} AS zone FROM (
    SELECT charger_id FROM charger UNION SELECT charger_id FROM session
) AS s {OF_CHARGER.format(of="s")}
WHERE (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger COLLATE NOCASE)
ORDER BY zone
"""  # noqa: S608 # constants
PICKED = """
s.dropped_at IS NULL AND (:site IS NULL OR site.site_id = :site)
  AND (:charger IS NULL OR s.charger_id = :charger) AND (:tag IS NULL OR s.tag_id = :tag COLLATE NOCASE)
"""
"""What sessions the filters leave, that nobody has dropped; `s` is the session."""
FITTING = f"{PICKED} AND {CHARGER_ZONE} = :zone"
"""The same of one zone."""
ENDED = f"s.stopped_at >= :begin AND s.stopped_at < :end AND {FITTING}"


def sums(
    read: Read,
    report: Report,
    by: str,
    measures: Mapping[str, str],
    *,
    join: str = "",
    apart: Callable[[ZoneInfo], tuple[str, dict[str, Any]]] | None = None,
) -> list[Record]:
    """Sums over the sessions that ended in the period: a record for each group with its `key` and `time_zone`, in the groups' order.

    `measures` are aggregates that add up to whole numbers, by name; NULL counts as nothing. `join` adds tables. `apart` tells,
    for a zone, SQL of a text by which groups are told apart once more, as `apart`, and what that SQL is given.
    """
    columns = ", ".join(f"{expression} AS {name}" for name, expression in measures.items())
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for zone, given in report.spans(read):
        split, more = apart(zone) if apart else ("''", {})
        sql = (
            f"SELECT {GROUPS[by]} AS key, {split} AS apart, {columns} FROM session s {OF_CHARGER.format(of='s')} {join}"  # noqa: S608 # constants
            f" WHERE {ENDED} GROUP BY 1, 2"
        )
        for record in read(sql, {**given, **more}):
            key = periods.key_of(record["key"], zone, by) if by in TIMES else record["key"]
            start = {
                "key": key,
                **({"apart": record["apart"]} if apart else {}),
                **dict.fromkeys(measures, 0),
                "time_zone": "",
            }
            group = found.setdefault((key.casefold(), record["apart"]), start)
            group["time_zone"] = clocks([group["time_zone"], zone.key])
            for name in measures:
                group[name] += record[name] or 0
    return ordered(list(found.values()), by)


def clocks(zones: Iterable[str]) -> str:
    """By which clocks a group's figures are: `Europe/Berlin, Europe/London`."""
    return ", ".join(sorted({zone for some in zones for zone in some.split(", ") if zone}))


def ordered(found: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """Groups by their key; the days of the week from Monday."""
    if by == "weekday":
        return sorted(found, key=lambda group: periods.WEEKDAYS.index(group["key"]))
    return sorted(found, key=lambda group: (group["key"].casefold(), group["key"]))


def mean(total: int, count: int) -> float | None:
    """The mean to three digits; None of nothing."""
    return round(total / count, 3) if count else None
