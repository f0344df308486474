"""Abort a campaign for good."""

from dataclasses import dataclass

from cpoctl.clock import stored
from cpoctl.domain import campaigns
from cpoctl.operations import Act, Danger, Operator, Outcome, Record
from cpoctl.operations.campaign import Name, kept, kept_members, moved, must_be
from cpoctl.operations.campaign.show import ShowCampaign
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AbortCampaign(Act):
    """Abort a campaign for good: whoever has not got it yet never will by it. What is under way goes on.

    Nothing is undone: the outcome tells how many had it already.
    """

    path = "campaign abort"
    route = "POST /campaigns/{campaign}/abort"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl campaign abort fw-2.1 --yes",)

    campaign: Name

    def consequence(self) -> str:
        """What it will do."""
        return f"abort the campaign {self.campaign} for good"

    def subject(self) -> ShowCampaign:
        """The campaign."""
        return ShowCampaign(campaign=self.campaign)

    def consequence_for(self, found: Record) -> str:
        """How many had it, and how many will not get it."""
        name, under_way = found["campaign"], found["sent"]
        return (
            f"abort {name} for good: {found['ok']} have it, {under_way} under way, {found['pending']} will not get it"
        )

    async def run(self, operator: Operator) -> Outcome:
        """End it."""
        record, now = await kept(self.campaign, operator), operator.clock.now()
        name = record["campaign"]
        must_be(record, [campaigns.DRAFT, *campaigns.ACTIVE], "it is over already")
        states = [each["state"] for each in await kept_members(name, operator)]
        had, under_way, left = (states.count(each) for each in (campaigns.OK, campaigns.SENT, campaigns.PENDING))
        unit, told = moved(record, campaigns.ABORTED, now, why=f"aborted by {operator.actor}")
        await operator.commit([*unit, rows.CampaignMembersAborted(stored(now), name)], told)
        return Outcome(name, True, f"Aborted: {had} had it, {under_way} under way, {left} will not get it")
