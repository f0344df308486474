"""Tasks: the newest of what was asked of the charger."""

from typing import ClassVar

from cpoctl import events
from cpoctl.operations.task import TaskRow
from cpoctl.operations.task.list import ListTasks
from cpoctl.tui.charger_tabs import NEWEST, Listed


class Tasks(Listed):
    """`task list` of the charger."""

    title: ClassVar[str] = "Tasks"
    place: ClassVar[int] = 5
    command: ClassVar[str] = "task list --charger"
    row: ClassVar[type] = TaskRow
    key: ClassVar[str | None] = "task_id"
    outdated_by: ClassVar[tuple[type[events.Event], ...]] = (events.CommandFinished, events.TaskTargetFinished)

    def query(self) -> ListTasks:
        """The newest ones."""
        return ListTasks(charger=self.screen.charger_id, limit=NEWEST)
