"""Show what happened last, one event on a line, and with -f go on with what happens."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.events import Event, as_data
from cpoctl.operations import Argument, Option, Read, Record, Stream
from cpoctl.operations.event import EventRow, Types, spelled, told
from cpoctl.operations.event.list import ListEvents
from cpoctl.table import clock_time, record


@dataclass(frozen=True, kw_only=True)
class TailEvents(Stream):
    """Show what happened last, one event on a line, and with -f go on with what happens."""

    path = "event tail"
    route = "GET /events/tail"
    row = EventRow
    noun = "events"
    examples = ("cpoctl event tail -f", "cpoctl event tail HQ-07 -f --type StatusChanged --json | jq -r .data.status")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    types: Types = ()
    follow: Annotated[bool, Option("go on with what happens", short="f")] = False
    last: Annotated[int, Option("how many to begin with")] = 10

    def select(self, read: Read) -> list[EventRow]:
        """The last ones, to begin with."""
        return ListEvents(charger=self.charger, types=self.types, last=self.last).select(read)

    def take(self, event: Event) -> EventRow | None:
        """A stored event as a row."""
        if not event.stored or (self.types and event.type not in spelled(self.types)):
            return None
        if self.charger and (event.charger_id or "").casefold() != self.charger.casefold():
            return None
        return EventRow(None, stored(datetime.now(UTC)), event.type, event.charger_id, record(as_data(event)))

    def numbered(self, row: EventRow, seq: int | None) -> EventRow:
        """The row with its number."""
        return replace(row, seq=seq)

    def place(self, row: EventRow) -> int | None:
        """Events are numbered."""
        return row.seq

    @classmethod
    def line(cls, row: Record) -> str:
        """`14:02:09.113  HQ-03        StatusChanged           evse_id=1 status=Faulted error_code=GroundFailure`"""
        return f"{clock_time(row['at'])}  {row['charger_id'] or '-':<12} {row['type']:<24} {told(row['data'])}"
