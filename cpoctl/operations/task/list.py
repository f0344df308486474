"""List the tasks: who did what to how many, and what came of it."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.operations.task import LISTED, TaskRow, task_row


@dataclass(frozen=True, kw_only=True)
class ListTasks(Query):
    """List the tasks, the newest first."""

    path = "task list"
    route = "GET /tasks"
    row = TaskRow
    noun = "tasks"
    examples = ("cpoctl task list", "cpoctl task list --charger HQ-07 --running")

    charger: Annotated[str | None, Option("only with this charger among its targets", kind="charger")] = None
    running: Annotated[bool, Option("only those that go on")] = False
    limit: Annotated[int, Option("at most so many")] = 100

    def select(self, read: Read) -> list[TaskRow]:
        """The newest that fit."""
        if self.charger is not None:
            must_be_known(self.charger, read)
        with_charger = "t.task_id IN (SELECT task_id FROM task_target WHERE charger_id = :charger)"
        conditions = [with_charger] * (self.charger is not None) + ["t.state = 'running'"] * self.running
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"{LISTED}{where} GROUP BY t.task_id ORDER BY t.task_id DESC LIMIT :limit"
        return [task_row(record) for record in read(sql, {"charger": self.charger, "limit": self.limit})]
