"""What the database knows of EVSEs: their statuses, connections and our own running, as the facts of a sweep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.domain import opening
from cpoctl.domain.uptime import Facts, Interval, Told
from cpoctl.operations import Read
from cpoctl.operations.report import CHARGER_ZONE, OF_CHARGER, Report

_LATE = timedelta(days=7)  # so long after a period a charger that was away may tell what happened in it
_EVSES = f"""
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, s.evse_id, coalesce(site.site_id, '') AS site_id,
       s.rated_w, s.in_service_from, site.opening
FROM evse_facts s {OF_CHARGER.format(of="s")}
WHERE charger.removed_at IS NULL AND {CHARGER_ZONE} = :zone
  AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger)
ORDER BY 1, 2
"""  # noqa: S608 # constants
# What is told later than it was heard is of a clock that is ahead: it came about when it was heard, at the latest.
_TOLD = """
SELECT min(happened_at, received_at) AS happened_at, connector_id, status, error_code FROM status_change
WHERE charger_id = :of AND evse_id = :evse AND received_at >= :begin AND received_at < :late
  AND min(happened_at, received_at) < :end
ORDER BY 1, status_change_id
"""
_BEFORE = """
SELECT min(happened_at, received_at) AS happened_at, connector_id, status, error_code FROM status_change
WHERE charger_id = :of AND evse_id = :evse AND received_at < :begin ORDER BY received_at DESC, status_change_id DESC LIMIT 20
"""
_CONNECTED = """
SELECT opened_at, closed_at FROM connection WHERE charger_id = :of AND opened_at < :end
  AND (closed_at IS NULL OR closed_at > :begin)
"""
_RUNS = "SELECT run_id, started_at, stopped_at, alive_at FROM run ORDER BY run_id"


@dataclass(frozen=True)
class Evse:
    """An EVSE with what is known of it."""

    charger_id: str
    evse_id: int
    site_id: str
    zone: ZoneInfo
    rated_w: float | None
    opening: str | None
    facts: Facts

    @property
    def name(self) -> str:
        """`HQ-07:2`."""
        return f"{self.charger_id}:{self.evse_id}"

    def open(self, begin: int, end: int) -> list[Interval]:
        """When people reach it between two instants."""
        hours = opening.read(self.opening or "")
        if hours is None:
            return [(begin, end)]
        return [(ms(opens), ms(closes)) for opens, closes in hours.spans(moment(begin), moment(end), self.zone)]


def ms(instant: str | datetime) -> int:
    """An instant in milliseconds."""
    at = parsed(instant) if isinstance(instant, str) else instant
    return round(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    """Milliseconds as an instant."""
    return datetime.fromtimestamp(at / 1000, UTC)


def text(at: int) -> str:
    """Milliseconds as an instant is stored."""
    return stored(moment(at))


def evses(
    read: Read, report: Report, now: datetime, earlier: timedelta = timedelta()
) -> "Iterator[tuple[Evse, Interval]]":
    """Each EVSE with its facts and the period in its zone, which ends now if it is not over.

    The facts are those from so much `earlier` on.
    """
    runs = running(read, now)
    for zone, given in report.spans(read):
        span = ms(given["begin"]), min(ms(given["end"]), ms(now))
        given["begin"] = stored(parsed(given["begin"]) - earlier)
        given["end"] = min(given["end"], stored(now))
        given["late"] = stored(parsed(given["end"]) + _LATE)
        for record in read(_EVSES, given):
            of = {**given, "of": record["charger_id"]}
            facts = Facts(
                told=_told(read, {**of, "evse": record["evse_id"]}),
                whole=_told(read, {**of, "evse": 0}),
                connected=_connected(read, of, runs),
                running=runs,
                in_service_from=ms(record["in_service_from"]) if record["in_service_from"] else 0,
            )
            names = ("charger_id", "evse_id", "site_id", "rated_w", "opening")
            yield Evse(**{name: record[name] for name in names}, zone=zone, facts=facts), span


def running(read: Read, now: datetime) -> list[Interval]:
    """When our server ran; the last run goes on if it has not said that it ended, and was alive a moment ago."""
    runs = read(_RUNS)
    ends = [ms(run["stopped_at"] or run["alive_at"]) for run in runs]
    if runs and runs[-1]["stopped_at"] is None and ms(now) - ends[-1] < _ALIVE_MS:
        ends[-1] = ms(now)
    return [(ms(run["started_at"]), end) for run, end in zip(runs, ends, strict=True)]


_ALIVE_MS = 120_000


def _told(read: Read, of: dict[str, Any]) -> list[Told]:
    records = [*reversed(read(_BEFORE, of)), *read(_TOLD, of)]
    return [
        Told(ms(record["happened_at"]), record["connector_id"], record["status"], record["error_code"])
        for record in records
    ]


def _connected(read: Read, of: dict[str, Any], runs: list[Interval]) -> list[Interval]:
    """Its connections. One that nobody has closed ended with the run in which it was opened."""
    found = []
    for record in read(_CONNECTED, of):
        begin = ms(record["opened_at"])
        end = (
            ms(record["closed_at"])
            if record["closed_at"]
            else next((e for b, e in reversed(runs) if b <= begin), begin)
        )
        found.append((begin, end))
    return found
