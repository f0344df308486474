"""Keeping: what happens to the members of campaigns goes to the disk, with the events by which everybody hears of it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from cpoctl import events
from cpoctl.campaigns import ends
from cpoctl.campaigns.ends import End
from cpoctl.campaigns.loading import Undertaking
from cpoctl.clock import Clock, stored
from cpoctl.domain import campaigns
from cpoctl.domain.campaigns import ABORTED, FAILED, PENDING, SENT, Member, Step
from cpoctl.domain.fleet import LiveFleet
from cpoctl.errors import StoreUnavailable
from cpoctl.operations import Store
from cpoctl.operations.campaign import member_moved
from cpoctl.store import rows

SOON: Final = timedelta(seconds=30)
"""Before a charger is asked anew to which nothing was sent, though it seemed to be there."""
STORE_AGAIN: Final = 1.0
Unit = tuple[Sequence[rows.Row], Sequence[events.Event]]
Moved = tuple[Member, Sequence[str]]
"""A member as it is to be, and the states from which it may come to that."""


class Ledger(Protocol):
    """Where facts are written, and the live state with them."""

    live: LiveFleet
    bus: events.Bus

    @property
    def store(self) -> Store:
        """What is on disk."""

    async def write(self, unit: Sequence[rows.Row], happened: Sequence[events.Event] = ()) -> None:
        """Commit, apply and publish. Raises StoreUnavailable."""


class Keeping:
    """Writes what becomes of members and campaigns, however long the disk is full."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def sent(self, doing: Undertaking, step: Step, task_id: int) -> Unit:
        """That a member's task begins, and whose place it takes as a canary."""
        member, old = step.member, step.instead_of
        why = f"a canary instead of {old.charger_id}" if old else None
        going = replace(
            member, wave=step.wave, state=SENT, status=None, why=why, not_before=None,
            attempts=member.attempts + 1, task_id=task_id, sent_at=self._clock.now(), ended_at=None,
        )  # fmt: skip
        # One that was aborted while it was on its way to the disk has got it all the same.
        moved: list[Moved] = [(going, (PENDING, ABORTED))]
        if old is not None:
            told = f"not there as a canary: {member.charger_id} took its place"
            moved.append((replace(old, wave=campaigns.REST, why=told), (PENDING,)))
        return self._unit(doing, moved)

    async def ended(self, doing: Undertaking, member: Member, end: End) -> None:
        """A member's task has ended: keep what that means, or let it be tried again."""
        if end.status == ends.CANCELLED and end.code == "not-sent":
            await self.end(doing, member, ABORTED, end.status, end.message)
        elif end.may_be_unsent and not await ends.was_sent(self._ledger.store, doing, member):
            await self.back(doing, member, end.message)
        else:
            state = ends.verdict(end, harmless=doing.kind.harmless_again)
            if state == FAILED and self._may_go_on(doing, member):
                await self._again(doing, member, end.message or end.status)
            else:
                await self.end(doing, member, state, end.status, end.message)

    @staticmethod
    def _may_go_on(doing: Undertaking, member: Member) -> bool:
        # All attempts are counted: after a `campaign retry` there are as many again.
        return member.attempts % doing.campaign.rules.attempts != 0 and doing.campaign.state != ABORTED

    async def _again(self, doing: Undertaking, member: Member, why: str) -> None:
        """It has failed, and is tried once more."""
        most = doing.campaign.rules.attempts
        told = f"attempt {(member.attempts - 1) % most + 1} of {most}: {why}"
        later = self._clock.now() + campaigns.AGAIN_AFTER
        await self._write(self._unit(doing, [(_pending(replace(member, why=told, not_before=later)), (SENT,))]))

    async def back(self, doing: Undertaking, member: Member, why: str | None) -> None:
        """Nothing came of the attempt: it does not count."""
        if doing.campaign.state == ABORTED:
            await self.end(doing, member, ABORTED, None, why)
            return
        soon = self._clock.now() + SOON
        again = replace(member, why=why, attempts=member.attempts - 1, not_before=soon)
        await self._write(self._unit(doing, [(_pending(again), (SENT,))]))

    async def end(
        self,
        doing: Undertaking,
        member: Member,
        state: str,
        status: str | None,
        why: str | None,
        was: Sequence[str] = (SENT,),
    ) -> None:
        """How a member has ended."""
        ended = replace(member, state=state, status=status, why=why, not_before=None, ended_at=self._clock.now())
        await self._write(self._unit(doing, [(ended, was)]))

    async def miss(self, doing: Undertaking) -> None:
        """The end has come: whoever was never reached has missed it."""
        pending = [each for each in doing.campaign.members if each.state == PENDING and not each.going]
        now = self._clock.now()
        missed = [replace(each, state=campaigns.MISSED, not_before=None, ended_at=now) for each in pending]
        await self._write(self._unit(doing, [(each, (PENDING,)) for each in missed]))

    async def change(self, doing: Undertaking, state: str, why: str | None) -> None:
        """Give a campaign another state."""
        over = stored(self._clock.now()) if state == campaigns.FINISHED else None
        told = doing.campaign.rules.told()
        changed = events.CampaignChanged(campaign=doing.name, state=state, why=why, rules=told)
        await self._write(([rows.CampaignState(state, why, None, over, doing.name)], [changed]))

    def _unit(self, doing: Undertaking, moved: Sequence[Moved]) -> Unit:
        each = [member_moved(doing.name, member.charger_id, campaigns.kept(member), was) for member, was in moved]
        return [row for row, _ in each], [event for _, event in each]

    async def _write(self, unit: Unit) -> None:
        while True:
            with suppress(StoreUnavailable):
                await self._ledger.write(*unit)
                return
            await asyncio.sleep(STORE_AGAIN)


def _pending(member: Member) -> Member:
    return replace(member, state=PENDING, status=None, task_id=None, ended_at=None)
