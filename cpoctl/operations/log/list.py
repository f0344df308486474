"""List the newest exchanges, the oldest of them first."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Argument, Option, Query, Read
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.log import FRAMES, FRAMES_OF_CHARGER, FrameRow, row


@dataclass(frozen=True, kw_only=True)
class ListFrames(Query):
    """List the newest exchanges, the oldest of them first."""

    path = "log list"
    route = "GET /log"
    row = FrameRow
    noun = "exchanges"
    newest_last = True
    examples = ("cpoctl log list HQ-07", "cpoctl log list --action StopTransaction --last 5")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    action: Annotated[str | None, Option("only of this action", kind="action")] = None
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[FrameRow]:
        """The last ones that fit."""
        charger = known_spelling(self.charger, read) if self.charger else None
        of_one = charger is not None
        conditions = [*(["charger_id = :charger"] if of_one else []), *(["action = :action"] if self.action else [])]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        newest = f"{FRAMES_OF_CHARGER if of_one else FRAMES}{where} ORDER BY journal_id DESC LIMIT :last"
        found = read(newest, {"charger": charger, "action": self.action, "last": self.last})
        return [row(record) for record in sorted(found, key=lambda record: (record["at"], record["journal_id"]))]
