"""Watch a campaign: one line a charger that is sent to or ends."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from cpoctl import events
from cpoctl.domain import campaigns
from cpoctl.operations import Option, Read, Record, Stream
from cpoctl.operations.campaign import Name, members, the_one
from cpoctl.table import Column

_OVER = (campaigns.ABORTED, campaigns.FINISHED, campaigns.REMOVED)


@dataclass(frozen=True)
class StepRow:
    """A charger that has come further, or with `charger_id` null the campaign itself.

    `ended` of its `members` have ended by then, well or not; `bad` of those failed or are unknown.
    """

    charger_id: Annotated[str | None, Column("CHARGER")]
    wave: Annotated[str | None, Column("WAVE", 2)]
    state: Annotated[str, Column("STATE")]
    status: Annotated[str | None, Column("STATUS", 2)]
    why: Annotated[str | None, Column("WHY")]
    task_id: Annotated[int | None, Column("TASK", 2, "right")]
    ended: Annotated[int, Column("ENDED", 2, "right")]
    members: Annotated[int, Column("OF", 2, "right")]
    bad: Annotated[int, Column("BAD", 3, "right")]


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

    @cached_property
    def _states(self) -> dict[str, str]:
        """The state of each charger as far as it was heard of; what was read is older than what was heard."""
        return {}

    def select(self, read: Read) -> list[StepRow]:
        """How the chargers stand to which anything was sent, then how the campaign does."""
        found, chosen = the_one(self.campaign, read), members(self.campaign, read)
        for each in chosen:
            self._states.setdefault(each.charger_id, each.state)
        told = [each for each in chosen if each.state in (campaigns.SENT, *campaigns.ENDED)]
        steps = [self._step(e.charger_id, e.wave, e.state, e.status, e.why, e.task_id) for e in told]
        return [*steps, self._step(None, None, found.state, None, found.why, None)]

    def take(self, event: events.Event) -> StepRow | None:
        """A step of this campaign."""
        name = self.campaign.casefold()
        if isinstance(event, events.CampaignMemberMoved) and event.campaign.casefold() == name:
            self._states[event.charger_id or ""] = event.state
            return self._step(event.charger_id, event.wave, event.state, event.status, event.why, event.task_id)
        if isinstance(event, events.CampaignChanged) and event.campaign.casefold() == name:
            return self._step(None, None, event.state, None, event.why, None)
        return None

    def _step(
        self, who: str | None, wave: str | None, state: str, status: str | None, why: str | None, task_id: int | None
    ) -> StepRow:
        count = Counter([*self._states.values()])  # a copy: another thread may just be reading
        of, bad = count.total() - count[campaigns.EXCLUDED], sum(count[each] for each in campaigns.BAD)
        return StepRow(who, wave, state, status, why, task_id, count[campaigns.OK] + bad, of, bad)

    def final(self, row: Record) -> bool:
        """Whether the campaign is over."""
        return row["charger_id"] is None and row["state"] in _OVER

    @classmethod
    def line(cls, row: Record) -> str:
        """`17 of 60  HQ-07  failed  InstallationFailed  why`."""
        far = f"{row['ended']:>{len(str(row['members']))}} of {row['members']}"
        bad = f"{row['bad']} failed or unknown" if row["bad"] and row["charger_id"] is None else None
        who = row["charger_id"] or "the campaign"
        return "  ".join(part for part in (far, who, row["state"], row["status"], row["why"], bad) if part)
