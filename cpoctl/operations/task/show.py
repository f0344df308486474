"""Show a task with the result of each target, and explain them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Option, Query, Read, Record, one
from cpoctl.operations.task import LISTED, NAMES, TargetRow, TaskNumber, TaskRow, target_row, task_row
from cpoctl.table import Column, local, millis

_TARGETS = """
SELECT x.*, c.request AS command_request, c.action, c.answer FROM task_target x
LEFT JOIN command c USING (command_id) WHERE x.task_id = ? ORDER BY x.position
"""
_DECIDED = {
    "charger": "the charger's own answer decided",
    "tag": "our own answer about the tag decided, after the charger had agreed",
    "cpoctl": "a rule of cpoctl decided, before anything was sent",
    "nobody": "nobody decided: no answer came",
    "offline": "nobody decided: it was not connected, and nothing was sent",
    "not-sent": "nobody decided: nothing was sent",
    "timeout": "nobody decided: the time was over",
    "time": "the charger agreed, and then the time was over",
}


@dataclass(frozen=True)
class TargetDetail(TargetRow):
    """One target's result with its Call."""

    status: Annotated[str, Column("STATUS")] = ""
    latency_ms: Annotated[float | None, Column("TOOK", show=millis, align="right")] = None
    state: str = ""
    command_id: int | None = None
    expires_at: Annotated[str | None, Column("UNTIL", 3, show=local)] = None
    sent_at: str | None = None
    finished_at: str | None = None


@dataclass(frozen=True)
class Explanation:
    """A line of an explanation."""

    line: Annotated[str, Column("EXPLANATION")]


@dataclass(frozen=True)
class TaskDetail(TaskRow):
    """A task with its targets."""

    plan: dict[str, Any]
    results: list[TargetDetail]
    explanation: list[Explanation]


@dataclass(frozen=True, kw_only=True)
class ShowTask(Query):
    """Show a task with the result of each target.

    --explain tells what was asked, who decided, which frames went to and fro, and what to try next.
    """

    path = "task show"
    route = "GET /tasks/{task}"
    row = TaskDetail
    many = False
    examples = ("cpoctl task show 12", "cpoctl task show 12 --explain")

    task: TaskNumber
    explain: Annotated[bool, Option("say why it came to this")] = False

    def told_now(self) -> str | None:
        """What is explained is for people, in a pipe as well."""
        return "table" if self.explain else None

    def select(self, read: Read) -> list[TaskDetail]:
        """The one task."""
        found = read(
            f"{LISTED.replace('t.task_id,', 't.task_id, t.plan,')} WHERE t.task_id = ? GROUP BY t.task_id", [self.task]
        )
        record = one(found, "task", str(self.task), read, NAMES)
        plan = json.loads(record.pop("plan"))
        task = task_row(record)
        targets = read(_TARGETS, [self.task])
        lines = [Explanation(line) for line in _wrapped(_explained(task, targets))] if self.explain else []
        return [TaskDetail(**vars(task), plan=plan, results=[_detail(t) for t in targets], explanation=lines)]


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Lines that fit a terminal, those that go on deeper than those that begin."""
    from textwrap import wrap

    for line in lines:
        deep = " " * (len(line) - len(line.lstrip()))
        yield from wrap(line, 78, initial_indent="", subsequent_indent=f"{deep}    ", break_on_hyphens=False)


def _detail(record: Record) -> TargetDetail:
    row = target_row(record)
    error = json.loads(record["error"]) if record["error"] else None
    names = ("state", "command_id", "expires_at", "sent_at", "finished_at")
    return TargetDetail(
        **vars(row) | {"error": error},
        **{name: record[name] for name in names},
    )


def _explained(task: TaskRow, targets: list[Record]) -> Iterator[str]:
    """What happened, target by target; of several those that went well are only counted."""
    given = "".join(f" {name}={value}" for name, value in task.given.items())
    yield f"{task.actor} asked for `{task.operation}`{given}"
    well = sum(record["ok"] == 1 for record in targets)
    if len(targets) > 1 and well:
        yield f"{well} of {len(targets)} targets went well"
    for record in targets if len(targets) == 1 else (record for record in targets if record["ok"] != 1):
        name = record["target"] or task.operation
        yield f"{name}: {target_row(record).status}"
        yield from (f"  {line}" for line in _why(record))


def _why(record: Record) -> Iterator[str]:
    if record["state"] == "waiting":
        yield f"waits until {record['expires_at']}; nothing was sent"
    error = json.loads(record["error"]) if record["error"] else {}
    detail = error.get("detail", {})
    if error:
        yield error["message"]
        yield _DECIDED.get(detail.get("decided_by") or error["code"], _DECIDED["cpoctl"])
    yield from detail.get("why", ())
    sent = detail.get("sent") or (record["action"] and f"{record['action']} {record['command_request']}")
    if sent:
        yield f"sent:     {sent}"
    if received := detail.get("received") or record["answer"]:
        yield f"received: {received}"
    if note := json.loads(record["result"] or "{}").get("note"):
        yield note
    yield from (f"try: {hint}" for hint in error.get("hints", ()))
