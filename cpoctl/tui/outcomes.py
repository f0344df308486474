"""Outcomes: what becomes of the tasks that were begun at this dashboard, told as it happens.

One target is told step by step: its answer, the effect that is waited for, what failed and what to try. Of many only
how it ended is told; the screen of tasks has the rest. Events may be heard before it is known here which task they
are about, so the newest ones are kept for a while.
"""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal

from cpoctl import events
from cpoctl.errors import CpoctlError, from_json
from cpoctl.operations.task.show import TargetDetail, TaskDetail

Result = events.TaskTargetFinished | TargetDetail
Severity = Literal["information", "warning", "error"]
_KEPT: Final = 500
_ABOUT: Final = (
    events.TaskStarted,
    events.TaskTargetWaits,
    events.TaskTargetFinished,
    events.TaskFinished,
    events.CommandFinished,
)


@dataclass
class Begun:
    """A task that was begun here. `awaits` is the effect that it waits for; '' where the answer is all there is."""

    task_id: int
    operation: str
    target: str
    """The one target, '' for several."""
    awaits: str = ""
    answered: bool = False


class Outcomes:
    """Tells through `tell(text, title, severity)` and, of errors, through `fail(error, title)`."""

    def __init__(
        self, tell: Callable[[str, str, Severity], object], fail: Callable[[CpoctlError, str], object]
    ) -> None:
        self._tell, self._fail = tell, fail
        self._begun: dict[int, Begun] = {}
        self._heard: deque[events.Event] = deque(maxlen=_KEPT)
        self.newest: int | None = None
        """The task that was begun here last."""

    @property
    def open(self) -> Collection[int]:
        """The tasks begun here whose end was not heard yet."""
        return tuple(self._begun)

    def begun(self, task: Begun) -> None:
        """Something was begun; what has come of it already is told now."""
        self._begun[task.task_id] = task
        self.newest = task.task_id
        begins = False
        for event in tuple(self._heard):
            begins = begins or (isinstance(event, events.TaskStarted) and event.task_id == task.task_id)
            if begins:
                self._told(event, task)

    def told(self, event: events.Event) -> None:
        """An event, of whatever it is."""
        if isinstance(event, _ABOUT):
            self._heard.append(event)
            for task in tuple(self._begun.values()):
                self._told(event, task)

    def shown(self, detail: TaskDetail) -> None:
        """A task as it stands after a time in which nothing was heard; what it has come to is told now."""
        task = self._begun.get(detail.task_id)
        if task is None or detail.state == "running":
            return
        del self._begun[detail.task_id]
        one = detail.results[0]
        if not task.target:
            self._tell(*_summary(detail))
        else:
            self._ended(one, task)

    def _told(self, event: events.Event, task: Begun) -> None:
        match event:
            case events.CommandFinished(task_id=task.task_id) if task.target:
                self._answered(event, task)
            case events.TaskTargetWaits(task_id=task.task_id) if task.target:
                self._tell(f"{event.target}: waits for its charger", task.operation, "information")
            case events.TaskTargetFinished(task_id=task.task_id) if task.target:
                self._ended(event, task)
            case events.TaskFinished(task_id=task.task_id):
                self._begun.pop(task.task_id, None)
                if not task.target:
                    self._tell(*_summary(event))

    def _answered(self, event: events.CommandFinished, task: Begun) -> None:
        """The charger agrees, and what is waited for is still to come."""
        if task.awaits and not task.answered and event.state == "accepted":
            task.answered = True
            said = f"{task.target}: {event.action} {event.state} · waits for {task.awaits}"
            self._tell(said, task.operation, "information")

    def _ended(self, result: Result, task: Begun) -> None:
        if result.ok:
            note = (result.result or {}).get("note")
            told = f"{result.target}: {result.status}" + (f" · {note}" if note else "")
            self._tell(told, task.operation, "information")
        elif result.error is not None:
            self._fail(from_json(result.error), f"{task.operation}: {result.status}")


def _summary(task: events.TaskFinished | TaskDetail) -> tuple[str, str, Severity]:
    text = f"task {task.task_id}: {task.succeeded} ok, {task.failed} failed"
    if not task.failed:
        return text, task.operation, "information"
    return f"{text}\ncpoctl task show {task.task_id} --explain", task.operation, "warning"
