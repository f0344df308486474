"""Count what went over the wire."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Argument, Option, Query, Read, Record, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.store.seeking import first_since
from cpoctl.table import Column, millis


@dataclass(frozen=True)
class TrafficRow:
    """The exchanges of one charger and action. Latencies are those of our own Calls."""

    charger_id: Annotated[str, Column("CHARGER")]
    sender: Annotated[str, Column("FROM")]
    action: Annotated[str, Column("ACTION")]
    count: Annotated[int, Column("COUNT", align="right")]
    errors: Annotated[int, Column("ERRORS", align="right")]
    bytes: Annotated[int, Column("BYTES", 2, "right")]
    p50_ms: Annotated[float | None, Column("P50", 2, "right", millis)]
    p99_ms: Annotated[float | None, Column("P99", 2, "right", millis)]


_COUNTED = """
SELECT charger_id, sender, action, count(*) AS count, sum(outcome <> 'result') AS errors,
       sum(length(CAST(request AS BLOB)) + coalesce(length(CAST(answer AS BLOB)), 0)) AS bytes,
       json_group_array(latency_ms) FILTER (WHERE latency_ms IS NOT NULL) AS latencies
FROM {} AND journal_id >= :first
GROUP BY charger_id, sender, action ORDER BY count DESC, charger_id, action
"""
_OF_ONE = "charger_journal WHERE charger_id = :charger"  # so written its index is used


@dataclass(frozen=True, kw_only=True)
class CountFrames(Query):
    """Count the exchanges of a period by charger and action: how many, how many failed, bytes and latencies.

    Failed is whatever got no result: an error, no answer, a late one, a frame that was neither Call nor answer.
    """

    path = "log stats"
    route = "GET /log/stats"
    row = TrafficRow
    noun = "kinds of exchange"
    examples = ("cpoctl log stats --since 1h", "cpoctl log stats HQ-07 --sort -errors")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    since: Annotated[str, Option("from when on: a time, or how long ago", kind="time")] = "24h"

    def select(self, read: Read) -> list[TrafficRow]:
        """Count them."""
        since = stored(instant(self.since, datetime.now(UTC), "since", ago=True))
        given = {
            "charger": known_spelling(self.charger, read) if self.charger else None,
            "first": first_since(read, "journal", since),
        }
        sql = _COUNTED.format(_OF_ONE if self.charger else "journal WHERE 1")
        return [_row(record) for record in read(sql, given)]


def _row(record: Record) -> TrafficRow:
    latencies = sorted(json.loads(record.pop("latencies") or "[]"))
    return TrafficRow(**record, p50_ms=percentile(latencies, 50), p99_ms=percentile(latencies, 99))


def percentile(ordered: list[float], share: int) -> float | None:
    """The smallest value that so many percent do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else None
