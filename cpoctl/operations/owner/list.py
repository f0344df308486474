"""List the owners."""

from dataclasses import dataclass
from datetime import datetime

from cpoctl.operations import Query, Read
from cpoctl.operations.owner import LISTED, OwnerRow


@dataclass(frozen=True, kw_only=True)
class ListOwners(Query):
    """List the owners with their share of today and how many sites are theirs."""

    path = "owner list"
    route = "GET /owners"
    row = OwnerRow
    noun = "owners"
    examples = ("cpoctl owner list",)

    def select(self, read: Read) -> list[OwnerRow]:
        """Every owner."""
        given = {"today": f"{datetime.now().astimezone():%Y-%m-%d}"}
        return [OwnerRow(**record) for record in read(LISTED + " ORDER BY owner_id", given)]
