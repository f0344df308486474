"""Watch a task: one line per target as it finishes."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.operations import Option, Read, Record, Stream, one
from cpoctl.operations.task import NAMES, TargetRow, TaskNumber, said, target_row
from cpoctl.table import Column, millis

_TARGETS = """
SELECT * FROM task_target WHERE task_id = ? AND state IN ('done', 'waiting')
ORDER BY finished_at IS NULL, finished_at, position
"""
_UNFINISHED = "SELECT count(*) AS left FROM task_target WHERE task_id = ? AND state <> 'done'"


@dataclass(frozen=True)
class ResultRow(TargetRow):
    """A target that has its result, or waits; `left` targets have none yet."""

    status: Annotated[str, Column("STATUS")] = ""
    position: int = 0
    left: int = 0


@dataclass(frozen=True, kw_only=True)
class WatchTask(Stream):
    """Watch a task: one line per target as it finishes, until all have."""

    path = "task watch"
    route = "GET /tasks/{task}/stream"
    row = ResultRow
    noun = "targets"
    examples = ("cpoctl task watch 12", "cpoctl task watch 12 -o jsonl | jq -r 'select(.ok|not).target'")

    task: TaskNumber
    follow: Annotated[bool, Option("until all targets have their result")] = True

    def select(self, read: Read) -> list[ResultRow]:
        """The targets that have a result, in their order, then those that wait."""
        one(read("SELECT 1 FROM task WHERE task_id = ?", [self.task]), "task", str(self.task), read, NAMES)
        records = read(_TARGETS, [self.task])
        found = [(record["position"], target_row(record)) for record in records]
        done = sum(row.ok is not None for _, row in found)
        unfinished = read(_UNFINISHED, [self.task])[0]["left"]
        # The last of them ends the stream, but not before the others are told.
        return [
            ResultRow(**vars(row), position=position, left=unfinished + max(0, done - number))
            for number, (position, row) in enumerate(found, 1)
        ]

    def take(self, event: events.Event) -> ResultRow | None:
        """A target of this task."""
        if isinstance(event, events.TaskTargetWaits) and event.task_id == self.task:
            return ResultRow(event.target, None, status="Waiting", position=event.position, left=1)
        if isinstance(event, events.TaskTargetFinished) and event.task_id == self.task:
            row = TargetRow(event.target, event.ok, event.status, event.latency_ms, event.error, event.result)
            return ResultRow(**vars(row), position=event.position, left=event.left)
        return None

    def final(self, row: Record) -> bool:
        """Whether no target is left."""
        return bool(row["left"] == 0)

    @classmethod
    def line(cls, row: Record) -> str:
        """`HQ-07  Accepted  184 ms`, with what was said where it failed."""
        parts = [row["target"], row["status"], millis(row["latency_ms"]), said(row["error"])]
        return "  ".join(part for part in parts if part)
