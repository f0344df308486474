"""Search the wire log for a text."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Option, Query, Read, instant
from cpoctl.operations.charger import known_spelling
from cpoctl.operations.log import FRAMES, FRAMES_OF_CHARGER, FrameRow, row
from cpoctl.store.seeking import first_since
from cpoctl.table import Column, local


@dataclass(frozen=True)
class FoundRow:
    """What was looked through, and the newest exchanges with the text in it."""

    looked_through: Annotated[int, Column("LOOKED THROUGH")]
    oldest_at: Annotated[str | None, Column("FROM", show=local)]
    newest_at: Annotated[str | None, Column("TO", show=local)]
    matches: Annotated[int, Column("MATCHES")]
    found: Annotated[list[FrameRow], Column("FOUND")]


_OF_ALL = f"({FRAMES} WHERE journal_id >= :first ORDER BY journal_id DESC LIMIT :last)"
_OF_ONE = (
    f"({FRAMES_OF_CHARGER} WHERE charger_id = :charger AND journal_id >= :first ORDER BY journal_id DESC LIMIT :last)"
)
_LOOKED = (
    "SELECT count(*) AS looked_through, min(at) AS oldest_at, max(at) AS newest_at, coalesce(sum({}), 0) AS matches"
)
_HAS = r"(request LIKE :text ESCAPE '\' OR coalesce(answer, '') LIKE :text ESCAPE '\')"


@dataclass(frozen=True, kw_only=True)
class SearchFrames(Query):
    r"""Search the newest exchanges for a text, in requests and answers, whatever its case.

    Tells how many it looked through, from when to when, and how many have it. Frames are searched as they went
    over the wire, without secrets, which are not kept.
    """

    path = "log search"
    route = "GET /log/search"
    row = FoundRow
    many = False
    examples = (
        "cpoctl log search GroundFailure --since 7d",
        "cpoctl log search 04A1B2C3 --charger HQ-07 --json | jq -r '.found[].journal_id'",
    )

    text: Annotated[str, Argument("what to look for")]
    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    since: Annotated[str | None, Option("only from then on: a time, or how long ago, such as 2h", kind="time")] = None
    last: Annotated[int, Option("how many of the newest exchanges to look through")] = 100_000
    most: Annotated[int, Option("how many to show")] = 100

    def select(self, read: Read) -> list[FoundRow]:
        """Look through them."""
        if not self.text:
            raise UsageProblem("nothing to look for", hints=["cpoctl log search GroundFailure --since 7d"])
        given = {
            "text": f"%{_literal(self.text)}%",
            "charger": known_spelling(self.charger, read) if self.charger else None,
            "first": self._first(read),
            "last": max(self.last, 0),
            "most": max(self.most, 0),
        }
        journal = _OF_ONE if self.charger else _OF_ALL
        looked = read(f"{_LOOKED.format(_HAS)} FROM {journal}", given)[0]
        newest = f"SELECT * FROM {journal} WHERE {_HAS} ORDER BY journal_id DESC LIMIT :most"  # noqa: S608 # our own texts
        return [FoundRow(**looked, found=[row(record) for record in reversed(read(newest, given))])]

    def _first(self, read: Read) -> int:
        if self.since is None:
            return 0
        return first_since(read, "journal", stored(instant(self.since, datetime.now(UTC), "since", ago=True)))


def _literal(text: str) -> str:
    """A text in which no sign means another."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
