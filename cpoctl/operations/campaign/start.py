"""Start a campaign that was drafted."""

from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl.domain import campaigns
from cpoctl.domain.campaign_plans import held_by, only_held
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
from cpoctl.operations.campaign._draft import BUSY
from cpoctl.operations.campaign.show import ShowCampaign


@dataclass(frozen=True, kw_only=True)
class StartCampaign(Act):
    """Start a campaign: from now on its chargers get what was drafted, as its rules allow.

    Whoever another campaign has meanwhile is left out; whoever was left out for that alone and is free now gets it too.
    """

    path = "campaign start"
    route = "POST /campaigns/{campaign}/start"
    row = Outcome
    danger = Danger.SEVERE
    examples = ("cpoctl campaign start fw-2.1 --confirm fw-2.1",)

    campaign: Name
    until: Annotated[str | None, Option("its end, a time or a duration, instead of the drafted one", kind="time")] = (
        None
    )

    def consequence(self) -> str:
        """What it will do."""
        return f"start the campaign {self.campaign}"

    def subject(self) -> ShowCampaign:
        """The campaign."""
        return ShowCampaign(campaign=self.campaign)

    def consequence_for(self, found: Record) -> str:
        """How many chargers get what."""
        canaries = f", {found['rules']['canary']} of them first" if found["rules"]["canary"] else ""
        held = sum(only_held(each["state"], each["why"]) for each in found["chargers"])
        more = f"; {held} more if no other campaign has them any longer" if held else ""
        return f"start {found['campaign']}: {found['what']} for {_many(found['pending'])}{canaries}{more}"

    def confirm_with(self) -> str:
        """Its name."""
        return self.campaign

    async def run(self, operator: Operator) -> Outcome:
        """Let the engine begin."""
        record, now = await kept(self.campaign, operator), operator.clock.now()
        must_be(record, [campaigns.DRAFT], "only a draft is started")
        must_be_allowed(record, operator)
        name, rules = record["campaign"], rules_of(record)
        chosen = await kept_members(name, operator)
        pending = [each for each in chosen if each["state"] == campaigns.PENDING]
        busy = {each["charger_id"]: each["campaign"] for each in await operator.store.read(BUSY)}
        taken = [each for each in pending if each["charger_id"] in busy]
        free = [each for each in chosen if only_held(each["state"], each["why"]) and each["charger_id"] not in busy]
        free = [each for each in free if operator.live.charger(each["charger_id"]) is not None]
        count = len(pending) - len(taken) + len(free)
        if not count:
            raise Conflict(
                f"no charger is left for {name}",
                target=name,
                hints=[f"cpoctl campaign show {name}    why not"],
            )
        end = end_of(self.until, rules, now, f"cpoctl campaign start {name}")
        unit, told = moved(record, campaigns.RUNNING, now, rules=replace(rules, until=end))
        out = [each | _OUT | {"why": held_by(busy[each["charger_id"]])} for each in taken]
        for each in [*out, *(each | _IN for each in free)]:
            was = campaigns.PENDING if each["state"] == campaigns.EXCLUDED else campaigns.EXCLUDED
            row, event = member_moved(name, each["charger_id"], each, [was])
            unit.append(row)
            told.append(event)
        await operator.commit(unit, told)
        freed = f", {len(free)} of them free since the draft" if free else ""
        return Outcome(name, True, f"Started, {_many(count)}{freed}")


_OUT = {"state": campaigns.EXCLUDED, "wave": campaigns.NONE}
_IN = {"state": campaigns.PENDING, "wave": campaigns.REST, "why": None}  # where canaries are missing it becomes one


def _many(count: int) -> str:
    return f"{count} charger{'' if count == 1 else 's'}"
