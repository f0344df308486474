"""Whether the data of a period is complete, and if not what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.clock import parsed, stored
from cpoctl.errors import CpoctlError, Incomplete
from cpoctl.operations import Option, Read
from cpoctl.operations.report import CHARGER_ZONE, ENDED, FITTING, OF_CHARGER, Report
from cpoctl.table import Column

NEEDS = ("energy", "prices", "sessions", "statuses")
_GRACE_S = 300  # a charger repeats itself, and comes back, within a shorter absence of ours


@dataclass(frozen=True)
class MissingRow:
    """Something that is missing, or that is good to know of the period. Only what is `missing` makes it incomplete."""

    what: Annotated[str, Column("WHAT")]
    count: Annotated[int, Column("COUNT", 1, "right")]
    missing: Annotated[bool, Column("MISSING")]
    says: Annotated[str, Column("SAYS")]
    hint: Annotated[str | None, Column("TRY", 2)]


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
    examples = ("cpoctl report completeness --from last-month",)

    of: Annotated[tuple[str, ...], Option(f"what must be there: {', '.join(NEEDS)} (all)")] = NEEDS

    def select(self, read: Read) -> list[MissingRow]:
        """Whatever is to be said, what is missing first."""
        now = datetime.now(UTC)
        found: dict[str, MissingRow] = {}
        for _, given in self.spans(read):
            for row in _of_zone(read, given, frozenset(self.of), now):
                known = found.get(row.what)
                found[row.what] = row if known is None else replace(known, count=known.count + row.count)
        if absence := _absence(read, self, now):
            found[absence.what] = absence
        return sorted(map(_worded, found.values()), key=lambda row: not row.missing)

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


_SESSION = f"FROM session s {OF_CHARGER.format(of='s')} WHERE"
_OPEN = f"""
SELECT count(*) AS n, coalesce(sum(heard < :end), 0) AS silent FROM (
    SELECT coalesce((SELECT max(m.received_at) FROM meter_value m WHERE m.session_id = s.session_id), s.start_received_at)
        AS heard {_SESSION} s.stopped_at IS NULL AND s.started_at < :end AND {FITTING}
)"""  # noqa: S608 # constants
_UNSEEN = "NOT EXISTS (SELECT 1 FROM review WHERE item = 'session-' || s.session_id)"
_UNKNOWN = f"""SELECT count(*) AS n FROM session s INDEXED BY session_of_unknown_energy {OF_CHARGER.format(of="s")}
  WHERE {ENDED} AND s.energy_wh IS NULL AND {_UNSEEN}"""  # noqa: S608 # constants
_STEPS = f"""SELECT count(*) AS n FROM session s INDEXED BY session_doubtful {OF_CHARGER.format(of="s")}
  WHERE (s.flags <> '[]' OR s.tag_status <> 'Accepted') AND {ENDED} AND {_UNSEEN}
  AND EXISTS (SELECT 1 FROM json_each(s.flags) WHERE value IN ('steps_missing', 'begin_missing'))"""  # noqa: S608 # constants
_TARIFFS = "SELECT count(*) AS n FROM tariff_assignment"
_UNPRICED = f"""SELECT count(*) AS n {_SESSION} {ENDED}
  AND NOT EXISTS (SELECT 1 FROM session_price p WHERE p.session_id = s.session_id AND p.superseded_at IS NULL)"""  # noqa: S608 # constants
_ORPHANS = f"""
SELECT count(*) AS n FROM orphan s {OF_CHARGER.format(of="s")}
WHERE s.dropped_at IS NULL AND s.received_at >= :begin AND s.received_at < :end AND {CHARGER_ZONE} = :zone
  AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger)
  AND NOT EXISTS (SELECT 1 FROM review WHERE item = 'orphan-' || s.orphan_id)
"""  # noqa: S608 # constants
_RUNS = "SELECT started_at, coalesce(stopped_at, alive_at) AS ended_at FROM run ORDER BY started_at"
_REVIEW = "cpoctl session review"


def _of_zone(read: Read, given: dict[str, Any], needs: frozenset[str], now: datetime) -> list[MissingRow]:
    over = given["end"] <= stored(now)
    rows = [] if over else [MissingRow("period", 1, False, "the period is not over: this is so far", None)]
    opened = read(_OPEN, given)[0]
    if "sessions" in needs and over and opened["silent"]:
        rows.append(MissingRow("open sessions", opened["silent"], True, "", "cpoctl session list --stuck"))
    elif opened["n"] and not over:
        rows.append(MissingRow("running sessions", opened["n"], False, "", None))
    if "prices" in needs and read(_TARIFFS)[0]["n"] and (count := read(_UNPRICED, given)[0]["n"]):
        rows.append(MissingRow("unpriced sessions", count, True, "", "cpoctl session reprice --help"))
    counted = (
        ("sessions", "orphans", _ORPHANS, _REVIEW),
        ("sessions", "unfinished sessions", _STEPS, _REVIEW),
        ("energy", "unknown energy", _UNKNOWN, _REVIEW),
    )
    for need, what, sql, hint in counted:
        if need in needs and (count := read(sql, given)[0]["n"]):
            rows.append(MissingRow(what, count, True, "", hint))
    return rows


def _absence(read: Read, report: Report, now: datetime) -> MissingRow | None:
    """How long the server was away in the period, after it had begun to run at all."""
    spans = [given for _, given in report.spans(read)]
    begin = min(parsed(given["begin"]) for given in spans)
    end = min(now, max(parsed(given["end"]) for given in spans))
    runs = [(parsed(run["started_at"]), parsed(run["ended_at"])) for run in read(_RUNS)]
    away = [
        (max(begin, before[1]), min(end, after[0]))
        for before, after in zip(runs, [*runs[1:], (max(now, runs[-1][1]), now)] if runs else [], strict=True)
    ]
    gaps = [seconds for left, back in away if (seconds := (back - left).total_seconds()) > _GRACE_S]
    if not gaps:
        return None
    missing = "statuses" in getattr(report, "of", ()) and "sessions" not in getattr(report, "of", ())
    says = f"our server was away for {sum(gaps) / 3600:.1f} h: what happened then is known as far as chargers told it later"
    return MissingRow("absence", len(gaps), missing, says, None)


_SAYS = {
    "open sessions": "have not ended and were not heard of since: some may have ended in the period",
    "running sessions": "go on, and are not in it",
    "orphans": "belong to no session: energy may be missing",
    "unfinished sessions": "have steps that never came, and may have charged more",
    "unknown energy": "are of unknown energy, and count without any",
    "unpriced sessions": "have no price, and count without money",
}


def _worded(row: MissingRow) -> MissingRow:
    noun = "messages" if row.what == "orphans" else "sessions"
    return row if row.says else replace(row, says=f"{noun} that {_SAYS[row.what]}: {row.count}")
