"""List the groups of tags."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.table import Column


@dataclass(frozen=True)
class GroupRow:
    """A group: the tags with one parent, any of which may end a session that another began."""

    parent_id: Annotated[str, Column("GROUP")]
    tags: Annotated[int, Column("TAGS", align="right")]
    blocked: Annotated[int, Column("BLOCKED", align="right")]
    sessions_open: Annotated[int, Column("SESSIONS", align="right")]


_GROUPS = """
WITH running AS (
    SELECT tag_id COLLATE NOCASE AS tag_id, count(*) AS sessions FROM session WHERE stopped_at IS NULL GROUP BY 1
)
SELECT min(t.parent_id) AS parent_id, count(*) AS tags, sum(t.status = 'Blocked') AS blocked,
       coalesce(sum(r.sessions), 0) AS sessions_open
FROM tag t LEFT JOIN running r ON r.tag_id = t.tag_id
WHERE t.parent_id IS NOT NULL GROUP BY t.parent_id COLLATE NOCASE ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class ListGroups(Query):
    """List the groups of tags; `tag list --parent` lists the tags of one."""

    path = "tag groups"
    route = "GET /tag-groups"
    row = GroupRow
    noun = "groups"
    examples = ("cpoctl tag groups", "cpoctl tag list --parent FLEET")

    def select(self, read: Read) -> list[GroupRow]:
        """Every group."""
        return [GroupRow(**record) for record in read(_GROUPS)]
