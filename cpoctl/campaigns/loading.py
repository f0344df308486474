"""Campaigns as they are on the disk, with what their engine wants to know of each."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cpoctl.domain.campaign_rules import Rules
from cpoctl.domain.campaigns import Campaign, Member, take_in
from cpoctl.operations import Act, Store
from cpoctl.parameters import named, parameters, targeted
from cpoctl.store import Record

ACTIVE = """
SELECT campaign FROM campaign c WHERE state IN ('running', 'paused', 'halted')
  OR EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign = c.campaign AND m.state = 'sent')
"""
"""Those that go on, and those that are over but for somebody who is still under way."""
_CAMPAIGN = "SELECT * FROM campaign WHERE campaign = ?"
_MEMBERS = "SELECT * FROM campaign_member WHERE campaign = ? ORDER BY position"


@dataclass
class Undertaking:
    """A campaign at work: the operation that it does, and whether a new state of it is on its way to the disk."""

    record: Record
    campaign: Campaign
    kind: type[Act]
    given: dict[str, Any]
    changing: bool = False
    watched: set[str] = field(default_factory=set)
    """Those that were sent to and that no task follows any more, by their ids without case."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.campaign.name

    @property
    def actor(self) -> str:
        """On whose behalf its tasks are."""
        return f"campaign {self.name}"

    @property
    def goal(self) -> str | None:
        """What it makes of a charger."""
        goal: str | None = self.record["goal"]
        return goal

    @property
    def lasts(self) -> timedelta:
        """How long a charger may take after it was sent to."""
        return timedelta(seconds=self.kind.wait_most)

    def given_to(self, member: Member) -> dict[str, Any]:
        """What the operation is given for a member, but for the target of one that takes many."""
        if targeted(self.kind) is not None:
            return self.given
        return {next(p.name for p in parameters(self.kind) if p.positional): member.charger_id, **self.given}


async def load(store: Store, name: str) -> Undertaking | None:
    """A campaign; None when there is none such, or none that this version can do."""
    found = await store.read(_CAMPAIGN, [name])
    kind = named(found[0]["operation"]) if found else None
    if kind is None or not issubclass(kind, Act):
        return None
    record = found[0]
    members = [_member(each) for each in await store.read(_MEMBERS, [name])]
    campaign = Campaign(
        record["campaign"], Rules.read(json.loads(record["rules"])), members, record["state"], record["why"]
    )
    return Undertaking(record, campaign, kind, json.loads(record["given"]))


def _member(record: Record) -> Member:
    member = Member(record["charger_id"], had=record["had"])
    take_in(member, record)
    return member
