"""Show one exchange in full."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import NotFound
from cpoctl.operations import Argument, Query, Read
from cpoctl.operations.log import FRAMES, FrameRow, row
from cpoctl.table import Column


@dataclass(frozen=True)
class WholeFrameRow(FrameRow):
    """One exchange, its frames as they went over the wire."""

    request: Annotated[str, Column("REQUEST")]
    answer: Annotated[str | None, Column("ANSWER")]


@dataclass(frozen=True, kw_only=True)
class ShowFrame(Query):
    """Show one exchange in full."""

    path = "log show"
    route = "GET /log/{frame}"
    row = WholeFrameRow
    many = False
    examples = ("cpoctl log show 1042",)

    frame: Annotated[str, Argument("the exchange's number")]

    def select(self, read: Read) -> list[WholeFrameRow]:
        """The one exchange."""
        number = int(self.frame) if self.frame.isdecimal() and len(self.frame) < 19 else -1
        found = read(f"{FRAMES} WHERE journal.journal_id = :number", {"number": number})
        if not found:
            raise NotFound(
                f"no exchange {self.frame}", target=self.frame, hints=["cpoctl log list --last 10    the newest ones"]
            )
        return [WholeFrameRow(**vars(row(found[0])))]
