"""List the campaigns."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain.campaigns import ACTIVE
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.campaign import SELECT, CampaignRow, row


@dataclass(frozen=True, kw_only=True)
class ListCampaigns(Query):
    """List the campaigns, the newest first."""

    path = "campaign list"
    route = "GET /campaigns"
    row = CampaignRow
    noun = "campaigns"
    examples = ("cpoctl campaign list", "cpoctl campaign list --running --json")

    running: Annotated[bool, Option("only those that are started and not over")] = False

    def select(self, read: Read) -> list[CampaignRow]:
        """All, or those that go on."""
        found = [row(record) for record in read(f"{SELECT} GROUP BY c.campaign ORDER BY c.created_at DESC, c.campaign")]
        return [each for each in found if not self.running or each.state in ACTIVE]
