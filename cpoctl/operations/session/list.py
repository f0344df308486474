"""List sessions: all, the open ones, or those that are stuck."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read, instant
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.session import SessionRow, rows, with_live

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_WHERE = """
WHERE (:open = 0 OR stopped_at IS NULL) AND (:charger IS NULL OR charger_id = :charger)
  AND (:tag IS NULL OR tag_id = :tag COLLATE NOCASE) AND (:until IS NULL OR started_at < :until)
ORDER BY s.session_id DESC LIMIT coalesce(:last, -1)
"""


@dataclass(frozen=True, kw_only=True)
class ListSessions(Query):
    """List sessions, the newest first.

    A session is stuck when it is open although its EVSE is Available again, has a newer session, no reading of
    it came for a day, or its charger came back with another version of OCPP. `session close` ends such a one by hand.
    """

    path = "session list"
    route = "GET /sessions"
    row = SessionRow
    noun = "sessions"
    examples = (
        "cpoctl session list --open",
        "cpoctl session list --charger HQ-07 --json",
        "cpoctl session list --stuck -o ids",
    )

    open: Annotated[bool, Option("only those that have not ended")] = False
    stuck: Annotated[bool, Option("only open ones that have probably ended long ago")] = False
    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    tag: Annotated[str | None, Option("only of this tag", kind="tag")] = None
    until: Annotated[str | None, Option("only those that began before then: a time, or how long ago", kind="time")] = (
        None
    )
    last: Annotated[int | None, Option("only so many of the newest", least=1)] = None

    def select(self, read: Read) -> list[SessionRow]:
        """Sessions that fit."""
        if self.charger:
            must_be_known(self.charger, read)
        until = stored(instant(self.until, datetime.now(UTC), "until", ago=True)) if self.until else None
        given = {
            "open": int(self.open or self.stuck),
            "charger": self.charger,
            "tag": self.tag,
            "until": until,
            "last": self.last,
        }
        return [found for found in rows(read, _WHERE, given) if found.stuck or not self.stuck]

    def overlay(self, row: SessionRow, live: "LiveFleet", now: datetime) -> SessionRow:
        """Add what the live state knows of an open session."""
        return with_live(row, live, now)
