"""Add and change tags from a CSV or JSON file, all of it or nothing."""  # noqa: N999 # a verb's file has its name

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cpoctl.domain import tags
from cpoctl.operations import Operator
from cpoctl.operations._importing import ImportSheet, Made
from cpoctl.operations.tag import change
from cpoctl.operations.tag._sheet import LAYOUT, wish

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_EMPTY = {"sites": "[]", "places": "[]"}


@dataclass(frozen=True, kw_only=True)
class ImportTags(ImportSheet):
    """Add and change tags from a file: CSV with a header, or JSON, as `tag export` writes it.

    A column that the file lacks is left alone, an empty cell clears. Nothing is written if any line is bad,
    unless --skip-bad; tags that the file does not name stay as they are.
    """

    path = "tag import"
    route = "POST /tag-sheet"
    layout = LAYOUT
    examples = (
        "cpoctl tag import tags.csv --dry-run",
        "cpoctl tag export > tags.csv",
        "cpoctl tag import tags.csv --skip-bad",
    )

    async def making(self, operator: Operator) -> "_Tags":
        """What makes tags of lines."""
        found = await operator.store.read("SELECT * FROM tag")
        return _Tags({tags.key(record["tag_id"]): record for record in found}, operator.live, operator.clock.now())


@dataclass(frozen=True)
class _Tags:
    """The tags as they are."""

    old: dict[str, dict[str, Any]]
    live: "LiveFleet"
    now: datetime

    def made(self, cells: dict[str, str]) -> Made:
        """What a line makes of its tag."""
        old = self.old.get(tags.key(cells["tag_id"]), {})
        made = change(cells["tag_id"], old, wish(cells), self.live, self.now)
        new = made.row._asdict()
        differ = tuple(name for name in LAYOUT.columns if new[name] != old.get(name, _EMPTY.get(name)))
        return Made(made.row.tag_id, not old, differ, (made.row,), (made.event,))

    def keep(self, made: Made) -> None:
        """No line is about another one's tag."""
