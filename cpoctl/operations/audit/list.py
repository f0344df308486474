"""List who did what, and who was turned away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read, Role, instant
from cpoctl.store import Record
from cpoctl.table import Column, local

_BY = "(:actor IS NULL OR actor = :actor OR actor = 'key:' || :actor)"
_DONE = f"""
WITH chosen AS (SELECT task_id, operation, actor, started_at FROM task
                WHERE started_at >= :since AND {_BY} ORDER BY task_id DESC LIMIT :last)
SELECT c.started_at AS at, c.actor, c.operation, c.task_id, count(p.position) AS targets, min(p.target) AS target,
       min(p.status) AS status, coalesce(sum(p.ok), 0) AS succeeded, coalesce(sum(p.state <> 'done'), 0) AS unfinished
FROM chosen c LEFT JOIN task_target p ON p.task_id = c.task_id GROUP BY c.task_id
"""  # noqa: S608 - the condition is ours
_DENIED = f"""
SELECT last_at AS at, nullif(actor, '') AS actor, operation, reason, request, address, attempts FROM denial
WHERE last_at >= :since AND {_BY} ORDER BY last_at DESC LIMIT :last
"""  # noqa: S608 - the condition is ours
_FOUNDED = f"""
SELECT created_at AS at, created_by AS actor, name FROM key
WHERE created_by = 'cpoctl init' AND created_at >= :since AND {_BY.replace("actor =", "created_by =")}
"""  # noqa: S608 - the condition is ours


@dataclass(frozen=True)
class AuditRow:
    """Something that somebody did or wanted. Attempts that are alike share a row, which has the time of the last."""

    at: Annotated[str, Column("TIME", show=local)]
    actor: Annotated[str | None, Column("WHO")]
    operation: Annotated[str, Column("WHAT")]
    target: Annotated[str | None, Column("TARGET")]
    result: Annotated[str, Column("RESULT")]
    denied: bool
    attempts: Annotated[int, Column("TIMES", 3, "right")]
    address: Annotated[str | None, Column("FROM", 2)]
    task_id: Annotated[int | None, Column("TASK", 3, "right")]


@dataclass(frozen=True, kw_only=True)
class ListAudit(Query):
    """List who did what, with what result, and who was turned away and why; the oldest first."""

    path = "audit list"
    route = "GET /audit"
    row = AuditRow
    noun = "entries"
    newest_last = True
    role = Role.ADMIN
    examples = ("cpoctl audit list --since 7d --actor anna", "cpoctl audit list --denied --json | jq length")

    actor: Annotated[str | None, Option("only of this user, or of the key with this name")] = None
    since: Annotated[str | None, Option("only from then on: a time, or how long ago, such as 2h", kind="time")] = None
    denied: Annotated[bool, Option("only who was turned away")] = False
    last: Annotated[int, Option("how many at the most")] = 100

    def select(self, read: Read) -> list[AuditRow]:
        """The last ones that fit."""
        since = stored(instant(self.since, datetime.now(UTC), "since", ago=True)) if self.since else ""
        last = max(self.last, 0)
        found = sorted(self._found(read, {"actor": self.actor, "since": since, "last": last}), key=lambda row: row.at)
        return found[-last:] if last else []

    def _found(self, read: Read, given: dict[str, Any]) -> Iterator[AuditRow]:
        yield from map(_turned_away, read(_DENIED, given))
        if not self.denied:
            yield from map(_done, read(_DONE, given))
            yield from map(_founded, read(_FOUNDED, {name: given[name] for name in ("actor", "since")}))


def _done(record: Record) -> AuditRow:
    many = record["targets"] > 1
    target = f"{record['targets']} targets" if many else record["target"] or None
    result = _result(record) if many else record["status"] or "running"
    return AuditRow(
        record["at"], record["actor"], record["operation"], target, result, False, 1, None, record["task_id"]
    )


def _result(record: Record) -> str:
    if record["unfinished"]:
        return f"running, {record['unfinished']} to go"
    failed = record["targets"] - record["succeeded"]
    return f"{failed} of {record['targets']} failed" if failed else "all done"


def _turned_away(record: Record) -> AuditRow:
    what = record["operation"] or record["request"]
    return AuditRow(
        record["at"], record["actor"], what, None, f"denied: {record['reason']}", True, record["attempts"],
        record["address"] or None, None,
    )  # fmt: skip


def _founded(record: Record) -> AuditRow:
    return AuditRow(record["at"], record["actor"], "key create", record["name"], "Done", False, 1, None, None)
