"""List what waits for chargers that are away or busy."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Argument, Query, Read
from cpoctl.operations.charger import must_be_known
from cpoctl.table import Column, local

_WAITING = """
SELECT x.target, x.charger_id, t.operation, x.task_id, t.actor, t.started_at, x.expires_at, t.given,
       coalesce(json_extract(t.plan, '$.when'), 'online') AS waits_for
FROM task_target x JOIN task t USING (task_id) WHERE x.state = 'waiting' {} ORDER BY x.charger_id, x.task_id, x.position
"""


@dataclass(frozen=True)
class QueueRow:
    """An operation that waits for a charger."""

    target: Annotated[str, Column("TARGET")]
    charger_id: str
    operation: Annotated[str, Column("OPERATION")]
    waits_for: Annotated[str, Column("WAITS FOR", 2)]
    expires_at: Annotated[str, Column("UNTIL", show=local)]
    task_id: Annotated[int, Column("TASK", align="right")]
    actor: Annotated[str, Column("WHO", 3)]
    started_at: Annotated[str, Column("SINCE", 2, show=local)]
    given: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ListQueue(Query):
    """List what waits for a charger, or for any: it is sent when the charger is ready, unless its time is over."""

    path = "charger queue"
    route = "GET /queue"
    row = QueueRow
    noun = "operations"
    examples = ("cpoctl charger queue", "cpoctl charger queue HQ-07")

    charger: Annotated[str | None, Argument("only for this charger", kind="charger")] = None

    def select(self, read: Read) -> list[QueueRow]:
        """In the order in which it will be sent."""
        if self.charger is not None:
            must_be_known(self.charger, read)
        sql = _WAITING.format("AND x.charger_id = :charger" if self.charger is not None else "")
        found = read(sql, {"charger": self.charger})
        return [QueueRow(**record | {"given": json.loads(record["given"])}) for record in found]
