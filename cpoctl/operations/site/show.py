"""Show a site with its chargers."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl.clock import stored
from cpoctl.domain.owners import said_day
from cpoctl.operations import Query, Read, one
from cpoctl.operations.site import LISTED, NAMES, SiteId, SiteRow, with_live
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class MemberRow:
    """A charger of a site."""

    charger_id: Annotated[str, Column("CHARGER")]
    name: Annotated[str | None, Column("NAME", 2)]
    connected: Annotated[bool | None, Column("ONLINE")]


@dataclass(frozen=True)
class SiteOwnerRow:
    """Whose a site is from the begin of a day on, by its own clock; of rows from the same day the newest holds."""

    valid_from: Annotated[str, Column("FROM", show=said_day)]
    owner_id: Annotated[str | None, Column("OWNER")]
    set_at: Annotated[str, Column("SET", 2, show=local)]
    actor: Annotated[str, Column("BY", 2)]


@dataclass(frozen=True)
class SiteDetail(SiteRow):
    """A site with its chargers and its owners, past and to come."""

    postal_code: str | None
    latitude: float | None
    longitude: float | None
    contact: str | None
    phone: str | None
    email: str | None
    supply_w: float | None
    supply_a: float | None
    members: list[MemberRow]
    owners: list[SiteOwnerRow]


_ONE = LISTED.replace(
    "SELECT site_id", "SELECT postal_code, latitude, longitude, contact, phone, email, supply_w, supply_a, site_id", 1
)
_MEMBERS = """
SELECT charger_id, name, NULL AS connected FROM charger WHERE site_id = :site AND removed_at IS NULL ORDER BY charger_id
"""
_OWNERS = """
SELECT valid_from, owner_id, set_at, actor FROM site_owner WHERE site_id = :site ORDER BY begins_at, site_owner_id
"""


@dataclass(frozen=True, kw_only=True)
class ShowSite(Query):
    """Show a site with its chargers and its owners, past and to come."""

    path = "site show"
    route = "GET /sites/{site}"
    row = SiteDetail
    many = False
    examples = ("cpoctl site show HQ",)

    site: SiteId

    def select(self, read: Read) -> list[SiteDetail]:
        """The one site."""
        given = {"site": self.site, "now": stored(datetime.now(UTC))}
        record = one(read(_ONE + " WHERE site_id = :site", given), "site", self.site, read, NAMES)
        members = [MemberRow(**member) for member in read(_MEMBERS, given)]
        return [SiteDetail(**record, members=members, owners=[SiteOwnerRow(**held) for held in read(_OWNERS, given)])]

    def overlay(self, row: SiteDetail, live: "LiveFleet", now: datetime) -> SiteDetail:
        """Add who is connected."""
        members = [replace(member, connected=_connected(member.charger_id, live)) for member in row.members]
        return replace(with_live(row, live), members=members)


def _connected(charger_id: str, live: "LiveFleet") -> bool:
    charger = live.charger(charger_id)
    return charger is not None and charger.connected
