"""The book of tasks: those of a list, and the targets of those that were looked at, kept true by what happens.

Pure. It may be told what it knows already: each event says how many targets are left, so that none is counted twice.
Where an event is not enough to tell, the task's number stands in `unsure`, and it is to be asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from cpoctl import events
from cpoctl.operations.task import TaskRow
from cpoctl.operations.task.show import TaskDetail

_MOST: Final = 1000
_RUNNING: Final = "running"


@dataclass
class Place:
    """One target: pending → waiting → sent → done. `heard` is what its charger has answered so far, `moving` how far a
    file is that it moves for this.
    """

    position: int
    target: str
    state: str = "pending"
    ok: bool | None = None
    status: str = ""
    latency_ms: float | None = None
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    expires_at: str | None = None
    heard: str = ""
    moving: str = ""


@dataclass
class Task:
    """A task in the list; `places` is None until its targets were asked for."""

    row: TaskRow
    places: list[Place] | None = None

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

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.unsure: set[str] = set()
        self._answers: dict[tuple[int, int], str] = {}
        """The last answers to targets without a result, also while nobody looks at them."""

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
                each.state,
                each.ok,
                each.status,
                each.latency_ms,
                each.error,
                each.result,
                each.expires_at,
                self._answers.get((detail.task_id, position), "") if each.state == "sent" else "",
            )
            for position, each in enumerate(detail.results)
        ]
        self.tasks[key] = Task(row, places)
        self.unsure.discard(key)

    def told(self, event: events.Event, at: str) -> set[str]:
        """Take in what has happened; the tasks that it changed."""
        match event:
            case events.TaskStarted():
                return self._started(event, at)
            case events.TaskTargetWaits():
                return self._waits(event)
            case events.TaskTargetSent():
                return self._sent(event)
            case events.TaskTargetFinished():
                return self._target_finished(event)
            case events.TaskFinished():
                return self._finished(event, at)
            case events.CommandFinished():
                return self._answered(event)
        return set()

    def _started(self, event: events.TaskStarted, at: str) -> set[str]:
        key = str(event.task_id)
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

    def _sent(self, event: events.TaskTargetSent) -> set[str]:
        key, place = self._place(event.task_id, event.position)
        task = self.tasks.get(key)
        if task is None:
            return set()
        if place is not None and place.state in ("pending", "waiting"):
            place.state = "sent"
            task.count()
        elif place is None and task.row.waiting:  # was it one of those that waited?
            self._doubt(key)
        return {key}

    def _target_finished(self, event: events.TaskTargetFinished) -> set[str]:
        self._answers.pop((event.task_id, event.position), None)
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

    def _answered(self, event: events.CommandFinished) -> set[str]:
        """What a charger has answered to a target's Call, the newest where there are several."""
        if event.task_id is None or event.position is None:
            return set()
        told = f"{event.action} {event.state}"
        key, place = self._place(event.task_id, event.position)
        if place is None:
            self._answers[event.task_id, event.position] = told
            if len(self._answers) > _MOST:
                del self._answers[next(iter(self._answers))]
        elif place.state != "done":
            place.state, place.heard = "sent", told
            self.tasks[key].count()
        return {key} & self.tasks.keys()

    def _place(self, task_id: int, position: int) -> tuple[str, Place | None]:
        key = str(task_id)
        places = self.tasks[key].places if key in self.tasks else None
        return key, places[position] if places is not None and position < len(places) else None

    def _doubt(self, key: str) -> None:
        if key in self.tasks:
            self.unsure.add(key)
