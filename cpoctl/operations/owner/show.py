"""Show an owner with its shares and its sites."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain.owners import said_day
from cpoctl.operations import Query, Read, one
from cpoctl.operations.owner import LISTED, NAMES, OwnerId, OwnerRow, today
from cpoctl.table import Column, local


@dataclass(frozen=True)
class ShareRow:
    """A share: so many percent from a day on, in the time of each site. The newest of a day holds."""

    valid_from: Annotated[str, Column("FROM", show=said_day)]
    percent: Annotated[str, Column("SHARE %", 1, "right")]
    set_at: Annotated[str, Column("SET", 2, show=local)]
    actor: Annotated[str, Column("BY", 2)]


@dataclass(frozen=True)
class OwnedSiteRow:
    """A site that is, was or will be an owner's: from the begin of a day on, up to that of another one, by the site's clock."""

    site_id: Annotated[str, Column("SITE")]
    name: Annotated[str, Column("NAME")]
    chargers: Annotated[int, Column("CHARGERS", 1, "right")]
    valid_from: Annotated[str, Column("FROM", show=said_day)]
    valid_to: Annotated[str | None, Column("UP TO")]


@dataclass(frozen=True)
class OwnerDetail(OwnerRow):
    """An owner with its shares and its sites."""

    shares: list[ShareRow]
    owned: list[OwnedSiteRow]


_SHARES = """
SELECT valid_from, percent, set_at, actor FROM owner_share WHERE owner_id = :owner ORDER BY valid_from, share_id
"""
_OWNED = """
SELECT site_id, name,
       (SELECT count(*) FROM charger c WHERE c.site_id = s.site_id AND c.removed_at IS NULL) AS chargers, valid_from, valid_to
FROM site s JOIN site_owned USING (site_id) WHERE owner_id = :owner ORDER BY site_id, begins_at
"""


@dataclass(frozen=True, kw_only=True)
class ShowOwner(Query):
    """Show an owner with its shares and its sites, past and to come."""

    path = "owner show"
    route = "GET /owners/{owner}"
    row = OwnerDetail
    many = False
    examples = ("cpoctl owner show ACME",)

    owner: OwnerId

    def select(self, read: Read) -> list[OwnerDetail]:
        """The one owner."""
        given = {"owner": self.owner, **today()}
        record = one(read(LISTED + " WHERE owner_id = :owner", given), "owner", self.owner, read, NAMES)
        shares = [ShareRow(**share) for share in read(_SHARES, {"owner": self.owner})]
        owned = [OwnedSiteRow(**site) for site in read(_OWNED, {"owner": self.owner})]
        return [OwnerDetail(**record, shares=shares, owned=owned)]
