"""Uptime: how much of its time each EVSE was there to be used, by the rule that is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cpoctl.domain import uptime
from cpoctl.domain.periods import local_hour
from cpoctl.domain.uptime import PROFILES, Interval, Stretch, Tally
from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report, charted, ordered
from cpoctl.operations.report._evses import Evse, evses, ms, text
from cpoctl.table import Column, fixed, keyed, span

if TYPE_CHECKING:
    from cpoctl.charts import Chart


@dataclass(frozen=True)
class UptimeRow:
    """The uptime of an EVSE, or of several. `unknown_s` is our own absence, which is no outage.

    Under `nevi` the uptime of several ports is their mean, as the rule has it; elsewhere their times are added.
    """

    by: str
    profile: str
    key: Annotated[str, Column("OF", show=keyed)]
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


@dataclass(frozen=True, kw_only=True)
class UptimeReport(Report):
    """Tell how much of the time EVSEs were up, by a rule: nevi, uk-pcpr, ocpi-raw or tech.

    nevi counts offline as down, excludes what is excused and the hours in which the site is closed, and divides by 525,600
    minutes whatever the period; uk-pcpr is about EVSEs of 50 kW and more in their opening hours, and counts offline as reliable;
    ocpi-raw is the plain share of time; tech is connected and not faulted. What happened while our own server was away is
    unknown, and told apart. Before an EVSE was first heard it is in nobody's scope.
    """

    path = "report uptime"
    route = "GET /reports/uptime"
    row = UptimeRow
    needs = frozenset({"statuses"})
    examples = (
        "cpoctl report uptime --profile nevi --from last-month",
        "cpoctl report uptime --profile uk-pcpr --from last-year --by total",
        "cpoctl report uptime --from 2026-10 --site hq --by charger -o csv --out 'uptime-{month}.csv'",
    )

    by: Annotated[Literal["total", "site", "charger", "evse", "month"], Option("what a row is of")] = "evse"
    profile: Annotated[Literal["nevi", "uk-pcpr", "ocpi-raw", "tech"], Option("the rule")] = "tech"

    def select(self, read: Read) -> list[UptimeRow]:
        """A row a group."""
        profile, groups = PROFILES[self.profile], dict[str, list[tuple[str, Tally]]]()
        excuses = excused(read)
        for evse, (begin, end) in evses(read, self, datetime.now(UTC)):
            if evse.rated_w is not None and evse.rated_w < profile.least_w:
                continue
            opened = evse.open(begin, end)
            stretches = uptime.sweep(evse.facts, begin, end)
            if profile.opening_only:
                stretches = uptime.clipped(stretches, opened)
            out = [*excuses.get(evse.name, ()), *uptime.between(opened, begin, end)]
            for key, part in self._parts(evse, stretches):
                groups.setdefault(key, []).append((evse.name, uptime.tally(part, profile, out)))
        rows = [{"key": key, "row": self._row(key, found)} for key, found in groups.items()]
        return [group["row"] for group in ordered(rows, self.by)]

    def _parts(self, evse: Evse, stretches: list[Stretch]) -> Iterable[tuple[str, list[Stretch]]]:
        if self.by != "month":
            key = {"total": "total", "site": evse.site_id, "charger": evse.charger_id, "evse": evse.name}[self.by]
            return [(key, stretches)] if stretches else []
        return months(stretches, evse.zone)

    def _row(self, key: str, found: Sequence[tuple[str, Tally]]) -> UptimeRow:
        profile = PROFILES[self.profile]
        whole = uptime.added([one for _, one in found])
        percent = whole.percent(profile)
        if profile.year_ms and len(found) > 1:
            each = [value for _, one in found if (value := one.percent(profile)) is not None]
            percent = round(sum(each) / len(each), 4) if each else None
        seconds = {
            f"{name}_s": round(getattr(whole, f"{name}_ms") / 1000)
            for name in ("down", "excluded", "longest", "offline", "faulted", "unavailable", "unknown", "scope")
        }
        return UptimeRow(
            by=self.by, profile=self.profile, key=key, uptime_percent=percent,
            evses=len({name for name, _ in found}), outages=whole.outages, **seconds,
        )  # fmt: skip

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart | None":
        """Uptime as bars."""
        return charted(f"uptime ({self.profile}) by {self.by}", rows, "uptime_percent", unit="%")


def months(stretches: list[Stretch], zone: ZoneInfo) -> Iterable[tuple[str, list[Stretch]]]:
    """The stretches of each month on the wall; one that spans its end is cut there."""
    found: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        begin = stretch.begin
        while begin < stretch.end:
            month = local_hour(text(begin)[:16], zone)[0][:7]
            following = datetime(int(month[:4]) + (month[5:] == "12"), int(month[5:]) % 12 + 1, 1, tzinfo=zone)
            end = min(stretch.end, ms(following.astimezone(UTC)))
            found.setdefault(month, []).append(stretch._replace(begin=begin, end=end))
            begin = end
    return found.items()


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
