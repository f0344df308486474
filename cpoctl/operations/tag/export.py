"""Write all tags as CSV, in the form that `tag import` reads."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read
from cpoctl.operations.tag import fields_of
from cpoctl.table import Column


@dataclass(frozen=True)
class TagSheetRow:
    """A tag as a line of the sheet; `status` is Accepted or Blocked, whatever has expired."""

    tag_id: Annotated[str, Column("TAG")]
    status: Annotated[str, Column("STATUS")]
    parent_id: Annotated[str | None, Column("GROUP")]
    expires_at: Annotated[str | None, Column("EXPIRES")]
    sessions_most: Annotated[int | None, Column("SESSIONS MOST")]
    sites: Annotated[list[str], Column("SITES")]
    places: Annotated[list[str], Column("PLACES")]
    note: Annotated[str | None, Column("NOTE")]


_SHEET = "SELECT tag_id, status, parent_id, expires_at, sessions_most, sites, places, note FROM tag ORDER BY tag_id"


@dataclass(frozen=True, kw_only=True)
class ExportTags(Query):
    """Write all tags as CSV, in the form that `tag import` reads."""

    path = "tag export"
    route = "GET /tag-sheet"
    row = TagSheetRow
    noun = "tags"
    told_as = "csv"
    examples = ("cpoctl tag export > tags.csv",)

    def select(self, read: Read) -> list[TagSheetRow]:
        """Every tag."""
        return [TagSheetRow(**fields_of(record)) for record in read(_SHEET)]
