"""List the owners."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read
from cpoctl.operations.owner import LISTED, OwnerRow, today


@dataclass(frozen=True, kw_only=True)
class ListOwners(Query):
    """List the owners with their share and their sites of today."""

    path = "owner list"
    route = "GET /owners"
    row = OwnerRow
    noun = "owners"
    examples = ("cpoctl owner list",)

    def select(self, read: Read) -> list[OwnerRow]:
        """Every owner."""
        return [OwnerRow(**record) for record in read(LISTED + " ORDER BY owner_id", today())]
