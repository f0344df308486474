"""Tasks: every invocation of an operation, with one result per target."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cpoctl.clock import duration
from cpoctl.errors import Partial, UsageProblem, from_json
from cpoctl.operations import Act, Argument, Option
from cpoctl.table import Column, local, millis, span

TaskNumber = Annotated[int, Argument("the task's number")]
NAMES = "SELECT CAST(task_id AS TEXT) FROM task"
QUEUE_FOR = 3600.0
NOT_SENT = "not-sent"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a task goes through its targets."""

    parallel: Annotated[int, Option("so many targets at a time")] = 8
    batch: Annotated[int | None, Option("so many targets, then a pause")] = None
    pause: Annotated[float, Option("how long the pause is", kind="duration")] = 0.0
    fail_fast: Annotated[bool, Option("begin with no further target once one has failed")] = False
    queue: Annotated[bool, Option("send it when the charger is back, within an hour")] = False
    queue_for: Annotated[
        float | None, Option("send it when the charger is back, within this time", kind="duration")
    ] = None
    when: Annotated[Literal["online", "idle"] | None, Option("wait for this: online, or idle (no session)")] = None
    wait: Annotated[bool, Option("wait until what was asked has come about")] = False
    wait_for: Annotated[float | None, Option("the same, at most so long", kind="duration")] = None

    @property
    def queues(self) -> bool:
        """Whether a target may wait for its charger."""
        return self.queue or self.queue_for is not None or self.when is not None

    def patience(self, kind: type[Act]) -> float:
        """How many seconds a target may wait for its charger."""
        return self.queue_for if self.queue_for is not None else min(QUEUE_FOR, kind.queue_most)

    def settles(self, kind: type[Act]) -> float | None:
        """How many seconds to wait for what was asked; None when the answer is enough."""
        if not kind.waits_for or not (self.wait or self.wait_for is not None):
            return None
        return self.wait_for if self.wait_for is not None else kind.wait_most


@dataclass(frozen=True)
class Order:
    """What is asked for: one operation on some targets."""

    kind: type[Act]
    given: dict[str, Any]
    targets: list[str]
    plan: Plan
    actor: str
    retry_of: int | None = None


def must_fit(plan: Plan, kind: type[Act], *, repeatable: bool) -> None:
    """Raise UsageProblem for a plan that cannot be meant for this operation."""
    example = f"cpoctl {kind.path} --help"
    if plan.parallel < 1 or (plan.batch is not None and plan.batch < 1):
        raise UsageProblem("--parallel and --batch are at least 1", hints=[example])
    if plan.pause and plan.batch is None:
        raise UsageProblem("--pause wants --batch N", hints=[f"{example}    after so many targets it pauses"])
    if not plan.queues:
        return
    if not kind.queue_most or not repeatable:
        why = "it holds a secret, which is not kept" if kind.queue_most else "it is for now or not at all"
        raise UsageProblem(f"{kind.path} cannot wait for a charger: {why}", hints=[example])
    if plan.queue_for is not None and not 0 < plan.queue_for <= kind.queue_most:
        most = span(kind.queue_most)
        raise UsageProblem(
            f"{kind.path} may wait {most} at most", hints=[f"cpoctl help tasks    the longest is --queue-for {most}"]
        )


@dataclass(frozen=True)
class TargetRow:
    """One target of a task: its result, or that it waits. `error` is what the command line would have told."""

    target: Annotated[str, Column("TARGET")]
    ok: bool | None
    status: Annotated[str, Column("STATUS")]
    latency_ms: Annotated[float | None, Column("TOOK", show=millis, align="right")] = None
    error: Annotated[dict[str, Any] | None, Column("ERROR", 2, show=lambda error: said(error))] = None
    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class FrameRow:
    """A frame that would be sent, or what would be written."""

    target: Annotated[str, Column("TARGET")]
    action: str | None
    frame: Annotated[str | None, Column("FRAME")]
    note: Annotated[str | None, Column("NOTE")]


@dataclass(frozen=True)
class TaskRow:
    """A task in a list."""

    task_id: Annotated[int, Column("TASK", align="right")]
    operation: Annotated[str, Column("OPERATION")]
    state: Annotated[str, Column("STATE")]
    targets: Annotated[int, Column("TARGETS", 2, "right")]
    succeeded: Annotated[int, Column("OK", align="right")]
    failed: Annotated[int, Column("FAILED", align="right")]
    waiting: Annotated[int, Column("WAITING", 2, "right")]
    actor: Annotated[str, Column("WHO", 3)]
    started_at: Annotated[str, Column("STARTED", 2, show=local)]
    finished_at: Annotated[str | None, Column("FINISHED", 4, show=local)]
    given: dict[str, Any]
    retry_of: int | None


def said(error: dict[str, Any] | str | None) -> str:
    """An error in its own words."""
    return str(error.get("message", "")) if isinstance(error, dict) else error or ""


def seconds(text: str, flag: str) -> float:
    """A duration of the command line. Raises UsageProblem."""
    try:
        return duration(text)
    except ValueError as error:
        raise UsageProblem(f"{flag}: {error}", hints=[f"{flag} 5m    the form it takes"]) from None


def must_have_succeeded(task_id: int, rows: Sequence[TargetRow]) -> None:
    """Return when no target failed. Raises the failures' own class when all failed alike, else Partial."""
    failed = [row for row in rows if row.ok is False]
    if not failed:
        return
    errors = [row.error or {} for row in failed]
    told = [error for error in errors if error.get("code") != NOT_SENT] or errors
    hints = [f"cpoctl task show {task_id} --explain", f"cpoctl task retry {task_id} --yes    only those that failed"]
    if len(rows) == 1:
        raise from_json(told[0] | {"hints": [*told[0].get("hints", ()), hints[0]]})
    alike = len(failed) == len(rows) and len({error.get("code") for error in told}) == 1
    message = f"{len(failed)} of {len(rows)} targets failed"
    raise from_json({"code": told[0].get("code") if alike else Partial.code, "message": message, "hints": hints})


LISTED = """
SELECT t.task_id, t.operation, t.state, t.actor, t.started_at, t.finished_at, t.given, t.retry_of,
       count(*) AS targets, coalesce(sum(x.ok = 1), 0) AS succeeded, coalesce(sum(x.ok = 0), 0) AS failed,
       sum(x.state = 'waiting') AS waiting
FROM task t JOIN task_target x USING (task_id)
"""


def task_row(record: dict[str, Any]) -> TaskRow:
    """A row of a record of `LISTED`."""
    import json

    return TaskRow(**record | {"given": json.loads(record["given"])})


def target_row(record: dict[str, Any]) -> TargetRow:
    """The row of a record of `task_target`."""
    import json

    error = json.loads(record["error"]) if record["error"] else None
    told = {name: error[name] for name in ("code", "exit", "message", "hints")} if error else None
    ok = None if record["ok"] is None else bool(record["ok"])
    status = record["status"] or record["state"].capitalize()
    result = json.loads(record["result"]) if record["result"] else None
    return TargetRow(record["target"], ok, status, record["latency_ms"], told, result)
