"""List the kept charging profiles."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read
from cpoctl.operations.profile._kept import KEPT, ProfileRow, row


@dataclass(frozen=True, kw_only=True)
class ListProfiles(Query):
    """List the charging profiles that are kept under a name."""

    path = "profile list"
    route = "GET /profiles"
    row = ProfileRow
    noun = "profiles"
    examples = ("cpoctl profile list", "cpoctl profile list --json | jq -r '.[] | select(.warnings != []) | .name'")

    def select(self, read: Read) -> list[ProfileRow]:
        """All of them, by name."""
        return [row(record) for record in read(f"{KEPT} ORDER BY name")]
