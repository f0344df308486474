"""Acknowledge alerts: say that somebody looks after them."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.alerts import Alert
from cpoctl.errors import Conflict, CpoctlError, NotFound, UsageProblem, nearest
from cpoctl.operations import Act, Argument, Operator, Option, Record
from cpoctl.operations.alert import number, place
from cpoctl.store import rows
from cpoctl.table import Column

ACKNOWLEDGED, REPLACED = "Acknowledged", "CommentReplaced"
_OVER = "SELECT resolved_at FROM alert WHERE alert_id = ?"


@dataclass(frozen=True)
class AckRow:
    """An acknowledged alert; `before` is the comment that this one replaces, and whose it was."""

    alert_id: Annotated[str, Column("ALERT")]
    where: Annotated[str, Column("WHERE")]
    status: Annotated[str, Column("STATUS")]
    acked_by: Annotated[str, Column("BY")]
    comment: Annotated[str, Column("COMMENT", 2)]
    before: Annotated[str | None, Column("BEFORE", 2)]


@dataclass(frozen=True, kw_only=True)
class AckAlerts(Act):
    """Say that you look after open alerts, and how; whoever asks `alert list --exit-code` is not called for them.

    It holds until the alert is resolved, and on when it opens again within ten minutes. Another comment takes the place
    of the last. All of them are acknowledged or, if one is not open, none.
    """

    path = "alert ack"
    route = "POST /alerts/ack"
    row = AckRow
    examples = ("cpoctl alert ack 7 --comment 'electrician comes at 9'",)

    alerts: Annotated[tuple[str, ...], Argument("the alerts' numbers", kind="alert")]
    comment: Annotated[str, Option("what is being done, for whoever looks next")]

    async def run(self, operator: Operator) -> list[AckRow]:
        """Record who looks after them."""
        if not self.comment.strip():
            raise UsageProblem("--comment is empty", hints=[f"cpoctl alert ack {' '.join(self.alerts)} --comment TEXT"])
        found = [await _open(word, operator) for word in dict.fromkeys(self.alerts)]
        if not found:
            raise UsageProblem("no alert is named", hints=["cpoctl alert list"])
        told = [_told(alert, operator.actor, self.comment) for alert in found]
        at, by = stored(operator.clock.now()), operator.actor
        unit = [rows.AlertAcknowledged(at, by, self.comment, alert.alert_id) for alert in found]
        await operator.commit(unit, [_event(alert, at, by, self.comment) for alert in found])
        return told


async def _open(word: str, operator: Operator) -> Alert:
    """The open alert of this number. Raises Conflict for one that is over, NotFound."""
    alert = operator.live.alerts.open.get(number(word))
    if alert is None:
        raise _not_open(word, await operator.store.read(_OVER, [number(word)]), operator)
    return alert


def _not_open(word: str, resolved: list[Record], operator: Operator) -> CpoctlError:
    if resolved:
        over = f"alert {word} was resolved at {resolved[0]['resolved_at']}: there is nothing left to acknowledge"
        return Conflict(over, target=word, hints=["cpoctl alert list", f"cpoctl alert show {word}"])
    near = nearest(word, map(str, operator.live.alerts.open))
    return NotFound(f"no alert {word}{near}", target=word, hints=["cpoctl alert list    what is open"])


def _told(alert: Alert, actor: str, comment: str) -> AckRow:
    before = f"{alert.acked_by}: {alert.comment}" if alert.acked_at else None
    where = place(alert.charger_id, alert.evse_id)
    return AckRow(str(alert.alert_id), where, REPLACED if before else ACKNOWLEDGED, actor, comment, before)


def _event(alert: Alert, at: str, by: str, comment: str) -> events.AlertAcknowledged:
    return events.AlertAcknowledged(
        charger_id=alert.charger_id,
        alert_id=alert.alert_id,
        rule=alert.rule,
        evse_id=alert.evse_id,
        acked_at=at,
        acked_by=by,
        comment=comment,
    )
