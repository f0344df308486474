"""Export the wire log to a file, for a report or to be played again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.log import FRAMES, FRAMES_OF_CHARGER, FrameRow, row
from cpoctl.store.seeking import first_since


@dataclass(frozen=True, kw_only=True)
class ExportFrames(Query):
    """Export exchanges as JSON lines, the oldest first: who asked and when, the request and its answer.

    Secrets are masked in it, as they are in the log. `cpoctl sim replay` plays such a file again.
    """

    path = "log export"
    route = "GET /log/export"
    row = FrameRow
    noun = "exchanges"
    newest_last = True
    told_as = "jsonl"
    examples = (
        "cpoctl log export --charger HQ-07 --from 2h > hq-07.jsonl",
        "cpoctl log export --from 2026-11-22T08:00:00Z --to 2026-11-22T09:00:00Z --last 100000 > morning.jsonl",
    )

    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    since: Annotated[
        str | None, Option("from then on: a time, or how long ago, such as 2h", kind="time", long="from")
    ] = None
    until: Annotated[str | None, Option("up to then: a time, or how long ago", kind="time", long="to")] = None
    last: Annotated[int, Option("the newest of them, so many at the most")] = 10_000

    def select(self, read: Read) -> list[FrameRow]:
        """The newest ones of that time."""
        given = {
            "charger": known_spelling(self.charger, read) if self.charger else None,
            "first": _number(self.since, "from", read),
            "end": _number(self.until, "to", read),
            "last": max(self.last, 0),
        }
        conditions = [
            *(["charger_id = :charger"] if self.charger else []),
            *(["journal_id >= :first"] if self.since is not None else []),
            *(["journal_id < :end"] if self.until is not None else []),
        ]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        newest = f"{FRAMES_OF_CHARGER if self.charger else FRAMES}{where} ORDER BY journal_id DESC LIMIT :last"
        return [row(record) for record in reversed(read(newest, given))]


def _number(text: str | None, field: str, read: Read) -> int | None:
    """The number of the first exchange at that time."""
    if text is None:
        return None
    return first_since(read, "journal", stored(instant(text, datetime.now(UTC), field, ago=True)))
