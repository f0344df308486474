"""Let a campaign try those again that failed."""

import json
from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl.domain import campaigns
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Record
from cpoctl.operations.campaign import (
    Name,
    end_of,
    kept,
    kept_members,
    member_moved,
    moved,
    must_be,
    must_be_allowed,
    rules_of,
)
from cpoctl.operations.campaign.show import ShowCampaign
from cpoctl.operations.image.verify import image_of
from cpoctl.table import Column


@dataclass(frozen=True)
class CampaignRetryOutcome(Outcome):
    """Which chargers are tried again."""

    chargers: Annotated[tuple[str, ...], Column("CHARGERS")] = ()


@dataclass(frozen=True, kw_only=True)
class RetryCampaign(Act):
    """Let a campaign try those again that failed; one that is over goes on for them.

    Those of which nobody knows whether they did it are left out, unless they are asked for: a charger may be flashed
    twice then. One that meanwhile tells the wanted version is not asked again in any case.
    """

    path = "campaign retry"
    route = "POST /campaigns/{campaign}/retry"
    row = CampaignRetryOutcome
    danger = Danger.SEVERE
    examples = ("cpoctl campaign retry fw-2.1 --confirm fw-2.1", "cpoctl campaign retry fw-2.1 --dry-run")

    campaign: Name
    unknown: Annotated[bool, Option("also those of which nobody knows whether they did it")] = False
    until: Annotated[str | None, Option("another end, a time or a duration", kind="time")] = None
    dry_run: Annotated[bool, Option("only tell who would be tried again", short="n")] = False

    def danger_now(self) -> Danger:
        """A dry run only reads."""
        return Danger.READ if self.dry_run else self.danger

    def consequence(self) -> str:
        """What it will do."""
        return f"try those again that failed in the campaign {self.campaign}"

    def subject(self) -> ShowCampaign:
        """The campaign."""
        return ShowCampaign(campaign=self.campaign)

    def consequence_for(self, found: Record) -> str:
        """How many get what once more."""
        unknown = f" and {found['unknown']} of which nobody knows" if self.unknown else ""
        return f"retry {found['campaign']}: {found['what']} again for {found['failed']} that failed{unknown}"

    def confirm_with(self) -> str:
        """Its name."""
        return self.campaign

    async def run(self, operator: Operator) -> CampaignRetryOutcome:
        """Make them pending again."""
        record, now = await kept(self.campaign, operator), operator.clock.now()
        name = record["campaign"]
        must_be(record, [*campaigns.ACTIVE, campaigns.FINISHED], "nothing of it is tried again")
        must_be_allowed(record, operator)
        if (image := json.loads(record["given"]).get("file")) is not None:
            await image_of(image, operator)  # of a campaign that is over it may be gone
        wanted = campaigns.BAD if self.unknown else (campaigns.FAILED,)
        members = await kept_members(name, operator)
        again = [each for each in members if each["state"] in wanted]
        left_out = sum(each["state"] == campaigns.UNKNOWN for each in members) if not self.unknown else 0
        if not again:
            hints = [f"cpoctl campaign retry {name} --unknown --confirm {name}    the unknown ones"] if left_out else []
            raise Conflict(
                f"no charger of {name} has failed", target=name, hints=[*hints, f"cpoctl campaign show {name}"]
            )
        rules = rules_of(record)
        rules = replace(rules, until=end_of(self.until, rules, now, f"cpoctl campaign retry {name}"))
        state = campaigns.RUNNING if record["state"] == campaigns.FINISHED else record["state"]
        unit, told = moved(record, state, now, why=record["why"] if state == record["state"] else None, rules=rules)
        for each in again:
            row, event = member_moved(name, each["charger_id"], each | _AGAIN, [each["state"]])
            unit.append(row)
            told.append(event)
        if not self.dry_run:
            await operator.commit(unit, [*told[1:], told[0]])  # it last: whoever takes it up finds them pending
        left = f", {left_out} unknown left out" if left_out else ""
        dry = " (a dry run: nothing is changed)" if self.dry_run else ""
        chargers = tuple(each["charger_id"] for each in again)
        return CampaignRetryOutcome(name, True, f"{len(again)} to try again{left}{dry}", chargers=chargers)


_AGAIN = {
    "state": campaigns.PENDING, "status": None, "why": None, "not_before": None, "forgiven": 0,
    "task_id": None, "ended_at": None,
}  # fmt: skip
