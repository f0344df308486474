"""Tasks: operations on many targets, each with its one result, kept on disk from before anything is sent.

`pending` targets were not begun, `waiting` ones wait for their charger, `sent` ones may have reached it. After a
crash a waiting target waits on, a sent one is unknown and a pending one is given up: nothing is sent twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final, Self

from cpoctl.clock import Clock
from cpoctl.csms import results
from cpoctl.csms.delivery import STORE_AGAIN, Delivery, Hands
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.results import Result
from cpoctl.csms.runs import Place, Run, kept, placed, plan_of, read, resumed, split
from cpoctl.errors import Conflict, CpoctlError, Denied, NotFound, TimedOut
from cpoctl.events import Event
from cpoctl.operations import Act, Role
from cpoctl.operations.task import Order, Plan, must_fit
from cpoctl.parameters import aimed, named
from cpoctl.store import Record, rows

Also = Callable[[int], tuple[Sequence[rows.Row], Sequence[Event]]]
SWEEP_EVERY: Final = 1.0
_LAST = "SELECT coalesce(max(seq), 0) AS task FROM sqlite_sequence WHERE name = 'task'"
_UNFINISHED = "SELECT * FROM task WHERE state = 'running' ORDER BY task_id"
_TARGETS = "SELECT * FROM task_target WHERE task_id = ? ORDER BY position"
_TASK = "SELECT * FROM task WHERE task_id = ?"
_ANSWERED = """
SELECT 1 FROM command WHERE charger_id = ? AND actor = ? AND queued_at >= ? AND answered_at IS NOT NULL LIMIT 1
"""
_FAILED = "SELECT target, status FROM task_target WHERE task_id = ? AND ok = 0 ORDER BY position"
_LIST = "cpoctl task list    all that there were"


class TaskDesk:
    """Every task of this server."""

    def __init__(self, ledger: Ledger, clock: Clock, operator: Hands, first: int) -> None:
        self._ledger, self._clock, self._operator = ledger, clock, operator
        self._next = count(first).__next__
        self._runs: dict[int, Run] = {}
        self._delivery = Delivery(ledger, clock, operator, self._over)
        self.waiting = self._delivery.waiting

    @classmethod
    async def open(cls, ledger: Ledger, clock: Clock, operator: Hands) -> Self:
        """Take up what the last run of the server left."""
        last = await ledger.store.read(_LAST)
        desk = cls(ledger, clock, operator, int(last[0]["task"]) + 1)
        for record in await ledger.store.read(_UNFINISHED):
            await desk._take_up(record, await ledger.store.read(_TARGETS, [record["task_id"]]))
        desk._delivery.keep(desk._sweep_on())
        return desk

    async def close(self) -> None:
        """Begin nothing more; whatever was sent is unknown from here on."""
        await self._delivery.close()

    def _over(self, run: Run) -> None:
        self._runs.pop(run.task_id, None)
        run.ended.set()

    # One act, for somebody who waits for its answer

    async def perform(self, act: Act, actor: str, role: Role = Role.ADMIN) -> Any:
        """Do it, keep it as a task of one target, and tell or raise what came of it."""
        operator = self._operator(actor, role)
        if not act.recorded:
            return await act.run(operator)
        word, given = split(act)
        places = placed([word], self._ledger.live)
        run = Run(self._next(), act.path, type(act), given, places, Plan(), actor)
        place = run.places[0]
        place.state, operator.cause = "sent", run.cause(place)
        self._runs[run.task_id] = run
        self._ledger.commit(run.begin(self._clock.now()), [run.started(), run.sent(place)], noted)
        try:
            row = await act.run(operator)
        except CpoctlError as error:
            error.detail["task_id"] = run.task_id
            await self._ended(run, place, results.of_error(error))
            raise
        except Exception:
            await self._ended(run, place, results.unexpected())
            raise
        await self._ended(run, place, results.of_row(row))
        return row

    async def _ended(self, run: Run, place: Place, result: Result) -> None:
        """Keep the result, though a full disk does not keep back what the charger said."""
        ending = self._delivery.keep(self._delivery.end(run, place, result))
        await asyncio.wait({ending}, timeout=STORE_AGAIN)

    # Many targets, in the background

    async def start(self, order: Order, also: Also | None = None) -> int:
        """Begin a task; its number. What `also` makes of that number is committed together with its beginning."""
        must_fit(order.plan, order.kind, repeatable=kept(order.kind, order.given)[1])
        places = placed(order.targets, self._ledger.live)
        number, kind = self._next(), order.kind
        run = Run(number, kind.path, kind, order.given, places, order.plan, order.actor, order.retry_of)
        for place in places:
            place.charger_id = place.charger_id or run.act(place).concerns(self._ledger.live)
        self._runs[run.task_id] = run
        try:
            unit, told = also(run.task_id) if also else ([], [])
            await self._ledger.write([*run.begin(self._clock.now()), *unit], [run.started(), *told])
        except BaseException:
            del self._runs[run.task_id]
            raise
        self._delivery.begin(run)
        return run.task_id

    async def expire(self) -> None:
        """End what has waited too long."""
        late = self.waiting.expired(self._clock.now())
        await self._delivery.end_all(
            [(run, place, results.expired(place.target, run.plan.when)) for run, place in late]
        )

    async def _sweep_on(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            await self.expire()

    # What an operator may do with tasks

    async def finished(self, task_id: int, within: float) -> None:
        """Wait until a task has ended."""
        run = self._runs.get(task_id)
        if run is None:
            await self._record(task_id)
            return
        try:
            await asyncio.wait_for(run.ended.wait(), within)
        except TimeoutError:
            raise TimedOut(
                f"task {task_id} still goes on after {within:g} s", hints=[f"cpoctl task show {task_id}"]
            ) from None

    async def cancel(self, task_id: int) -> int:
        """Give up the targets to which nothing was sent yet."""
        run = self._runs.get(task_id)
        if run is None:
            record = await self._record(task_id)
            raise Conflict(f"task {task_id} is {record['state']} already", hints=[f"cpoctl task show {task_id}"])
        return await self._give_up(_cancelled(run))

    async def disown(self, actor: str) -> int:
        """Give up whatever somebody has asked for that was not sent yet."""
        theirs = [run for run in self._runs.values() if run.actor == actor and (run.plan.queues or _unsent(run))]
        return await self._give_up([unsent for run in theirs for unsent in _cancelled(run)])

    async def drop(self, charger_id: str) -> int:
        """Give up whatever waits for a charger."""
        return await self._give_up(self.waiting.of(charger_id))

    async def _give_up(self, unsent: list[tuple[Run, Place]]) -> int:
        why = "cancelled before it was sent"
        await self._delivery.end_all(
            [(run, place, results.given_up(place.target, "Cancelled", why)) for run, place in unsent]
        )
        return len(unsent)

    async def retry(self, task_id: int, actor: str, role: Role = Role.ADMIN, *, unknown: bool = False) -> int:
        """A new task for the targets that failed; the `unknown` ones, which may have done it, only if wanted."""
        record = await self._record(task_id)
        kind = named(record["operation"])
        hints = [f"cpoctl task show {task_id}"]
        if kind is None or not issubclass(kind, Act) or not record["repeatable"]:
            raise Conflict(f"task {task_id} cannot be repeated: it held a secret, which is not kept", hints=hints)
        given = read(kind, record["given"])
        needed = aimed(kind, given, "").role_now()
        if list(Role).index(role) < list(Role).index(needed):
            raise Denied(f"{actor} is {role}, {kind.path} needs {needed}", hints=["ask an admin"])
        failed = await self._ledger.store.read(_FAILED, [task_id])
        again = [target["target"] for target in failed if unknown or target["status"] != "Unknown"]
        if not again and failed:
            hints.append(f"cpoctl task retry {task_id} --unknown --yes    repeat it all the same")
            raise Conflict(f"what failed of task {task_id} is Unknown: it may have been done", hints=hints)
        if not again:
            raise Conflict(f"no target of task {task_id} has failed", hints=hints)
        plan = plan_of(record["plan"])
        return await self.start(Order(kind, given, again, plan, actor, task_id))

    async def _record(self, task_id: int) -> Record:
        found = await self._ledger.store.read(_TASK, [task_id])
        if not found:
            raise NotFound(f"no task {task_id}", target=str(task_id), hints=[_LIST])
        return found[0]

    # After a restart

    async def _take_up(self, record: Record, targets: list[Record]) -> None:
        """Go on with what waits; end what was sent as unknown, and what was not begun."""
        run = resumed(record, targets)
        self._runs[run.task_id] = run
        for place, kept_as in zip(run.places, targets, strict=True):
            if place.state == "waiting" and run.kind is not Act:
                self.waiting.add(run, place)
            elif place.state == "sent":
                calls = [place.charger_id, run.actor, kept_as["sent_at"]]
                answered = bool(await self._ledger.store.read(_ANSWERED, calls))
                await self._delivery.end(run, place, results.unknown(place.target, answered=answered))
            elif place.state != "done":
                why = "the server ended before it was sent"
                await self._delivery.end(run, place, results.given_up(place.target, "Dropped", why))


def _cancelled(run: Run) -> list[tuple[Run, Place]]:
    """Let a task begin nothing more; its targets to which nothing was sent yet."""
    run.cancelled = True
    return _unsent(run)


def _unsent(run: Run) -> list[tuple[Run, Place]]:
    return [(run, place) for place in run.places if place.state in ("pending", "waiting")]
