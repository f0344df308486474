"""List tags that chargers presented and nobody knows."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.table import Column, ago, local


@dataclass(frozen=True)
class UnknownTagRow:
    """A tag that was refused because nobody knows it."""

    tag_id: Annotated[str, Column("TAG")]
    count: Annotated[int, Column("COUNT", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    first_seen_at: Annotated[str, Column("FIRST", 2, show=local)]
    last_seen_at: Annotated[str, Column("LAST", show=ago)]


_UNKNOWN = """
SELECT tag_id, count, charger_id, first_seen_at, last_seen_at FROM unknown_tag u
WHERE NOT EXISTS (SELECT 1 FROM tag t WHERE t.tag_id = u.tag_id) ORDER BY last_seen_at DESC, tag_id
"""


@dataclass(frozen=True, kw_only=True)
class ListUnknownTags(Query):
    """List tags that were refused because nobody knows them, the newest first; `tag add` lets one charge.

    The 500 that were seen last are kept.
    """

    path = "tag unknown"
    route = "GET /unknown-tags"
    row = UnknownTagRow
    noun = "unknown tags"
    examples = ("cpoctl tag unknown", "cpoctl tag add 04A2B3C4 --note 'from the inbox'")

    def select(self, read: Read) -> list[UnknownTagRow]:
        """Those that are unknown still."""
        return [UnknownTagRow(**record) for record in read(_UNKNOWN)]
