"""Pause a campaign."""

from dataclasses import dataclass

from cpoctl.domain import campaigns
from cpoctl.operations import Act, Operator, Outcome
from cpoctl.operations.campaign import Name, kept, moved, must_be


@dataclass(frozen=True, kw_only=True)
class PauseCampaign(Act):
    """Pause a campaign: nothing more goes out until it is resumed. What is under way goes on."""

    path = "campaign pause"
    route = "POST /campaigns/{campaign}/pause"
    row = Outcome
    examples = ("cpoctl campaign pause fw-2.1",)

    campaign: Name

    async def run(self, operator: Operator) -> Outcome:
        """Hold it."""
        record = await kept(self.campaign, operator)
        must_be(record, [campaigns.RUNNING], "only what runs is paused")
        unit, told = moved(record, campaigns.PAUSED, operator.clock.now(), why=f"paused by {operator.actor}")
        await operator.commit(unit, told)
        return Outcome(record["campaign"], True, "Paused")
