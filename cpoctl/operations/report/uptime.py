"""Uptime: how much of its time each EVSE was there to be used, by the rule that is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.clock import stored
from cpoctl.domain import periods, uptime
from cpoctl.domain.uptime import PROFILES, Interval, Stretch, Tally
from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report, clocks, ordered
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report._evses import Evse, evses, moment, ms
from cpoctl.table import Column, fixed, keyed, span

if TYPE_CHECKING:
    from cpoctl.charts import Chart
    from cpoctl.operations.report.completeness import Completeness


_Key = tuple[str, str | None]
_YEAR = timedelta(days=366)
_EACH = {"evse-month": 1, "quarter": 3}
"""Of how many months the rows of each EVSE are."""


@dataclass(frozen=True)
class UptimeRow:
    """The uptime of an EVSE, or of several. `unknown_s` is our own absence, which is no outage.

    Under `nevi` the uptime of several ports is their mean, as the rule has it; elsewhere their times are added. The uptime is
    100 · (total − (outage − excluded)) / total, of the minutes that the row tells. `period` is the month or quarter of a
    row by EVSE and month or quarter.
    """

    by: str
    profile: str
    key: Annotated[str, Column("OF", show=keyed)]
    period: Annotated[str | None, Column("PERIOD", 2)]
    uptime_percent: Annotated[float | None, Column("UPTIME %", 1, "right", fixed(4))]
    evses: Annotated[int, Column("EVSES", 3, "right")]
    down_s: Annotated[int, Column("DOWN", 1, "right", span)]
    excluded_s: Annotated[int, Column("EXCUSED", 2, "right", span)]
    outages: Annotated[int, Column("OUTAGES", 2, "right")]
    longest_s: Annotated[int, Column("LONGEST", 2, "right", span)]
    offline_s: Annotated[int, Column("OFFLINE", 3, "right", span)]
    faulted_s: Annotated[int, Column("FAULTED", 3, "right", span)]
    unavailable_s: Annotated[int, Column("UNAVAILABLE", 3, "right", span)]
    unknown_s: Annotated[int, Column("UNKNOWN", 2, "right", span)]
    scope_s: Annotated[int, Column("MEASURED", 3, "right", span)]
    total_minutes: Annotated[float, Column("TOTAL MIN", 2, "right", fixed(2))]
    outage_minutes: Annotated[float, Column("OUTAGE MIN", 2, "right", fixed(2))]
    excluded_minutes: Annotated[float, Column("EXCLUDED MIN", 2, "right", fixed(2))]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass(frozen=True, kw_only=True)
class UptimeReport(Report):
    """Tell how much of the time EVSEs were up, by a rule: nevi, uk-pcpr, ocpi-raw or tech.

    nevi counts offline as down, excludes what is excused and the hours in which the site is closed, and divides by 525,600
    minutes whatever the period; uk-pcpr is about EVSEs of 50 kW and more in their opening hours, and counts offline as reliable;
    ocpi-raw is the plain share of time; tech is connected and not faulted. What happened while our own server was away is
    unknown, and told apart. Before an EVSE was first heard it is in nobody's scope.

    By `quarter` and `evse-month` each EVSE has a row for each of them. There nevi looks at the twelve months up to the end of
    each, as its formula does: what 680.112 wants submitted.
    """

    path = "report uptime"
    route = "GET /reports/uptime"
    row = UptimeRow
    needs = frozenset({"statuses"})
    examples = (
        "cpoctl report uptime --profile nevi --from last-month",
        "cpoctl report uptime --profile nevi --from last-quarter --by quarter -o csv --out 'nevi-{period}.csv'",
        "cpoctl report uptime --profile uk-pcpr --from last-year --by total",
        "cpoctl report uptime --from 2026-10 --site hq --by charger -o csv --out 'uptime-{month}.csv'",
    )

    by: Annotated[
        Literal["total", "site", "charger", "evse", "month", "quarter", "evse-month"],
        Option("what a row is of; quarter: of each EVSE and quarter, evse-month: of each EVSE and month"),
    ] = "evse"
    profile: Annotated[Literal["nevi", "uk-pcpr", "ocpi-raw", "tech"], Option("the rule")] = "tech"

    def select(self, read: Read) -> list[UptimeRow]:
        """A row a group."""
        profile, groups, zones = PROFILES[self.profile], dict[_Key, list[tuple[str, Tally]]](), dict[_Key, set[str]]()
        excuses, earlier = excused(read), _YEAR if self._looks_back else timedelta()
        for evse, (begin, end) in evses(read, self, datetime.now(UTC), earlier):
            if evse.rated_w is not None and evse.rated_w < profile.least_w:
                continue
            since = begin - round(earlier.total_seconds() * 1000)
            opened = evse.open(since, end)
            stretches = uptime.sweep(evse.facts, since, end)
            if profile.opening_only:
                stretches = uptime.clipped(stretches, opened)
            out = [*excuses.get(evse.name, ()), *uptime.between(opened, since, end)]
            for key, part in self._parts(evse, stretches, begin, end):
                groups.setdefault(key, []).append((evse.name, uptime.tally(part, profile, out)))
                zones.setdefault(key, set()).add(evse.zone.key)
        rows = [
            {"key": key[0], "row": self._row(*key, groups[key], clocks(zones[key]))} for key in sorted(groups, key=str)
        ]
        return [group["row"] for group in ordered(rows, self.by)]

    @property
    def _looks_back(self) -> bool:
        """Whether each period is judged by the year that ends with it. 23 CFR 680.116(b)(2)"""
        return self.by in _EACH and PROFILES[self.profile].year_ms is not None

    def beside(self) -> "Completeness":
        """What is missing of the time that it looks at."""
        told = super().beside()
        if not self._looks_back:
            return told
        begin, end = self.period().within(UTC)
        first = periods.parts(begin, end, UTC, _EACH[self.by])[0]
        return replace(told, since=stored(periods.year_before(first[2], UTC)), until=self.period().words[1])

    def _parts(
        self, evse: Evse, stretches: list[Stretch], begin: int, end: int
    ) -> Iterator[tuple[_Key, list[Stretch]]]:
        """What of the stretches counts under which key and period."""
        length = {"month": 1, **_EACH}.get(self.by)
        if length is None:
            whole = {"total": "total", "site": evse.site_id, "charger": evse.charger_id, "evse": evse.name}
            if stretches:
                yield (whole[self.by], None), stretches
            return
        for name, since, until in periods.parts(moment(begin), moment(end), evse.zone, length):
            from_then = periods.year_before(until, evse.zone) if self._looks_back else since
            if part := uptime.clipped(stretches, [(ms(from_then), ms(until))]):
                yield ((name, None) if self.by == "month" else (evse.name, name)), part

    def _row(self, key: str, period: str | None, found: Sequence[tuple[str, Tally]], zones: str) -> UptimeRow:
        profile = PROFILES[self.profile]
        whole = uptime.added([one for _, one in found])
        percent = whole.percent(profile)
        if profile.year_ms and len(found) > 1:
            each = [value for _, one in found if (value := one.percent(profile)) is not None]
            percent = round(sum(each) / len(each), 4) if each else None
        measured = [one for _, one in found if one.scope_ms]
        total = len(measured) * profile.year_ms if profile.year_ms else whole.scope_ms
        seconds = {
            f"{name}_s": round(getattr(whole, f"{name}_ms") / 1000)
            for name in ("down", "excluded", "longest", "offline", "faulted", "unavailable", "unknown", "scope")
        }
        return UptimeRow(
            by=self.by, profile=self.profile, key=key, period=period, uptime_percent=percent,
            evses=len({name for name, _ in found}), outages=whole.outages, **seconds,
            total_minutes=_minutes(total), outage_minutes=_minutes(whole.down_ms),
            excluded_minutes=_minutes(whole.excluded_ms), time_zone=zones,
        )  # fmt: skip

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """Uptime as bars."""
        named = [{**row, "key": f"{row['key']} {row['period']}"} if row["period"] else row for row in rows]
        title = f"uptime ({self.profile}) by {self.by}"
        return charted(self, title, named, "uptime_percent", unit="%", lowest=True)


def _minutes(length_ms: int) -> float:
    return round(length_ms / 60_000, 3)


_EXCUSES = """
SELECT e.charger_id, e.evse_id, e.begins_at, e.ends_at FROM outage_excuse e WHERE e.revokes IS NULL
  AND NOT EXISTS (SELECT 1 FROM outage_excuse r WHERE r.revokes = e.excuse_id)
"""
_OF_CHARGER = "SELECT charger_id, evse_id FROM evse WHERE evse_id > 0"


def excused(read: Read) -> dict[str, list[Interval]]:
    """The times that are excused, by EVSE."""
    places: dict[str, list[int]] = {}
    for record in read(_OF_CHARGER):
        places.setdefault(record["charger_id"].casefold(), []).append(record["evse_id"])
    names = {record["charger_id"].casefold(): record["charger_id"] for record in read("SELECT charger_id FROM charger")}
    found: dict[str, list[Interval]] = {}
    for record in read(_EXCUSES):
        folded = record["charger_id"].casefold()
        for evse_id in [record["evse_id"]] if record["evse_id"] else places.get(folded, []):
            interval = ms(record["begins_at"]), ms(record["ends_at"])
            found.setdefault(f"{names.get(folded, record['charger_id'])}:{evse_id}", []).append(interval)
    return found
