"""The book of tasks: those of a list, and the targets of those that were looked at, kept true by what happens.

Pure. It may be told what it knows already: each event says how many targets are left, so that none is counted twice.
Where an event is not enough to tell, the task's number stands in `unsure`, and it is to be asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from cpoctl import events
from cpoctl.domain.fleet import LiveFleet
from cpoctl.errors import CpoctlError
from cpoctl.operations import target
from cpoctl.operations.task import Plan, TaskRow
from cpoctl.operations.task.show import TargetDetail, TaskDetail

_MOST: Final = 1000
_PARALLEL: Final = Plan().parallel
_RUNNING: Final = "running"
_TURNS: Final = ("sent", "waiting", "pending")


@dataclass
class Place:
    """One target: pending → waiting → sent → done. `heard` is what its charger has answered so far."""

    position: int
    target: str
    charger: str
    state: str = "pending"
    ok: bool | None = None
    status: str = ""
    latency_ms: float | None = None
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    expires_at: str | None = None
    heard: str = ""


@dataclass
class Task:
    """A task in the list; `places` is None until its targets were asked for."""

    row: TaskRow
    places: list[Place] | None = None
    plan: dict[str, Any] = field(default_factory=dict)

    def count(self) -> None:
        """Make the row say what its targets do."""
        places = self.places or ()
        self.row = replace(
            self.row,
            succeeded=sum(place.ok is True for place in places),
            failed=sum(place.ok is False for place in places),
            waiting=sum(place.state == "waiting" for place in places),
        )


class TaskBook:
    """Every task that is known here, by its number as text."""

    def __init__(self, charger_of: Callable[[str], str]) -> None:
        self.tasks: dict[str, Task] = {}
        self.unsure: set[str] = set()
        self._charger_of = charger_of
        self._answers: dict[str, tuple[int, str]] = {}
        """The last answer of each charger, also while nobody looks at its targets; numbered, as the beginnings are."""
        self._begins: dict[str, int] = {}
        self._next = count().__next__

    @property
    def running(self) -> int:
        """How many go on."""
        return sum(task.row.state == _RUNNING for task in self.tasks.values())

    def read(self, rows: Iterable[TaskRow]) -> None:
        """Begin afresh with a list."""
        self.tasks = {str(row.task_id): Task(row) for row in rows}
        self.unsure = set()

    def show(self, detail: TaskDetail) -> None:
        """Take in a task with its targets."""
        key = str(detail.task_id)
        row = TaskRow(**{name: getattr(detail, name) for name in TaskRow.__dataclass_fields__})
        places = [
            Place(
                position,
                each.target,
                self._charger_of(each.target),
                each.state,
                each.ok,
                each.status,
                each.latency_ms,
                each.error,
                each.result,
                each.expires_at,
                self._heard(key, each),
            )
            for position, each in enumerate(detail.results)
        ]
        self.tasks[key] = Task(row, places, detail.plan)
        self.unsure.discard(key)

    def told(self, event: events.Event, at: str) -> set[str]:
        """Take in what has happened; the tasks that it changed."""
        match event:
            case events.TaskStarted():
                return self._started(event, at)
            case events.TaskTargetWaits():
                return self._waits(event)
            case events.TaskTargetFinished():
                return self._target_finished(event)
            case events.TaskFinished():
                return self._finished(event, at)
            case events.CommandFinished():
                return self._answered(event)
        return set()

    def _started(self, event: events.TaskStarted, at: str) -> set[str]:
        key = str(event.task_id)
        self._begins.setdefault(key, self._next())
        if len(self._begins) > _MOST:
            del self._begins[next(iter(self._begins))]
        if key not in self.tasks:
            row = TaskRow(
                event.task_id, event.operation, _RUNNING, event.targets, 0, 0, 0, event.actor, at, None, {}, None
            )
            self.tasks[key] = Task(row)
            if len(self.tasks) > _MOST:
                oldest = min(self.tasks, key=int)
                del self.tasks[oldest]
                self.unsure.discard(oldest)
                return {key, oldest}
        return {key}

    def _waits(self, event: events.TaskTargetWaits) -> set[str]:
        key, place = self._place(event.task_id, event.position)
        if place is None:
            self._doubt(key)
        elif place.state != "done":
            place.state, place.expires_at = "waiting", event.expires_at
            self.tasks[key].count()
        return {key}

    def _target_finished(self, event: events.TaskTargetFinished) -> set[str]:
        key, place = self._place(event.task_id, event.position)
        task = self.tasks.get(key)
        if task is None:
            return set()
        if place is None:
            self._counted(key, task, event)
            return {key}
        if place.state != "done":
            place.state, place.ok, place.status = "done", event.ok, event.status
            place.latency_ms, place.error, place.result = event.latency_ms, event.error, event.result
            place.charger = place.charger or (event.charger_id or "").casefold()
            _begin_next(task)
            task.count()
        return {key}

    def _counted(self, key: str, task: Task, event: events.TaskTargetFinished) -> None:
        """Count a result of a task whose targets nobody has looked at."""
        row, done = task.row, task.row.targets - event.left
        if done == row.succeeded + row.failed + 1:
            task.row = replace(row, succeeded=row.succeeded + event.ok, failed=row.failed + (not event.ok))
        if row.waiting or done > row.succeeded + row.failed + 1:  # was it one of those that waited?
            self._doubt(key)

    def _finished(self, event: events.TaskFinished, at: str) -> set[str]:
        key = str(event.task_id)
        if task := self.tasks.get(key):
            row = task.row
            task.row = replace(
                row,
                state=event.state,
                succeeded=event.succeeded,
                failed=event.failed,
                waiting=0,
                finished_at=row.finished_at or at,
            )
            self.unsure -= {key} if task.places is None else set()
        return {key}

    def _heard(self, key: str, target: TargetDetail) -> str:
        """What the charger has answered since the task began."""
        begun = self._begins.get(key)
        number, told = self._answers.get(self._charger_of(target.target), (-1, ""))
        return told if target.state == "sent" and begun is not None and number > begun else ""

    def _answered(self, event: events.CommandFinished) -> set[str]:
        """A charger has answered: it is said of its target that was sent first and has heard nothing yet."""
        charger, told = (event.charger_id or "").casefold(), f"{event.action} {event.state}"
        self._answers[charger] = (self._next(), told)
        possible = [
            (_TURNS.index(place.state), key, place)
            for key, task in self.tasks.items()
            if task.row.state == _RUNNING
            for place in task.places or ()
            if place.charger == charger and place.state in _turns(task) and not (place.heard and place.state == "sent")
        ]
        if not possible:
            return set()
        _, key, place = min(possible, key=lambda each: (each[0], int(each[1])))
        place.state, place.heard = "sent", told
        self.tasks[key].count()
        return {key}

    def _place(self, task_id: int, position: int) -> tuple[str, Place | None]:
        key = str(task_id)
        places = self.tasks[key].places if key in self.tasks else None
        return key, places[position] if places is not None and position < len(places) else None

    def _doubt(self, key: str) -> None:
        if key in self.tasks:
            self.unsure.add(key)


def _turns(task: Task) -> tuple[str, ...]:
    """The states in which a target may be answered; where nobody says that it was sent, also before that."""
    return _TURNS if task.plan.get("pause") else _TURNS[:2]


def _begin_next(task: Task) -> None:
    """Targets are begun in their order, batch by batch and so many at a time; nobody says of each that it was sent.

    Where there are pauses between batches it cannot be known; there a target is sent when its charger answers.
    """
    places = task.places or []
    size = task.plan.get("batch") or len(places)
    batches = (places[begin : begin + size] for begin in range(0, len(places), size))
    batch = next((batch for batch in batches if any(place.state in ("pending", "sent") for place in batch)), [])
    free = task.plan.get("parallel", _PARALLEL) - sum(place.state == "sent" for place in batch)
    if task.plan.get("pause"):
        return
    for place in [place for place in batch if place.state == "pending"][: max(0, free)]:
        place.state = "sent"


def charger_of(word: str, live: LiveFleet) -> str:
    """The charger that a task's target is about, without case; '' where that cannot be told."""
    try:
        return target(word, live).charger_id.casefold()
    except CpoctlError:
        running = (
            (str(each.session_id), charger) for charger in live.chargers.values() for each in charger.sessions.values()
        )
        return next((charger.charger_id.casefold() for number, charger in running if number == word), "")
