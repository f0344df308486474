"""Demand: when EVSEs are occupied, when all of them are, and who came in vain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain import demand
from cpoctl.domain.demand import Cell, Hour, Site
from cpoctl.domain.periods import WEEKDAYS, local_hour
from cpoctl.domain.uptime import Interval
from cpoctl.operations import Option, Read
from cpoctl.operations.report import CHARGER_ZONE, OF_CHARGER, Report, clocks
from cpoctl.operations.report._charting import about_of, charted
from cpoctl.operations.report._evses import ms, text
from cpoctl.operations.report._load import OVERLAPPING, load
from cpoctl.store.seeking import first_since
from cpoctl.table import Column, fixed, keyed, kw

if TYPE_CHECKING:
    from cpoctl.charts import Chart


@dataclass(frozen=True)
class DemandRow:
    """How occupied EVSEs were in an hour of the week, or in whatever the rows are of.

    `share_p50` is the share of EVSE time that half of the hours do not exceed, `share_p90` nine of ten. `all_busy_share` is how
    much of the time every EVSE of a site was occupied. `turn_aways` is null where the wire log does not reach back so far,
    `peak_w` by site, and by the clock of sites in several zones.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    share_mean: Annotated[float | None, Column("MEAN", 1, "right", fixed(4))]
    share_p50: Annotated[float | None, Column("P50", 1, "right", fixed(4))]
    share_p90: Annotated[float | None, Column("P90", 1, "right", fixed(4))]
    all_busy_share: Annotated[float | None, Column("ALL BUSY", 1, "right", fixed(4))]
    arrivals: Annotated[int, Column("ARRIVALS", 2, "right", adds=True)]
    arrivals_per_hour: Annotated[float | None, Column("PER HOUR", 2, "right", fixed(4))]
    turn_aways: Annotated[int | None, Column("TURNED AWAY", 2, "right", adds=True)]
    peak_w: Annotated[int | None, Column("PEAK kW", 2, "right", kw)]
    hours: Annotated[float, Column("HOURS", 3, "right", fixed(2))]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass
class _Group:
    cells: list[Cell] = field(default_factory=list)
    turned_away: int | None = 0
    peak_w: int | None = None
    zones: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class DemandReport(Report):
    """Tell how occupied EVSEs were by hour and weekday: the median, the ninth decile, and when all of a site were.

    An EVSE is occupied while a session runs there. Hours are those on the wall of each site; the hour that a clock change
    repeats is one hour, observed for two. Who presented a tag while all EVSEs of the site were occupied, and charged nowhere
    there at that moment, was turned away: once for each time in which all were occupied.
    """

    path = "report demand"
    route = "GET /reports/demand"
    row = DemandRow
    needs = frozenset({"power", "sessions", "statuses"})
    examples = (
        "cpoctl report demand --from last-month --site hq --plot",
        "cpoctl report demand --from 2026-Q3 --by site",
    )

    by: Annotated[
        Literal["week", "total", "site", "hour", "weekday", "day", "month"], Option("what a row is of; week: its hours")
    ] = "week"

    def select(self, read: Read) -> list[DemandRow]:
        """A row a group."""
        groups: dict[str, _Group] = {}
        merged: dict[tuple[str, Hour], Cell] = {}
        for found in _sites(read, self):
            for hour, cell in found.cells.items():
                at = self._key(hour, found.site_id), hour
                groups.setdefault(at[0], _Group()).zones.add(found.zone)
                merged[at] = _added(merged[at], cell) if at in merged else cell
            for hour, count in found.turned_away.items():
                group = groups.setdefault(self._key(hour, found.site_id), _Group())
                if count is None or group.turned_away is None:
                    group.turned_away = None
                else:
                    group.turned_away += count
        for (key, _), cell in merged.items():
            groups.setdefault(key, _Group()).cells.append(cell)
        self._with_peaks(read, groups)
        return [self._row(key, groups[key]) for key in sorted(groups, key=self._place)]

    def _key(self, hour: Hour, site_id: str) -> str:
        day, weekday, of_day = hour
        return {
            "week": f"{WEEKDAYS[weekday]} {of_day:02d}", "total": "total", "site": site_id, "hour": f"{of_day:02d}",
            "weekday": WEEKDAYS[weekday], "day": day, "month": day[:7],
        }[self.by]  # fmt: skip

    def _place(self, key: str) -> tuple[int, str]:
        return (WEEKDAYS.index(key[:3]), key) if self.by in ("week", "weekday") else (0, key)

    def _with_peaks(self, read: Read, groups: dict[str, _Group]) -> None:
        """The highest quarter of an hour of each group; of single sites, and of hours in several zones, `report power` tells it."""
        if self.by == "site":
            return
        clock, quarters, _ = load(read, self)
        if clock is None and self.by != "total":
            return  # an hour of each site's clock is no instant
        for slot, watts in quarters.items():
            if group := groups.get(self._key(local_hour(slot, clock or UTC), "")):
                group.peak_w = max(group.peak_w or 0, watts)

    def _row(self, key: str, group: _Group) -> DemandRow:
        shares = [share for cell in group.cells if (share := cell.share) is not None]
        whole = Cell()
        for cell in group.cells:
            whole = _added(whole, cell)
        hours = whole.observed / 3_600_000
        return DemandRow(
            by=self.by,
            key=key,
            share_mean=_rounded(whole.share),
            share_p50=_rounded(demand.rank(shares, 50)),
            share_p90=_rounded(demand.rank(shares, 90)),
            all_busy_share=_rounded(whole.all_busy / whole.observed if whole.observed else None),
            arrivals=whole.arrivals,
            arrivals_per_hour=_rounded(whole.arrivals / hours if hours else None),
            turn_aways=group.turned_away,
            peak_w=group.peak_w,
            hours=round(hours, 2),
            time_zone=clocks(group.zones),
        )

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """A heat map of the week, or bars."""
        if self.by != "week":
            return charted(self, f"occupied share of EVSEs by {self.by}", rows, "share_mean", unit="%", scale=0.01)
        from cpoctl.charts import Chart, Series

        shares = {row["key"]: None if row["share_p50"] is None else row["share_p50"] * 100 for row in rows}
        hours = [f"{hour:02d}" for hour in range(24)]
        series = [Series(day, [shares.get(f"{day} {hour}") for hour in hours]) for day in WEEKDAYS]
        about = about_of(self, rows)
        return Chart("occupied share of EVSEs, median", hours, series, "%", "heat", about=about)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _added(one: Cell, other: Cell) -> Cell:
    return Cell(*(getattr(one, name) + getattr(other, name) for name in Cell.__dataclass_fields__))


