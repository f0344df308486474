"""Show one campaign with all its chargers."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.domain.campaign_rules import Rules
from cpoctl.domain.campaigns import PENDING, hindrance
from cpoctl.operations import Query, Read
from cpoctl.operations.campaign import Name, members, the_one
from cpoctl.operations.campaign._draft import CampaignDetail, as_detail, waiting_for

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ShowCampaign(Query):
    """Show a campaign: how it stands and why, and of every charger how far it is, why, and by which task.

    What a pending charger waits for is known only while the server runs.
    """

    path = "campaign show"
    route = "GET /campaigns/{campaign}"
    row = CampaignDetail
    many = False
    told_as = "table"
    examples = (
        "cpoctl campaign show fw-2.1",
        """cpoctl campaign show fw-2.1 --json | jq -r '.chargers[] | select(.state=="failed").charger_id'""",
    )

    campaign: Name

    def select(self, read: Read) -> list[CampaignDetail]:
        """The one campaign."""
        found = the_one(self.campaign, read)
        given = read("SELECT given FROM campaign WHERE campaign = ?", [self.campaign])[0]["given"]
        return [as_detail(found, given, members(self.campaign, read))]

    def overlay(self, row: CampaignDetail, live: "LiveFleet", now: datetime) -> CampaignDetail:
        """Add what keeps the pending ones from getting it just now."""
        rules = Rules.read(row.rules)
        return replace(
            row,
            chargers=[
                waiting_for(each, hindrance(live.charger(each.charger_id), rules, live, now))
                if each.state == PENDING
                else each
                for each in row.chargers
            ],
        )
