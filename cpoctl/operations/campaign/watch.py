"""Watch a campaign: one line a charger that is sent to or ends."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.domain import campaigns
from cpoctl.operations import Option, Read, Record, Stream
from cpoctl.operations.campaign import Name, members, the_one
from cpoctl.table import Column

_OVER = (campaigns.ABORTED, campaigns.FINISHED, campaigns.REMOVED)


@dataclass(frozen=True)
class StepRow:
    """A charger that has come further, or with `charger_id` null the campaign itself."""

    charger_id: Annotated[str | None, Column("CHARGER")]
    wave: Annotated[str | None, Column("WAVE", 2)]
    state: Annotated[str, Column("STATE")]
    status: Annotated[str | None, Column("STATUS", 2)]
    why: Annotated[str | None, Column("WHY")]
    task_id: Annotated[int | None, Column("TASK", 2, "right")]


@dataclass(frozen=True, kw_only=True)
class WatchCampaign(Stream):
    """Watch a campaign: one line a charger that is sent to or ends, until the campaign is over."""

    path = "campaign watch"
    route = "GET /campaigns/{campaign}/stream"
    row = StepRow
    noun = "steps"
    examples = ("cpoctl campaign watch fw-2.1",)

    campaign: Name
    follow: Annotated[bool, Option("until it is over")] = True

    def select(self, read: Read) -> list[StepRow]:
        """How the chargers stand to which anything was sent, then how the campaign does."""
        found = the_one(self.campaign, read)
        told = [each for each in members(self.campaign, read) if each.state in (campaigns.SENT, *campaigns.ENDED)]
        steps = [StepRow(e.charger_id, e.wave, e.state, e.status, e.why, e.task_id) for e in told]
        return [*steps, StepRow(None, None, found.state, None, found.why, None)]

    def take(self, event: events.Event) -> StepRow | None:
        """A step of this campaign."""
        name = self.campaign.casefold()
        if isinstance(event, events.CampaignMemberMoved) and event.campaign.casefold() == name:
            return StepRow(event.charger_id, event.wave, event.state, event.status, event.why, event.task_id)
        if isinstance(event, events.CampaignChanged) and event.campaign.casefold() == name:
            return StepRow(None, None, event.state, None, event.why, None)
        return None

    def final(self, row: Record) -> bool:
        """Whether the campaign is over."""
        return row["charger_id"] is None and row["state"] in _OVER

    @classmethod
    def line(cls, row: Record) -> str:
        """`HQ-07  failed  InstallationFailed  why`."""
        who = row["charger_id"] or "the campaign"
        return "  ".join(part for part in (who, row["state"], row["status"], row["why"]) if part)
