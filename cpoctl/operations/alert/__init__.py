"""Alerts: what is broken now, since when, and who looks after it."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Read
from cpoctl.table import Column, ago, local

NAMES = "SELECT CAST(alert_id AS TEXT) FROM alert ORDER BY alert_id DESC LIMIT 1000"


@dataclass(frozen=True)
class AlertRow:
    """An alert. `since`: broken this time, `opened_at`: the first time; `count`: how often within short recoveries.

    `resolved_at` is null as long as it is broken, `acked_by` as long as nobody looks after it.
    """

    alert_id: Annotated[str, Column("ALERT", align="right")]
    severity: Annotated[str, Column("SEV", 2, show=str.upper)]
    since: Annotated[str, Column("SINCE", align="right", show=ago)]
    where: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE", 2)]
    what: Annotated[str, Column("WHAT")]
    count: Annotated[int, Column("N", 2, "right")]
    acked_by: Annotated[str | None, Column("ACK")]
    acked_at: Annotated[str | None, Column("ACKED", 3, show=local)]
    comment: Annotated[str | None, Column("COMMENT", 3)]
    resolved_at: Annotated[str | None, Column("RESOLVED", 3, show=local)]
    opened_at: Annotated[str, Column("FIRST", 4, show=local)]
    charger_id: str
    evse_id: int | None


SELECT = """
SELECT CAST(alert_id AS TEXT) AS alert_id, severity, since, rule, what, openings AS count, acked_by, acked_at, comment, resolved_at,
       opened_at, charger_id, evse_id FROM alert
"""
# The worst first, then what has been broken for longest; what is over comes after, the newest first.
_ORDER = """
ORDER BY resolved_at IS NOT NULL, resolved_at DESC,
         CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, since, alert_id
"""


def alerts(read: Read, where: str, given: dict[str, Any]) -> list[AlertRow]:
    """The alerts that a condition of ours selects, those first that want somebody first."""
    return [row(record) for record in read(f"{SELECT} WHERE {where} {_ORDER}", given)]


def row(record: dict[str, Any]) -> AlertRow:
    """A row of a record of `SELECT`."""
    return AlertRow(**record, where=place(record["charger_id"], record["evse_id"]))


def place(charger_id: str, evse_id: int | None) -> str:
    """`HQ-07:2`, as targets are written; the charger alone where it is about all of it."""
    return f"{charger_id}:{evse_id}" if evse_id else charger_id


def number(text: str) -> int:
    """An alert's number; no alert has the number of what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
