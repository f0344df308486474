"""The engine: sends what the rules of each campaign allow, and goes on after a restart without sending anything twice.

It looks again after each event that may matter, when the next place of a rate comes, and now and then for windows.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

from cpoctl import events
from cpoctl.campaigns import ends
from cpoctl.campaigns.ends import End
from cpoctl.campaigns.keeping import STORE_AGAIN, Keeping, Ledger, Unit
from cpoctl.campaigns.loading import ACTIVE, Undertaking, load
from cpoctl.clock import Clock, stored
from cpoctl.domain import campaigns
from cpoctl.domain.campaign_rules import Rules
from cpoctl.domain.campaigns import Member, Step
from cpoctl.errors import CpoctlError, StoreUnavailable
from cpoctl.operations.task import Order, Plan

_log = logging.getLogger(__name__)
TICK: Final = 15.0
"""How often windows are looked at, and what waits for the disk."""
_READY: Final = (
    events.ChargerConnected, events.ChargerBooted, events.RegistrationChanged, events.SessionStopped,
    events.FirmwareStatusReported, events.ChargerRemoved,
)  # fmt: skip
_HEARD: Final = (*_READY, events.CampaignChanged, events.CampaignMemberMoved, events.TaskTargetFinished)


class Desk(Protocol):
    """Where tasks begin."""

    async def start(self, order: Order, also: Callable[[int], Unit] | None = None) -> int:
        """Begin a task; what `also` makes of its number is committed with its beginning."""


class Engine:
    """Every campaign that goes on."""

    def __init__(self, ledger: Ledger, desk: Desk, clock: Clock) -> None:
        self._ledger, self._desk, self._clock = ledger, desk, clock
        self._keeping = Keeping(ledger, clock)
        self._doing: dict[str, Undertaking] = {}
        self._of_charger: dict[str, list[tuple[Undertaking, Member]]] = {}
        self._of_task: dict[int, tuple[Undertaking, Member]] = {}
        self._loading: dict[str, bool] = {}  # True: something has happened meanwhile, so that it is read again
        self._working: set[asyncio.Task[None]] = set()
        self._looks: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._deaf: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Take up what goes on."""
        self._deaf = self._ledger.bus.listen(self._heard, *_HEARD)
        for record in await self._ledger.store.read(ACTIVE):
            await self._take_up(record["campaign"])
        self._keep(self._tick_on())

    async def close(self) -> None:
        """Send nothing more."""
        self._deaf()
        self._doing.clear()  # so that nobody looks again
        if self._timer is not None:
            self._timer.cancel()
        for working in self._working:
            working.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    def look_at_all(self) -> None:
        """Look what each campaign may send now, and whose time is over."""
        for doing in list(self._doing.values()):
            self._look(doing)

    def _keep(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._working.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a campaign's step failed", exc_info=error)

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self.look_at_all()
            except Exception:  # noqa: BLE001 # supervises the looking: windows open and close all the same
                _log.exception("looking at the campaigns failed")

    # Taking up

    async def _take_up(self, name: str) -> None:
        """Read a campaign, again if something happened to it meanwhile, and settle those that were under way."""
        key = name.casefold()
        if key in self._loading:
            self._loading[key] = True
            return
        doing = None
        self._loading[key] = True
        while self._loading[key]:
            self._loading[key] = False
            doing = await load(self._ledger.store, name)
        del self._loading[key]
        if doing is None:
            return
        self._doing[key] = doing
        for member in doing.campaign.members:
            self._of_charger.setdefault(member.charger_id.casefold(), []).append((doing, member))
            if member.state == campaigns.SENT and member.task_id is not None:
                self._of_task[member.task_id] = (doing, member)
        for member in doing.campaign.members:
            if member.state == campaigns.SENT:
                await self._settle(doing, member)
            elif self._ledger.live.charger(member.charger_id) is None:
                self._removed(doing, member)
        self._look_soon(doing)

    async def _settle(self, doing: Undertaking, member: Member) -> None:
        """Find out what became of one that was under way when the server ended."""
        end = await ends.end_of(self._ledger.store, member) or End(False, ends.LOST)
        if end.status != ends.LOST:
            await self._keeping.ended(doing, member, end)
        elif not await ends.was_sent(self._ledger.store, doing, member):
            await self._keeping.back(doing, member, "the server ended before anything was sent")
        elif doing.kind.harmless_again:
            await self._keeping.back(doing, member, "the server ended while it was under way")
        else:
            doing.watched.add(member.charger_id.casefold())
            for event in [None, *await ends.told_since(self._ledger.store, member)]:
                self._judge(doing, member, event)

    def _drop(self, doing: Undertaking) -> None:
        """Have no more to do with a campaign that is over."""
        self._doing.pop(doing.name.casefold(), None)
        for member in doing.campaign.members:
            key = member.charger_id.casefold()
            left = [each for each in self._of_charger.pop(key, []) if each[0] is not doing]
            if left:
                self._of_charger[key] = left

    # Hearing

    def _heard(self, seq: int | None, event: events.Event) -> None:
        if isinstance(event, events.CampaignChanged):
            self._changed(event)
        elif isinstance(event, events.CampaignMemberMoved):
            self._moved(event)
        elif isinstance(event, events.TaskTargetFinished):
            if known := self._of_task.pop(event.task_id, None):
                self._keep(self._keeping.ended(*known, End.of(event.ok, event.status, event.error)))
        else:
            self._told(event)

    def _changed(self, event: events.CampaignChanged) -> None:
        """A campaign has another state: what this makes of its members stands in the same commit."""
        key = event.campaign.casefold()
        if key in self._loading:
            self._loading[key] = True
        doing = self._doing.get(key)
        if doing is None:
            if event.state in campaigns.ACTIVE and key not in self._loading:
                self._keep(self._take_up(event.campaign))
            return
        campaign = doing.campaign
        campaign.state, campaign.why, campaign.rules = event.state, event.why, Rules.read(event.rules)
        for member in campaign.members:
            if event.forgiven and member.state in campaigns.ENDED:
                member.forgiven = True
            if event.state == campaigns.ABORTED and member.state == campaigns.PENDING:
                member.state = campaigns.ABORTED
        self._look_soon(doing)

    def _moved(self, event: events.CampaignMemberMoved) -> None:
        """A member stands otherwise."""
        key = event.campaign.casefold()
        if key in self._loading:
            self._loading[key] = True
        doing = self._doing.get(key)
        member = doing.campaign.member(event.charger_id or "") if doing else None
        if doing is None or member is None or member.state not in event.was:
            return
        campaigns.take_in(member, events.as_data(event))
        if member.state == campaigns.SENT and member.task_id is not None:
            self._of_task[member.task_id] = (doing, member)
        if member.state != campaigns.SENT:
            doing.watched.discard(member.charger_id.casefold())
        self._look_soon(doing)

    def _told(self, event: events.Event) -> None:
        """A charger has come, or has told something."""
        for doing, member in self._of_charger.get((event.charger_id or "").casefold(), []):
            if isinstance(event, events.ChargerRemoved):
                self._removed(doing, member)
            elif member.charger_id.casefold() in doing.watched or member.state in campaigns.BAD:
                self._judge(doing, member, event)
            elif member.state == campaigns.PENDING:
                self._look_soon(doing)

    def _removed(self, doing: Undertaking, member: Member) -> None:
        """Nobody waits for a charger that has left the records."""
        if member.state == campaigns.PENDING:
            why = "it was removed from the records"
            self._keep(self._keeping.end(doing, member, campaigns.EXCLUDED, None, why, [campaigns.PENDING]))

    def _judge(self, doing: Undertaking, member: Member, event: events.Event | None) -> None:
        """See by what its charger tells whether one that nobody follows any more has done it."""
        charger = self._ledger.live.charger(member.charger_id)
        since = stored(member.sent_at) if member.sent_at else ""
        known = doing.kind.came_about(doing.goal, charger, event, since) if charger else None
        if charger is None or known is None or (known is False and member.state in campaigns.BAD):
            return
        doing.watched.discard(member.charger_id.casefold())
        status = event.status if isinstance(event, events.FirmwareStatusReported) else None
        told = f"it told {status}, and runs {charger.firmware or 'nobody knows what'}"
        state, why = (campaigns.OK, "its charger told it afterwards") if known else (campaigns.FAILED, told)
        was = (campaigns.SENT, *campaigns.BAD)
        self._keep(self._keeping.end(doing, member, state, status or "Installed", why, was))

    # Looking

    def _look_soon(self, doing: Undertaking) -> None:
        """Look at it once what happens just now has all happened."""
        if doing.name not in self._looks:
            self._looks.add(doing.name)
            asyncio.get_running_loop().call_soon(self._look_now, doing)

    def _look_now(self, doing: Undertaking) -> None:
        self._looks.discard(doing.name)
        if self._doing.get(doing.name.casefold()) is doing:
            self._look(doing)

    def _look(self, doing: Undertaking) -> None:
        """Do what is to be done now."""
        campaign, now = doing.campaign, self._clock.now()
        self._give_up_watching(doing, now)
        if campaign.state not in campaigns.ACTIVE:
            if campaign.over:
                self._drop(doing)
        elif campaign.has_ended(now) and campaign.counts()[campaigns.PENDING]:
            self._change(doing, self._keeping.miss(doing))
        elif campaign.over:
            halted = campaign.why if campaign.state == campaigns.HALTED else None
            self._change(doing, self._keeping.change(doing, campaigns.FINISHED, halted))
        elif campaign.state == campaigns.RUNNING and (why := campaign.objection()):
            self._change(doing, self._keeping.change(doing, campaigns.HALTED, why))
        else:
            for step in campaign.next_out(now, partial(self._is_ready, doing, now)):
                step.member.going = True
                self._keep(self._send(doing, step))
        self._arm(now)

    def _give_up_watching(self, doing: Undertaking, now: datetime) -> None:
        """Whoever has told nothing for as long as it may take will not be known."""
        for member in doing.campaign.members if doing.watched else ():
            key = member.charger_id.casefold()
            if key in doing.watched and member.sent_at and now >= member.sent_at + doing.lasts:
                doing.watched.discard(key)
                why = "the server ended meanwhile, and its charger has told nothing since"
                self._keep(self._keeping.end(doing, member, campaigns.UNKNOWN, ends.LOST, why))

    def _is_ready(self, doing: Undertaking, now: datetime, member: Member) -> bool:
        charger = self._ledger.live.charger(member.charger_id)
        return campaigns.hindrance(charger, doing.campaign.rules, self._ledger.live, now) is None

    def _arm(self, now: datetime) -> None:
        """Look again when the next time comes at which a campaign may go on by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        live = self._ledger.live
        running = [doing.campaign for doing in self._doing.values() if doing.campaign.state == campaigns.RUNNING]
        left = [(due - now).total_seconds() for campaign in running for due in campaigns.dues(campaign, live)]
        if coming := [seconds for seconds in left if 0 < seconds < TICK]:  # later ones are seen by the tick
            self._timer = asyncio.get_running_loop().call_later(min(coming), self.look_at_all)

    def _change(self, doing: Undertaking, change: Coroutine[Any, Any, None]) -> None:
        """Let a change of the whole campaign be written, unless one is on its way."""
        if doing.changing:
            change.close()
            return
        doing.changing = True
        self._keep(self._written(doing, change))

    async def _written(self, doing: Undertaking, change: Coroutine[Any, Any, None]) -> None:
        try:
            await change
        finally:
            doing.changing = False
            self._look_soon(doing)

    # Sending

    async def _send(self, doing: Undertaking, step: Step) -> None:
        """Begin a member's task; what it means for the member is committed together with the task's beginning."""
        member = step.member
        try:
            if doing.campaign.state == campaigns.RUNNING:  # somebody may have been quicker
                await self._begin(doing, step)
        except StoreUnavailable:
            await asyncio.sleep(STORE_AGAIN)
        except CpoctlError as error:
            await self._keeping.end(doing, member, campaigns.FAILED, "Failed", error.message, [campaigns.PENDING])
        except Exception:  # noqa: BLE001 # the supervisor of a member: the others go on, and it is not tried for ever
            _log.exception("campaign %s, %s", doing.name, member.charger_id)
            why = "the server failed unexpectedly: its log says more"
            await self._keeping.end(doing, member, campaigns.FAILED, "Failed", why, [campaigns.PENDING])
        finally:
            member.going = False
            self._look_soon(doing)

    async def _begin(self, doing: Undertaking, step: Step) -> None:
        member = step.member
        charger = self._ledger.live.charger(member.charger_id)
        if charger is not None and doing.kind.came_about(doing.goal, charger) is True:
            has_it = replace(member, wave=campaigns.REST)  # as a canary it would prove nothing
            await self._keeping.end(doing, has_it, campaigns.OK, "Already", "it had it already", [campaigns.PENDING])
            return
        plan = Plan(wait=bool(doing.kind.waits_for))
        order = Order(doing.kind, doing.given_to(member), [member.charger_id], plan, doing.actor)
        await self._desk.start(order, partial(self._keeping.sent, doing, step))
