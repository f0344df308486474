"""List the sites."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cpoctl.clock import stored
from cpoctl.operations import Query, Read
from cpoctl.operations.site import LISTED, SiteRow, with_live

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ListSites(Query):
    """List the sites."""

    path = "site list"
    route = "GET /sites"
    row = SiteRow
    noun = "sites"
    examples = ("cpoctl site list",)

    def select(self, read: Read) -> list[SiteRow]:
        """Every site."""
        return [SiteRow(**record) for record in read(LISTED + " ORDER BY site_id", {"now": stored(datetime.now(UTC))})]

    def overlay(self, row: SiteRow, live: "LiveFleet", now: datetime) -> SiteRow:
        """Add how many are connected."""
        return with_live(row, live)
