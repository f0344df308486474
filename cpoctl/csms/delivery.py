"""Delivery: the targets of a task get their one result each: sent to, waited for, given up.

A target's state is on disk before anything is sent to it, and its result is kept however long the disk is full.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any, Final, Protocol

from cpoctl import events
from cpoctl.clock import Clock
from cpoctl.csms import results
from cpoctl.csms.judging import spoken
from cpoctl.csms.ledger import Ledger
from cpoctl.csms.rehearsal import Rehearsal
from cpoctl.csms.results import Result
from cpoctl.csms.runs import Cause, Place, Run
from cpoctl.csms.waiting import Waiting
from cpoctl.csms.watching import Watching
from cpoctl.errors import ChargerOffline, CpoctlError, StoreUnavailable, Unsupported, UsageProblem
from cpoctl.operations import Operator, Role
from cpoctl.store import rows

_log = logging.getLogger(__name__)
STORE_AGAIN: Final = 1.0


class Hand(Operator, Protocol):
    """An operator who can tell whether a charger has answered it, and is told what its Calls are for."""

    answered: int
    cause: Cause | None


Hands = Callable[[str, Role], Hand]


class Delivery:
    """Works on whatever tasks go on; `over` is told of each that has ended."""

    def __init__(self, ledger: Ledger, clock: Clock, operator: Hands, over: Callable[[Run], None]) -> None:
        self._ledger, self._clock, self._operator, self._over = ledger, clock, operator, over
        self._working: set[asyncio.Task[None]] = set()
        self.waiting = Waiting(ledger.live, ledger.bus, self._deliver)

    def begin(self, run: Run) -> None:
        """Begin with a run's targets."""
        self.keep(self._drive(run))

    def keep(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let it go on until it ends or everything is closed."""
        task = asyncio.get_running_loop().create_task(doing)
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task

    async def close(self) -> None:
        """Begin nothing more; whatever was sent is unknown from here on."""
        for working in self._working:
            working.cancel()
        await asyncio.gather(*self._working, self.waiting.close(), return_exceptions=True)

    # Sending

    async def _drive(self, run: Run) -> None:
        """Go through the targets, batch by batch, so many at a time."""
        size = run.plan.batch or len(run.places)
        for begin in range(0, len(run.places), size):
            if begin and run.plan.pause and not run.stopped:
                await asyncio.sleep(run.plan.pause)
            batch = run.places[begin : begin + size]
            todo = iter(batch)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(run.plan.parallel, len(batch))):
                    group.create_task(self._work(run, todo))

    async def _work(self, run: Run, todo: Iterator[Place]) -> None:
        for place in todo:
            if place.state != "pending":  # cancelled
                continue
            if run.stopped:
                why = "not begun, because another target had failed"
                await self.end(run, place, results.given_up(place.target, "Skipped", why))
            elif run.plan.queues and place.charger_id and not self.waiting.is_ready(run, place):
                never = await self._never(run, place)
                await (self.end(run, place, results.of_error(never)) if never else self._wait(run, place))
            else:
                await self._deliver(run, place)

    async def _never(self, run: Run, place: Place) -> CpoctlError | None:
        """Why the charger can never be asked this, as far as the version that it spoke last tells: nobody waits for that."""
        if spoken(self._ledger.live, place.charger_id or "") is None:
            return None
        try:
            await run.act(place).run(Rehearsal(self._operator(run.actor, Role.ADMIN), place.target))
        except (Unsupported, UsageProblem) as error:
            return error
        except Exception:  # noqa: BLE001 # whatever else a rehearsal meets may be otherwise on the day: it is told then
            return None
        return None

    async def _deliver(self, run: Run, place: Place) -> None:
        """Send to one target; one whose charger went away before anything was sent may wait for it."""
        operator = self._operator(run.actor, Role.ADMIN)  # who may do it was asked when the task was made
        operator.cause = run.cause(place)
        before, place.state = place.state, "sent"
        try:
            # Before anything goes out: after a crash it would be taken for one that waits, and be sent again.
            await self._ledger.write([run.moved(place, self._clock.now())], [run.sent(place)])
        except StoreUnavailable as error:
            if before == "waiting" and not run.cancelled:
                place.state = before
                await self._wait(run, place)
            else:
                await self.end(run, place, results.of_error(error))
            return
        try:
            row = await self._acted(run, place, operator)
        except ChargerOffline as error:
            if run.plan.queues and not operator.answered and place.charger_id and not run.cancelled:
                place.state = before
                await self._wait(run, place)
                return
            result = results.of_error(error)
        except CpoctlError as error:
            result = results.of_error(error)
        except Exception:  # noqa: BLE001 # the supervisor of a target: the others go on
            _log.exception("task %d, %s", run.task_id, place.target)
            result = results.unexpected()
        else:
            result = results.of_row(row)
        await self.end(run, place, result)

    async def _acted(self, run: Run, place: Place, operator: Hand) -> Any:
        act, within = run.act(place), run.plan.settles(run.kind)
        if within is None or place.charger_id is None:
            return await act.run(operator)
        with Watching(self._ledger.bus, self._ledger.live, place.charger_id) as watch:
            outcome = await act.run(operator)
            try:
                return await asyncio.wait_for(act.settled(outcome, watch), within)
            except TimeoutError:
                still = act.still(self._ledger.live)
                raise results.not_settled(outcome, run.kind.waits_for, within, still) from None

    async def _wait(self, run: Run, place: Place) -> None:
        """Let a target wait for its charger."""
        if place.expires_at is None:
            place.expires_at = self._clock.now() + timedelta(seconds=run.plan.patience(run.kind))
        place.state = "waiting"
        self.waiting.add(run, place)
        while place.state == "waiting":
            try:
                await self._ledger.write([run.moved(place)], [run.waits(place)])
                break
            except StoreUnavailable:  # the others of its task go on
                await asyncio.sleep(STORE_AGAIN)
        self.waiting.wake(place.charger_id or "")

    # Results

    async def end(self, run: Run, place: Place, result: Result) -> None:
        """Keep a target's result, however long the disk is full."""
        await self.end_all([(run, place, result)])

    async def end_all(self, ends: list[tuple[Run, Place, Result]]) -> None:
        """Keep results together. All of them are decided before anything is awaited, so that none goes out meanwhile."""
        unit: list[rows.Row] = []
        told: list[events.Event] = []
        over: list[Run] = []
        for run, place, result in ends:
            if place.state == "done":
                continue
            self.waiting.remove(run, place)
            unit += run.end(place, result, self._clock.now())
            told += run.told(place, result)
            if not run.left:
                over.append(run)
        while unit:
            try:
                await self._ledger.write(unit, told)
                break
            except StoreUnavailable:
                await asyncio.sleep(STORE_AGAIN)
        for run in over:
            self._over(run)
