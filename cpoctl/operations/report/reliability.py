"""Reliability: how often chargers fail, for how long, and how many who came could charge."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.domain import uptime
from cpoctl.domain.uptime import FAULTED, PROFILES, Tally
from cpoctl.operations import Option, Read
from cpoctl.operations.report import ENDED, OF_CHARGER, Report, clocks, ordered
from cpoctl.operations.report._charting import charted
from cpoctl.operations.report._evses import evses
from cpoctl.operations.report.sessions import CHARGED_WH
from cpoctl.table import Column, fixed, keyed, span

if TYPE_CHECKING:
    from cpoctl.charts import Chart

GOOD_ENDS = ("", "Local", "Remote", "EVDisconnected", "StoppedByEV", "SOCLimitReached", "EnergyLimitReached",
             "TimeLimitReached", "LocalOutOfCredit", "MasterPass", "ReqEnergyTransferRejected")  # fmt: skip
"""Reasons for which a session that has charged has ended as it should. 1.6 §7.36 · 2.0.1 §3.71"""
_VISIT_S = 300
_TOP = 3


@dataclass(frozen=True)
class ReliabilityRow:
    """How reliable a place was. A session is an attempt; it succeeded if it drew 0.1 kWh and ended for no fault.

    Attempts of one tag at one site within 5 minutes of each other are a visit: `first_time_percent` of them succeeded at once.
    `failed_tag`: the tag was refused; `failed_start`: nothing was drawn; `failed_end`: it was broken off. `failed_reasons` are why:
    the verdict on the tag, what ended it, or that nothing was drawn until somebody ended it.
    """

    by: str
    key: Annotated[str, Column("OF", show=keyed)]
    attempts: Annotated[int, Column("ATTEMPTS", 1, "right", adds=True)]
    success_percent: Annotated[float | None, Column("SUCCESS %", 1, "right", fixed(2))]
    visits: Annotated[int, Column("VISITS", 3, "right", adds=True)]
    first_time_percent: Annotated[float | None, Column("FIRST TIME %", 1, "right", fixed(2))]
    failed_tag: Annotated[int, Column("TAG", 2, "right", adds=True)]
    failed_start: Annotated[int, Column("START", 2, "right", adds=True)]
    failed_end: Annotated[int, Column("END", 2, "right", adds=True)]
    failed_reasons: Annotated[list[str], Column("REASONS", 3)]
    outages: Annotated[int, Column("OUTAGES", 2, "right", adds=True)]
    mtbf_s: Annotated[int | None, Column("MTBF", 1, "right", span)]
    mttr_s: Annotated[int | None, Column("MTTR", 1, "right", span)]
    top_faults: Annotated[list[str], Column("TOP FAULTS", 2)]
    time_zone: Annotated[str, Column("TIME ZONE", 4)]


@dataclass
class _Place:
    attempts: int = 0
    success: int = 0
    visits: int = 0
    first: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    tallies: list[Tally] = field(default_factory=list)
    zones: set[str] = field(default_factory=set)


_ATTEMPTS = f"""
SELECT charger_id, site_id, phase, visit, reason, count(*) AS count FROM (
    SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, coalesce(site.site_id, '') AS site_id,
           CASE WHEN s.tag_status NOT IN ('Accepted', '') THEN 'tag ' || s.tag_status
                WHEN s.energy_wh IS NULL THEN 'energy unknown'
                WHEN s.energy_wh < {CHARGED_WH} AND coalesce(s.stop_reason, '') IN ('', 'Local', 'Remote') THEN 'nothing drawn'
                ELSE coalesce(nullif(s.stop_reason, ''), 'no reason') END AS reason,
           CASE WHEN s.tag_status NOT IN ('Accepted', '') THEN 'tag'
                WHEN s.energy_wh IS NULL OR s.energy_wh < {CHARGED_WH} THEN 'start'
                WHEN coalesce(s.stop_reason, '') NOT IN (SELECT value FROM json_each(:good)) THEN 'end'
                ELSE 'success' END AS phase,
           unixepoch(s.started_at) - lag(unixepoch(s.stopped_at)) OVER (
               PARTITION BY coalesce(site.site_id, s.charger_id), s.tag_id COLLATE NOCASE ORDER BY s.started_at, s.session_id
           ) IS NULL OR unixepoch(s.started_at) - lag(unixepoch(s.stopped_at)) OVER (
               PARTITION BY coalesce(site.site_id, s.charger_id), s.tag_id COLLATE NOCASE ORDER BY s.started_at, s.session_id
           ) > {_VISIT_S} AS visit
    FROM session s {OF_CHARGER.format(of="s")} WHERE {ENDED}
) GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 # constants


