"""List what has happened lately."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Argument, Option, Query, Read, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.event import EventRow, Types, row, spelled
from cpoctl.store.seeking import first_since

_NEWEST = """
SELECT seq, at, type, charger_id, data FROM event
WHERE seq >= :first AND (:charger IS NULL OR charger_id = :charger)
  AND (:types = '' OR instr(:types, ',' || type || ','))
ORDER BY seq DESC LIMIT :last
"""


@dataclass(frozen=True, kw_only=True)
class ListEvents(Query):
    """List what has happened lately: boots, connections, sessions, security events, commands; the oldest first."""

    path = "event list"
    route = "GET /events/list"
    row = EventRow
    noun = "events"
    newest_last = True
    examples = (
        "cpoctl event list HQ-07 --since 2h",
        "cpoctl event list --type ChargerDisconnected --type ChargerConnected --last 20",
    )

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    types: Types = ()
    since: Annotated[str | None, Option("only from then on: a time, or how long ago, such as 2h", kind="time")] = None
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[EventRow]:
        """The last ones that fit."""
        since = stored(instant(self.since, datetime.now(UTC), "since", ago=True)) if self.since else ""
        given = {
            "charger": known_spelling(self.charger, read) if self.charger else None,
            "types": f",{','.join(spelled(self.types))}," if self.types else "",
            "first": first_since(read, "event", since) if since else 0,
            "last": max(self.last, 0),
        }
        return [row(record) for record in reversed(read(_NEWEST, given))]
