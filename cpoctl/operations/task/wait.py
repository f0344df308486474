"""Wait for a task to end."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import CpoctlError, NotFound
from cpoctl.operations import Act, Danger, Operator, Option, Role
from cpoctl.operations.task import LISTED, TaskNumber, TaskRow, must_have_succeeded, target_row, task_row

_TARGETS = "SELECT * FROM task_target WHERE task_id = ? ORDER BY position"


@dataclass(frozen=True, kw_only=True)
class WaitTask(Act):
    """Wait for a task to end. Exits as the task would have: 0, the failures' own code, or 9, with its targets told."""

    path = "task wait"
    route = "POST /tasks/{task}/wait"
    row = TaskRow
    danger = Danger.READ
    role = Role.VIEWER
    tells_targets = True
    recorded = False
    examples = ("cpoctl task wait 12 --timeout 10m",)

    task: TaskNumber
    timeout: Annotated[float, Option("how long, at most")] = 3600.0

    async def run(self, operator: Operator) -> TaskRow:
        """Its row when it has ended. Raises TimedOut, or what its targets failed with."""
        await operator.tasks.finished(self.task, self.timeout)
        found = await operator.store.read(f"{LISTED} WHERE t.task_id = ? GROUP BY t.task_id", [self.task])
        if not found:
            raise NotFound(f"no task {self.task}", target=str(self.task), hints=["cpoctl task list"])
        targets = [target_row(record) for record in await operator.store.read(_TARGETS, [self.task])]
        try:
            must_have_succeeded(self.task, targets)
        except CpoctlError as error:
            error.detail["rows"] = targets
            raise
        return task_row(found[0])
