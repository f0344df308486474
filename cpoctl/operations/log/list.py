"""List exchanges: the newest, or those before, after or around one place in the log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Option, Query, Read, Record, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.log import FRAMES, FRAMES_OF_CHARGER, FrameRow, row
from cpoctl.store.seeking import first_since


@dataclass(frozen=True, kw_only=True)
class ListFrames(Query):
    """List the newest exchanges, the oldest of them first; or a page of older ones: before, after or around a place."""

    path = "log list"
    route = "GET /log"
    row = FrameRow
    noun = "exchanges"
    newest_last = True
    examples = (
        "cpoctl log list HQ-07",
        "cpoctl log list --action StopTransaction --last 5",
        "cpoctl log list HQ-07 --around 2026-11-22T14:02:00Z --last 200",
        "cpoctl log list --before 18601",
    )

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    action: Annotated[str | None, Option("only of this action", kind="action")] = None
    before: Annotated[int | None, Option("the newest of those before the exchange of this number")] = None
    after: Annotated[int | None, Option("the oldest of those after the exchange of this number")] = None
    around: Annotated[
        str | None, Option("half of them before a time and half from then on, or how long ago", kind="time")
    ] = None
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[FrameRow]:
        """Those that fit."""
        if sum(place is not None for place in (self.before, self.after, self.around)) > 1:
            raise UsageProblem(
                "--before, --after and --around are three ways to say which exchanges; one at a time",
                hints=["cpoctl log list --before 18601"],
            )
        charger = known_spelling(self.charger, read) if self.charger else None
        if self.around is None:
            found = self._page(read, charger, self.before, self.after, self.last)
        else:
            at = stored(instant(self.around, datetime.now(UTC), "around", ago=True))
            number = first_since(read, "journal", at)
            found = self._page(read, charger, number, None, self.last // 2)
            found += self._page(read, charger, None, number - 1, self.last - self.last // 2)
        return [row(record) for record in sorted(found, key=lambda record: (record["at"], record["journal_id"]))]

    def _page(self, read: Read, charger: str | None, before: int | None, after: int | None, most: int) -> list[Record]:
        conditions = [
            *(["charger_id = :charger"] if charger is not None else []),
            *(["action = :action"] if self.action else []),
            *(["journal_id < :before"] if before is not None else []),
            *(["journal_id > :after"] if after is not None else []),
        ]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        order = "DESC" if after is None else "ASC"
        given = {"charger": charger, "action": self.action, "before": before, "after": after, "last": most}
        frames = FRAMES if charger is None else FRAMES_OF_CHARGER
        return list(read(f"{frames}{where} ORDER BY journal_id {order} LIMIT :last", given))
