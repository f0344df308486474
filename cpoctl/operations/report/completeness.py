"""Whether the data of a period is complete, and if not what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.errors import CpoctlError, Incomplete
from cpoctl.operations import Option, Read
from cpoctl.operations.report import CHARGER_ZONE, ENDED, FITTING, OF_CHARGER, Need, Report
from cpoctl.operations.report._fees import left_out
from cpoctl.operations.report._load import UNTOLD
from cpoctl.operations.report._missing import MissingRow, added

NEEDS: tuple[Need, ...] = get_args(Need)
_GRACE_S = 300  # a charger repeats itself, and comes back, within a shorter absence of ours


@dataclass(frozen=True, kw_only=True)
class Completeness(Report):
    """Tell what of a period's data is missing: open sessions, orphans, unknown energy or prices, our own absence.

    Every report says the same on stderr, and ends with exit code 9 when something is missing. That the period is not over,
    or that somebody is still charging, is said and is no fault.
    """

    path = "report completeness"
    route = "GET /reports/completeness"
    row = MissingRow
    noun = "remarks"
    remarks = None
    examples = ("cpoctl report completeness --from last-month",)

    of: Annotated[tuple[Need, ...], Option("what must be there; repeatable, all without it")] = NEEDS

    def select(self, read: Read) -> list[MissingRow]:
        """Whatever is to be said, what is missing first."""
        now, needs = datetime.now(UTC), frozenset(self.of)
        found = added(row for zone, given in self.spans(read) for row in _of_zone(read, zone, given, needs, now))
        if "prices" in needs and (count := left_out(read, self)):
            found.append(MissingRow("fees", count, False, "", None))
        if absence := _absence(read, self, now):
            found.append(absence)
        return sorted(map(_worded, found), key=lambda row: not row.missing)

    def beside(self) -> None:  # type: ignore[override] # it tells this itself
        """Nothing more."""

    def objection(self, rows: Sequence[Mapping[str, Any]]) -> CpoctlError | None:
        """Incomplete, if anything is missing."""
        missing = [row for row in rows if row["missing"]]
        if not missing:
            return None
        hints = [row["hint"] for row in missing if row["hint"]]
        return Incomplete("the data of this period is incomplete", hints=list(dict.fromkeys(hints)))

    @classmethod
    def remark(cls, row: Mapping[str, Any]) -> str:
        """What stderr says beside another report."""
        return str(row["says"])


_AT = "coalesce(charger.charger_id, s.charger_id) AS charger_id"
_EACH = "count(*) AS n, min({at}) AS first_at, max({at}) AS last_at"
_ENDS = _EACH.format(at="s.stopped_at")
_OPEN = f"""
SELECT charger_id, {_EACH.format(at="started_at")} FROM (
    SELECT {_AT}, s.started_at,
           coalesce((SELECT max(m.received_at) FROM meter_value m WHERE m.session_id = s.session_id), s.start_received_at) AS heard
    FROM session s {OF_CHARGER.format(of="s")} WHERE s.stopped_at IS NULL AND s.started_at < :end AND {FITTING}
) WHERE NOT :over OR heard < :end GROUP BY 1"""  # noqa: S608 # constants
_UNSEEN = "NOT EXISTS (SELECT 1 FROM review WHERE item = 'session-' || s.session_id)"
_UNKNOWN = f"""SELECT {_AT}, {_ENDS} FROM session s INDEXED BY session_of_unknown_energy {OF_CHARGER.format(of="s")}
  WHERE {ENDED} AND s.energy_wh IS NULL AND {_UNSEEN} GROUP BY 1"""  # noqa: S608 # constants
_STEPS = f"""SELECT {_AT}, {_ENDS} FROM session s INDEXED BY session_doubtful {OF_CHARGER.format(of="s")}
  WHERE (s.flags <> '[]' OR s.tag_status <> 'Accepted') AND {ENDED} AND {_UNSEEN}
  AND EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value IN ('steps_missing', 'begin_missing')) GROUP BY 1"""  # noqa: S608 # constants
_TARIFFS = "SELECT count(*) AS n FROM tariff_assignment"
_UNPRICED = f"""SELECT {_AT}, {_ENDS} FROM session s {OF_CHARGER.format(of="s")} WHERE {ENDED}
  AND NOT EXISTS (SELECT 1 FROM session_price p WHERE p.session_id = s.session_id AND p.superseded_at IS NULL)
  AND (s.energy_wh IS NOT NULL OR {_UNSEEN}) GROUP BY 1"""  # noqa: S608 # constants
_ORPHANS = f"""
SELECT {_AT}, {_EACH.format(at="s.received_at")} FROM orphan s {OF_CHARGER.format(of="s")}
WHERE s.dropped_at IS NULL AND s.received_at >= :begin AND s.received_at < :end AND {CHARGER_ZONE} = :zone
  AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger)
  AND NOT EXISTS (SELECT 1 FROM review WHERE item = 'orphan-' || s.orphan_id) GROUP BY 1
