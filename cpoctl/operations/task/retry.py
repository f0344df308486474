"""Repeat a task for the targets that failed."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.task import TaskNumber
from cpoctl.table import Column


@dataclass(frozen=True)
class RetryOutcome(Outcome):
    """The task that was begun."""

    task_id: Annotated[int | None, Column("TASK", align="right")] = None


@dataclass(frozen=True, kw_only=True)
class RetryTask(Act):
    """Begin a new task with the targets of another one that failed, and only those."""

    path = "task retry"
    route = "POST /tasks/{task}/retry"
    row = RetryOutcome
    danger = Danger.DISRUPTS
    recorded = False
    examples = ("cpoctl task retry 12 --yes", "cpoctl task retry 12 --yes --fields task_id | xargs cpoctl task wait")

    task: TaskNumber

    def consequence(self) -> str:
        """What it will do."""
        return f"repeat task {self.task} for the targets that failed"

    async def run(self, operator: Operator) -> RetryOutcome:
        """Begin it; the caller's role must be enough for what is repeated."""
        number = await operator.tasks.retry(self.task, operator.actor, operator.role)
        return RetryOutcome(str(self.task), True, "Started", task_id=number)