@dataclass(frozen=True)
class _Found:
    site_id: str
    zone: str
    cells: dict[Hour, Cell]
    turned_away: dict[Hour, int | None]


_SITES = f"""
SELECT coalesce(site.site_id, '') AS site_id, group_concat(coalesce(unixepoch(s.in_service_from), 0)) AS since
FROM evse_facts s {OF_CHARGER.format(of="s")} WHERE charger.removed_at IS NULL AND {CHARGER_ZONE} = :zone
  AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger) GROUP BY 1 ORDER BY 1
"""  # noqa: S608 # constants
_SESSIONS = f"""
SELECT s.started_at, s.charger_id || ':' || s.evse_id AS evse, s.tag_id, coalesce(s.stopped_at, (
    SELECT min(n.started_at) FROM session n WHERE n.charger_id = s.charger_id AND n.evse_id = s.evse_id
      AND n.started_at > s.started_at AND s.stopped_at IS NULL AND n.dropped_at IS NULL
)) AS ended_at
FROM session s {OF_CHARGER.format(of="s")}
WHERE {OVERLAPPING} AND coalesce(site.site_id, '') = :at ORDER BY s.started_at
"""  # noqa: S608 # constants
_PRESENTED = f"""
SELECT s.at, s.request FROM journal s {OF_CHARGER.format(of="s")}
WHERE s.journal_id >= :first AND s.journal_id < :end_id AND s.action = 'Authorize' AND s.sender = 'charger'
  AND coalesce(site.site_id, '') = :at AND (:charger IS NULL OR s.charger_id = :charger COLLATE NOCASE)
"""  # noqa: S608 # constants


def _sites(read: Read, report: Report) -> Iterator[_Found]:
    now = datetime.now(UTC)
    for zone, given in report.spans(read):
        end = min(ms(given["end"]), ms(now))
        begin = ms(given["begin"])
        for record in read(_SITES, given):
            sessions = read(_SESSIONS, {**given, "at": record["site_id"]})
            spans = [
                (ms(session["started_at"]), ms(session["ended_at"]) if session["ended_at"] else end)
                for session in sessions
            ]
            evses: dict[str, list[Interval]] = {}
            for span, session in zip(spans, sessions, strict=True):
                evses.setdefault(session["evse"].casefold(), []).append(span)
            occupied = [span for each in evses.values() for span in demand.merged(each)]
            arrived = [since for since, _ in spans]
            site = Site([int(since) * 1000 for since in record["since"].split(",")], occupied, arrived)
            cells: dict[Hour, Cell] = {}
            busy = demand.swept(site, begin, end, partial(_hour, zone), cells)
            tags = [(since, until, session["tag_id"]) for (since, until), session in zip(spans, sessions, strict=True)]
            at = {**given, "at": record["site_id"], "end": text(end)}
            yield _Found(record["site_id"], zone.key, cells, _turned_away(read, at, zone, cells, busy, tags))


def _hour(zone: ZoneInfo, at: int) -> Hour:
    return local_hour(text(at - at % demand.QUARTER_MS)[:16], zone)


def _turned_away(
    read: Read, at: dict[str, Any], zone: ZoneInfo, cells: dict[Hour, Cell], busy: Sequence[Interval],
    tags: Sequence[tuple[int, int, str]],
) -> dict[Hour, int | None]:  # fmt: skip
    """How many came in vain in each hour; None for those of which the wire log tells nothing any more."""
    log = read("SELECT at FROM journal ORDER BY journal_id LIMIT 1")
    reach = log[0]["at"] if log else stored(datetime.now(UTC))
    if reach > at["begin"]:
        return dict.fromkeys(cells)
    found: dict[Hour, int | None] = dict.fromkeys(cells, 0)
    ids = {"first": first_since(read, "journal", at["begin"]), "end_id": first_since(read, "journal", at["end"])}
    seen: set[tuple[int, str]] = set()
    for record in read(_PRESENTED, {**at, **ids}):
        moment = ms(record["at"])
        span = next((begin for begin, end in busy if begin <= moment < end), None)
        here = any(since <= moment < until and f'"{tag}"' in record["request"] for since, until, tag in tags)
        if span is None or here or (span, record["request"]) in seen:
            continue
        seen.add((span, record["request"]))
        hour = _hour(zone, moment)
        found[hour] = (found.get(hour) or 0) + 1
    return found