"""  # noqa: S608 # constants
_NO_POWER = f"""SELECT {_AT}, {_ENDS} FROM session s {OF_CHARGER.format(of="s")}
  WHERE {ENDED} AND s.energy_wh > 0 AND {UNTOLD} GROUP BY 1"""  # noqa: S608 # constants
_RUNS = "SELECT started_at, coalesce(stopped_at, alive_at) AS ended_at FROM run ORDER BY started_at"
_REVIEW = "cpoctl session review"


def _of_zone(
    read: Read, zone: ZoneInfo, given: dict[str, Any], needs: frozenset[str], now: datetime
) -> Iterator[MissingRow]:
    over = given["end"] <= stored(now)
    if not over:
        yield MissingRow("period", 1, False, "the period is not over: this is so far", None)
    priced = "prices" in needs and read(_TARIFFS)[0]["n"]
    counted = (
        ("sessions" in needs and over, "open sessions", _OPEN, "cpoctl session list --stuck"),
        (not over, "running sessions", _OPEN, None),
        (priced, "unpriced sessions", _UNPRICED, _REVIEW),
        ("sessions" in needs, "orphans", _ORPHANS, _REVIEW),
        ("sessions" in needs, "unfinished sessions", _STEPS, _REVIEW),
        ("energy" in needs, "unknown energy", _UNKNOWN, _REVIEW),
        ("power" in needs, "no power", _NO_POWER, None),
    )
    for wanted, what, sql, hint in counted:
        for record in read(sql, {**given, "over": over}) if wanted else ():
            days = (_day(record["first_at"], zone), _day(record["last_at"], zone))
            missing = what not in _GOOD_TO_KNOW
            yield MissingRow(what, record["n"], missing, "", hint, [record["charger_id"]], *days)


def _day(at: str, zone: ZoneInfo) -> str:
    """The day of an instant on the wall."""
    return parsed(at).astimezone(zone).date().isoformat()


def _absence(read: Read, report: Completeness, now: datetime) -> MissingRow | None:
    """How long the server was away in the period, after it had begun to run at all."""
    zones, spans = zip(*report.spans(read), strict=True)
    begin = min(parsed(given["begin"]) for given in spans)
    end = min(now, max(parsed(given["end"]) for given in spans))
    runs = [(parsed(run["started_at"]), parsed(run["ended_at"])) for run in read(_RUNS)]
    away = [
        (max(begin, before[1]), min(end, after[0]))
        for before, after in zip(runs, [*runs[1:], (max(now, runs[-1][1]), now)] if runs else [], strict=True)
    ]
    gaps = [(left, back) for left, back in away if (back - left).total_seconds() > _GRACE_S]
    if not gaps:
        return None
    missing = "statuses" in report.of and "sessions" not in report.of
    hours = sum((back - left).total_seconds() for left, back in gaps) / 3600
    zone = zones[0] if len(zones) == 1 else ZoneInfo("UTC")
    days = _day(stored(gaps[0][0]), zone), _day(stored(gaps[-1][1]), zone)
    row = MissingRow("absence", len(gaps), missing, "", None, [], *days)
    says = f"our server was away for {hours:.1f} h ({row.where}): what happened then is known as far as chargers told it later"
    return replace(row, says=says)


_GOOD_TO_KNOW = frozenset({"running sessions", "no power"})
_SAYS = {
    "no power": "told no power: what they drew is reckoned from their registers, and evened out",
    "open sessions": "have not ended and were not heard of since: some may have ended in the period",
    "running sessions": "go on, and are not in it",
    "orphans": "belong to no session: energy may be missing",
    "unfinished sessions": "have steps that never came, and may have charged more",
    "unknown energy": "are of unknown energy, and count without any",
    "unpriced sessions": "have no price, and count without money",
    "fees": "are of no site and no charger, and are not in it",
}
_NOUNS = {"orphans": "messages", "fees": "fees of subscriptions"}


def _worded(row: MissingRow) -> MissingRow:
    if row.says:
        return row
    at = f" ({row.where})" if row.where else ""
    joined = "that " if row.what != "fees" else ""
    return replace(row, says=f"{_NOUNS.get(row.what, 'sessions')} {joined}{_SAYS[row.what]}: {row.count}{at}")
