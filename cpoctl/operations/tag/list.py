"""List the tags."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.tag import TagRow, fields_of, worth_now

_LISTED = """
SELECT * FROM tag WHERE :parent IS NULL OR parent_id = :parent COLLATE NOCASE ORDER BY tag_id
"""


@dataclass(frozen=True, kw_only=True)
class ListTags(Query):
    """List the tags."""

    path = "tag list"
    route = "GET /tags"
    row = TagRow
    noun = "tags"
    examples = ("cpoctl tag list", "cpoctl tag list --json | jq -r '.[] | select(.status==\"Blocked\") | .tag_id'")

    parent: Annotated[str | None, Option("only those of this group")] = None

    def select(self, read: Read) -> list[TagRow]:
        """Every tag, with what it is worth now."""
        now = datetime.now(UTC)
        return [worth_now(TagRow(**fields_of(record)), now) for record in read(_LISTED, {"parent": self.parent})]
