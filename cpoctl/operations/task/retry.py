"""Repeat a task for the targets that failed."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Act, Danger, Operator, Option, Outcome
from cpoctl.operations.task import TaskNumber
from cpoctl.table import Column

_UNKNOWN = "SELECT target FROM task_target WHERE task_id = ? AND status = 'Unknown'"


@dataclass(frozen=True)
class RetryOutcome(Outcome):
    """The task that was begun. `left_out` are targets that may have done it already."""

    task_id: Annotated[int | None, Column("TASK", align="right")] = None
    left_out: int = 0
    note: Annotated[str | None, Column("NOTE", 2)] = None


@dataclass(frozen=True, kw_only=True)
class RetryTask(Act):
    """Begin a new task with the targets of another one that failed, and only those.

    A target whose status is Unknown may have done it already: it is left out, unless it is asked for.
    """

    path = "task retry"
    route = "POST /tasks/{task}/retry"
    row = RetryOutcome
    danger = Danger.DISRUPTS
    recorded = False
    examples = ("cpoctl task retry 12 --yes", "cpoctl task retry 12 --yes --fields task_id | xargs cpoctl task wait")

    task: TaskNumber
    unknown: Annotated[bool, Option("also those of which nobody knows whether they did it")] = False

    def consequence(self) -> str:
        """What it will do."""
        return f"repeat task {self.task} for the targets that failed"

    async def run(self, operator: Operator) -> RetryOutcome:
        """Begin it; the caller's role must be enough for what is repeated."""
        number = await operator.tasks.retry(self.task, operator.actor, operator.role, unknown=self.unknown)
        left_out = 0 if self.unknown else len(await operator.store.read(_UNKNOWN, [self.task]))
        note = f"{left_out} Unknown left out: cpoctl task retry {self.task} --unknown --yes" if left_out else None
        return RetryOutcome(str(self.task), True, "Started", task_id=number, left_out=left_out, note=note)
