"""Remove a campaign from the records."""

from dataclasses import dataclass

from cpoctl import events
from cpoctl.domain import campaigns
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.campaign import Name, kept, kept_members, must_be, rules_of
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveCampaign(Act):
    """Remove a draft, or a campaign that is over, from the records. The tasks of its chargers stay."""

    path = "campaign rm"
    route = "DELETE /campaigns/{campaign}"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl campaign rm fw-2.1 --yes",)

    campaign: Name

    def consequence(self) -> str:
        """What it will do."""
        return f"remove the campaign {self.campaign} with what it tells of its chargers"

    async def run(self, operator: Operator) -> Outcome:
        """Remove it."""
        record = await kept(self.campaign, operator)
        name = record["campaign"]
        over = [campaigns.DRAFT, campaigns.ABORTED, campaigns.FINISHED]
        must_be(record, over, f"cpoctl campaign abort {name} first")
        if any(each["state"] == campaigns.SENT for each in await kept_members(name, operator)):
            raise Conflict(
                f"{name} still has chargers under way", target=name, hints=[f"cpoctl campaign watch {name}    how far"]
            )
        gone = events.CampaignChanged(campaign=name, state=campaigns.REMOVED, why=None, rules=rules_of(record).told())
        await operator.commit([rows.CampaignRemoved(name), rows.CampaignMembersRemoved(name)], [gone])
        return Outcome(name, True, "Removed")
