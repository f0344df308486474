"""Show one session with all that was measured and said of it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import stored
from cpoctl.domain.registers import Span, meaning
from cpoctl.operations import Option, Query, Read, one
from cpoctl.operations.session import NAMES, MeterRow, SessionId, SessionRow, number, rows, samples, with_live
from cpoctl.operations.session._cost import CostRow, LineRow, costs, estimated, lines, of_bill, of_priced
from cpoctl.store.evidence import COLUMN
from cpoctl.store.evidence import read as evidence
from cpoctl.table import Column, kwh, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class ClosingRow:
    """What an operator who closed a session by hand took for its end; the charger's own stop may say otherwise."""

    closed_at: Annotated[str, Column("CLOSED", show=local)]
    actor: Annotated[str, Column("BY")]
    reason: Annotated[str, Column("WHY")]
    stopped_at: Annotated[str, Column("STOPPED", 2, show=local)]
    energy_wh: Annotated[float | None, Column("kWh", 2, "right", kwh)]
    meter_stop_wh: float | None


@dataclass(frozen=True)
class CorrectionRow:
    """What somebody has changed of a session: the columns as they were, and as they became."""

    corrected_at: Annotated[str, Column("CORRECTED", show=local)]
    actor: Annotated[str, Column("BY")]
    reason: Annotated[str, Column("WHY")]
    was: Annotated[dict[str, Any], Column("WAS", 2)]
    became: Annotated[dict[str, Any], Column("BECAME", 2)]


@dataclass(frozen=True)
class SessionDetail(SessionRow):
    """A session with its meter values. `register`: what the meter of its EVSE counts from, as sessions before it show."""

    started_raw: str
    start_received_at: str
    stop_received_at: str | None
    reservation_id: int | None
    stop_tag_id: str | None
    stop_conflicts: int
    register: str
    closed_by_hand: list[ClosingRow]
    corrections: list[CorrectionRow]
    costs: list[CostRow]
    lines: list[LineRow]
    meter_values: list[MeterRow]


_MORE = f"""
SELECT started_raw, start_received_at, {COLUMN}, stop_received_at, reservation_id, stop_tag_id,
       (SELECT count(*) FROM stop_conflict c WHERE c.session_id = s.session_id) AS stop_conflicts
FROM session s WHERE session_id = :session
"""  # noqa: S608 - the column is ours
_CORRECTIONS = """
SELECT corrected_at, actor, reason, was, became FROM session_correction WHERE session_id = :session ORDER BY correction_id
"""
_CLOSING = """
SELECT closed_at, actor, reason, stopped_at, energy_wh, meter_stop_wh FROM session_closing WHERE session_id = :session
"""


@dataclass(frozen=True, kw_only=True)
class ShowSession(Query):
    """Show a session with its meter values, or with --cost how its price was made.

    The cost of a session that nobody has priced is reckoned by its tariff, up to now if it is open.
    """

    path = "session show"
    route = "GET /sessions/{session}"
    row = SessionDetail
    many = False
    examples = (
        "cpoctl session show 42",
        "cpoctl session show 42 --cost",
        "cpoctl session show 42 --json | jq '.meter_values | length'",
    )

    session: SessionId
    cost: Annotated[
        bool, Option("each line of its bill, and what it was said to cost before, not what was measured")
    ] = False

    def select(self, read: Read) -> list[SessionDetail]:
        """The one session."""
        given = {"session": number(self.session)}
        found = one(rows(read, "WHERE session_id = :session", given), "session", self.session, read, NAMES)
        return [
            SessionDetail(
                **vars(found),
                **_more(read, given),
                closed_by_hand=[ClosingRow(**record) for record in read(_CLOSING, given)],
                corrections=[_correction(record) for record in read(_CORRECTIONS, given)],
                **self._cost(read, given["session"]),
                meter_values=[] if self.cost else samples(read, given["session"]),
            )
        ]

    def _cost(self, read: Read, session_id: int) -> dict[str, Any]:
        known = costs(read, session_id)
        if not self.cost:
            return {"costs": known[:1], "lines": []}
        if known:
            return {"costs": known, "lines": lines(read, session_id)}
        now = datetime.now(UTC)
        priced = estimated(read, session_id, now)
        if priced is None:
            return {"costs": [], "lines": []}
        return {"costs": [of_priced(priced, stored(now))], "lines": of_bill(priced.text, read, session_id)}

    def overlay(self, row: SessionDetail, live: "LiveFleet", now: datetime) -> SessionRow:
        """Add what the live state knows."""
        return with_live(row, live, now)


def _more(read: Read, given: dict[str, Any]) -> dict[str, Any]:
    record = read(_MORE, given)[0]
    spans = evidence(record.pop("evidence")).spans
    return {**record, "register": str(meaning([Span(*span) for span in reversed(spans)]))}


def _correction(record: dict[str, Any]) -> CorrectionRow:
    return CorrectionRow(**record | {name: json.loads(record[name]) for name in ("was", "became")})
