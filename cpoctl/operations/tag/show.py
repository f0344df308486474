"""Show a tag with its sessions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cpoctl.operations import Query, Read, one
from cpoctl.operations.tag import NAMES, TagId, TagRow, fields_of, worth_now
from cpoctl.table import Column, kwh, local


@dataclass(frozen=True)
class TagSessionRow:
    """A session of a tag."""

    session_id: Annotated[str, Column("SESSION", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int, Column("EVSE", align="right")]
    tag_status: Annotated[str, Column("VERDICT")]
    started_at: Annotated[str, Column("STARTED", show=local)]
    stopped_at: Annotated[str | None, Column("STOPPED", show=local)]
    energy_wh: Annotated[float | None, Column("kWh", 1, "right", kwh)]


@dataclass(frozen=True)
class TagDetail(TagRow):
    """A tag with what it did: all its sessions counted, the newest ten told."""

    sessions_open: Annotated[int, Column("SESSIONS OPEN", 3, "right")]
    sessions_count: Annotated[int, Column("SESSIONS", 3, "right")]
    energy_wh: Annotated[float | None, Column("kWh", 3, "right", kwh)]
    sessions: list[TagSessionRow]


_COUNTED = """
SELECT coalesce(sum(stopped_at IS NULL), 0) AS sessions_open, count(*) AS sessions_count, sum(energy_wh) AS energy_wh
FROM session WHERE tag_id = :tag COLLATE NOCASE
"""
_NEWEST = """
SELECT CAST(session_id AS TEXT) AS session_id, charger_id, evse_id, tag_status, started_at, stopped_at, energy_wh
FROM session s WHERE tag_id = :tag COLLATE NOCASE ORDER BY s.session_id DESC LIMIT 10
"""


@dataclass(frozen=True, kw_only=True)
class ShowTag(Query):
    """Show a tag with its sessions."""

    path = "tag show"
    route = "GET /tags/{tag}"
    row = TagDetail
    many = False
    examples = ("cpoctl tag show ANNA-K",)

    tag: TagId

    def select(self, read: Read) -> list[TagDetail]:
        """The one tag."""
        given = {"tag": self.tag.strip()}
        record = one(read("SELECT * FROM tag WHERE tag_id = :tag", given), "tag", self.tag, read, NAMES)
        newest = [TagSessionRow(**session) for session in read(_NEWEST, given)]
        detail = TagDetail(**fields_of(record), **read(_COUNTED, given)[0], sessions=newest)
        return [worth_now(detail, datetime.now(UTC))]
