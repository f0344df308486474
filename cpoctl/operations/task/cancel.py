"""Cancel what a task has not sent yet."""

from dataclasses import dataclass

from cpoctl.operations import Act, Danger, Operator, Outcome
from cpoctl.operations.task import TaskNumber


@dataclass(frozen=True, kw_only=True)
class CancelTask(Act):
    """Give up the targets to which nothing was sent yet. What was sent goes on."""

    path = "task cancel"
    route = "POST /tasks/{task}/cancel"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl task cancel 12 --yes",)

    task: TaskNumber

    def consequence(self) -> str:
        """What it will do."""
        return f"cancel task {self.task}: what is not sent yet never will be"

    async def run(self, operator: Operator) -> Outcome:
        """Cancel it; the status tells how many targets were left."""
        number = await operator.tasks.cancel(self.task)
        return Outcome(str(self.task), True, f"Cancelled, {number} not sent")
