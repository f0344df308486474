"""The sheet of tags: what its columns are, and what a line wants its tag to be."""

import re

from cpoctl.domain import tags
from cpoctl.operations._sheets import Layout, Unreadable
from cpoctl.operations.tag import Wish

LAYOUT = Layout(
    noun="tags",
    columns=("tag_id", "status", "parent_id", "expires_at", "sessions_most", "sites", "places", "note"),
    keys=("tag_id",),
    export="cpoctl tag export",
    ignored=("added_at",),  # `tag list -o csv` has it
    same=tags.key,
)
_STATUS = {"accepted": tags.ACCEPTED, "blocked": tags.BLOCKED, "": None}


def wish(cells: dict[str, str]) -> Wish:
    """What a line wants its tag to be; a column that is not there leaves it alone. Raises Unreadable."""
    sites, places = cells.get("sites"), cells.get("places")
    return Wish(
        status=_status(cells.get("status", "")),
        parent_id=cells.get("parent_id"),
        expires=cells.get("expires_at"),
        note=cells.get("note"),
        sessions_most=_number(cells.get("sessions_most")),
        sites=None if sites is None else tuple(filter(None, re.split(r"[,;\s]+", sites))),
        places=None if places is None else listed(places),
    )


def listed(cell: str) -> tuple[str, ...]:
    """Places of a list; the id of a charger may hold blanks."""
    return tuple(filter(None, (word.strip() for word in re.split(r"[,;]", cell))))


def _status(cell: str) -> str | None:
    word = cell.strip().lower()
    if word not in _STATUS:
        raise Unreadable(f"status {cell!r} is neither Accepted nor Blocked")
    return _STATUS[word]


def _number(cell: str | None) -> int | None:
    if cell is None or not cell.strip():
        return None if cell is None else 0
    if not re.fullmatch(r"\s*[0-9]{1,4}\s*", cell):
        raise Unreadable(f"sessions_most {cell!r} is no number")
    return int(cell)
