"""Resume a campaign that was paused or has halted."""

from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl.domain import campaigns
from cpoctl.domain.campaign_rules import Threshold
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Record
from cpoctl.operations.campaign import Name, end_of, kept, moved, must_be, must_be_allowed, rules_of
from cpoctl.operations.campaign.show import ShowCampaign


@dataclass(frozen=True, kw_only=True)
class ResumeCampaign(Act):
    """Resume a campaign that was paused or has halted.

    One that has halted begins to count anew: what has failed until now is forgiven, failed canaries too, and it
    halts again when as many of the next fail. `campaign retry` tries those that failed again.
    """

    path = "campaign resume"
    route = "POST /campaigns/{campaign}/resume"
    row = Outcome
    danger = Danger.SEVERE
    examples = (
        "cpoctl campaign resume fw-2.1 --confirm fw-2.1",
        "cpoctl campaign resume fw-2.1 --threshold 25% --confirm fw-2.1",
    )

    campaign: Name
    threshold: Annotated[str | None, Option("with so many failures it halts again: 10%, or 3")] = None
    until: Annotated[str | None, Option("another end, a time or a duration", kind="time")] = None

    def consequence(self) -> str:
        """What it will do."""
        return f"resume the campaign {self.campaign}"

    def subject(self) -> ShowCampaign:
        """The campaign."""
        return ShowCampaign(campaign=self.campaign)

    def consequence_for(self, found: Record) -> str:
        """How many chargers are left, and how it went."""
        bad = found["failed"] + found["unknown"]
        went = f"{found['ok']} have it, {bad} failed" if bad else f"{found['ok']} have it"
        return f"resume {found['campaign']}: {found['what']} for {found['pending']} more chargers; {went}"

    def confirm_with(self) -> str:
        """Its name."""
        return self.campaign

    async def run(self, operator: Operator) -> Outcome:
        """Let it go on."""
        record, now = await kept(self.campaign, operator), operator.clock.now()
        must_be(record, [campaigns.PAUSED, campaigns.HALTED], "only what was paused or has halted is resumed")
        must_be_allowed(record, operator)
        rules = rules_of(record)
        if self.threshold is not None:
            rules = replace(rules, threshold=Threshold.read(self.threshold))
        rules = replace(rules, until=end_of(self.until, rules, now, f"cpoctl campaign resume {record['campaign']}"))
        halted = record["state"] == campaigns.HALTED
        await operator.commit(*moved(record, campaigns.RUNNING, now, rules=rules, forgiven=halted))
        return Outcome(record["campaign"], True, "Resumed")
