"""Show one session with all that was measured and said of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.operations import Query, Read, one
from cpoctl.operations.session import NAMES, MeterRow, SessionId, SessionRow, number, rows, samples, with_live
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
class SessionDetail(SessionRow):
    """A session with its meter values."""

    started_raw: str
    start_received_at: str
    stop_received_at: str | None
    reservation_id: int | None
    stop_tag_id: str | None
    stop_conflicts: int
    closed_by_hand: list[ClosingRow]
    meter_values: list[MeterRow]


_MORE = """
SELECT started_raw, start_received_at, stop_received_at, reservation_id, stop_tag_id,
       (SELECT count(*) FROM stop_conflict c WHERE c.session_id = s.session_id) AS stop_conflicts
FROM session s WHERE session_id = :session
"""
_CLOSING = """
SELECT closed_at, actor, reason, stopped_at, energy_wh, meter_stop_wh FROM session_closing WHERE session_id = :session
"""


@dataclass(frozen=True, kw_only=True)
class ShowSession(Query):
    """Show a session with its meter values."""

    path = "session show"
    route = "GET /sessions/{session}"
    row = SessionDetail
    many = False
    examples = ("cpoctl session show 42", "cpoctl session show 42 --json | jq '.meter_values | length'")

    session: SessionId

    def select(self, read: Read) -> list[SessionDetail]:
        """The one session."""
        given = {"session": number(self.session)}
        found = one(rows(read, "WHERE session_id = :session", given), "session", self.session, read, NAMES)
        return [
            SessionDetail(
                **vars(found),
                **read(_MORE, given)[0],
                closed_by_hand=[ClosingRow(**record) for record in read(_CLOSING, given)],
                meter_values=samples(read, given["session"]),
            )
        ]

    def overlay(self, row: SessionDetail, live: "LiveFleet", now: datetime) -> SessionRow:
        """Add what the live state knows."""
        return with_live(row, live, now)