@dataclass(frozen=True, kw_only=True)
class ReliabilityReport(Report):
    """Tell how often chargers failed and for how long, and how many attempts to charge succeeded, at once or at all.

    MTBF is the time up between outages, MTTR the time that an outage lasted, both by the rule `tech` of the uptime report;
    each is null without an outage.
    """

    path = "report reliability"
    route = "GET /reports/reliability"
    row = ReliabilityRow
    needs = frozenset({"sessions", "statuses"})
    examples = ("cpoctl report reliability --from last-month", "cpoctl report reliability --from 2026 --by site --plot")

    by: Annotated[Literal["total", "site", "charger"], Option("what a row is of")] = "charger"

    def select(self, read: Read) -> list[ReliabilityRow]:
        """A row a place."""
        places: dict[str, _Place] = {}
        for record in self._attempts(read):
            place = places.setdefault(self._key(record), _Place())
            place.zones.add(record["zone"])
            _attempted(place, record)
        profile = PROFILES["tech"]
        for evse, (begin, end) in evses(read, self, datetime.now(UTC)):
            place = places.setdefault(self._key(vars(evse)), _Place())
            place.zones.add(evse.zone.key)
            stretches = uptime.sweep(evse.facts, begin, end)
            place.tallies.append(uptime.tally(stretches, profile))
            place.faults.update(stretch.code or "no code" for stretch in stretches if stretch.state == FAULTED)
        rows = [{"key": key, "row": self._row(key, place)} for key, place in places.items()]
        return [group["row"] for group in ordered(rows, self.by)]

    def _attempts(self, read: Read) -> Iterator[dict[str, Any]]:
        for zone, given in self.spans(read):
            for record in read(_ATTEMPTS, {**given, "good": json.dumps(GOOD_ENDS)}):
                yield {**record, "zone": zone.key}

    def _key(self, record: Mapping[str, Any]) -> str:
        return "total" if self.by == "total" else str(record[f"{self.by}_id"])

    def _row(self, key: str, place: _Place) -> ReliabilityRow:
        whole = uptime.added(place.tallies)
        count = whole.outages
        return ReliabilityRow(
            by=self.by,
            key=key,
            attempts=place.attempts,
            success_percent=_percent(place.success, place.attempts),
            visits=place.visits,
            first_time_percent=_percent(place.first, place.visits),
            failed_tag=place.failed["tag"],
            failed_start=place.failed["start"],
            failed_end=place.failed["end"],
            failed_reasons=_most(place.reasons),
            outages=count,
            mtbf_s=round((whole.scope_ms - whole.down_ms) / count / 1000) if count else None,
            mttr_s=round(whole.down_ms / count / 1000) if count else None,
            top_faults=_most(place.faults),
            time_zone=clocks(place.zones),
        )

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart":
        """The share of attempts that succeeded, as bars."""
        return charted(self, f"successful attempts by {self.by}", rows, "success_percent", unit="%", lowest=True)


def _attempted(place: _Place, record: Mapping[str, Any]) -> None:
    count, phase = record["count"], record["phase"]
    place.attempts += count
    place.visits += count * record["visit"]
    if phase == "success":
        place.success += count
        place.first += count * record["visit"]
    else:
        place.failed[phase] += count
        place.reasons[record["reason"]] += count


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _most(counted: Counter[str]) -> list[str]:
    """The most frequent with their counts; of equals by name."""
    ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [f"{name} {count}" for name, count in ranked[:_TOP]]
