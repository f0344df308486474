"""The journal: one row for each exchange, the request with its answer, as they went over the wire.

Secrets in it are masked, but for what states a session: that is kept byte for byte.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.metering import text
from cpoctl.domain.secrets import masked
from cpoctl.ocpp.frames import AnyCall
from cpoctl.ocpp.schemas import Violation
from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.csms.connection import Connection

_SAMPLE_LENGTH = 2000
_FACTS = frozenset(
    {
        "Authorize",
        "Heartbeat",
        "MeterValues",
        "StartTransaction",
        "StatusNotification",
        "StopTransaction",
        "TransactionEvent",
    }
)
"""The actions of chargers that tell no variables, which nearly all messages are of."""
OF_SESSIONS = frozenset({"StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent"})
NOBODY = ""  # the action or message id of a frame that has none


class Exchange:
    """One request and its answer on one connection."""

    __slots__ = ("action", "at", "connection", "journal_id", "message_id", "now", "request", "secret", "sender")

    def __init__(
        self,
        connection: "Connection",
        call: AnyCall | None,
        raw: bytes,
        now: datetime,
        sender: str = "charger",
    ) -> None:
        self.connection = connection
        self.journal_id = 0
        self.now = now
        self.at = stored(now)
        self.sender = sender
        self.action = call.action if call else NOBODY
        self.message_id = call.message_id if call else NOBODY
        self.request = told = readable(raw)
        self.secret = False
        if call is not None and self.action not in _FACTS:
            self.request = masked(told)  # V-12
            self.secret = self.request != told

    def about(self, action: str, message_id: str, request: str) -> None:
        """Say what it is about, when no Call of a charger tells."""
        self.action, self.message_id, self.request = action, message_id, request

    def told(self, doubts: Sequence[Violation]) -> list[Violation]:
        """Violations as they may be kept: what is wrong with a secret may quote it."""
        if not self.secret:
            return list(doubts)
        return [Violation(doubt.path, doubt.rule, f"breaks the rule {doubt.rule}") for doubt in doubts]

    def row(
        self,
        journal_id: int,
        answer: bytes | None,
        outcome: str,
        doubts: Sequence[Violation],
        latency_ms: float | None = None,
    ) -> rows.Journal:
        """The journal's row. The number is handed out as it is committed: rows are numbered in the order of their commits."""
        self.journal_id = journal_id
        return rows.Journal(
            journal_id,
            self.at,
            self.connection.charger.charger_id,
            self.connection.connection_id,
            self.sender,
            self.action,
            self.message_id,
            self.request,
            readable(answer) if answer is not None else None,
            outcome,
            latency_ms,
            text([told(doubt) for doubt in self.told(doubts)]) if doubts else None,
        )

    def event(
        self, answer: bytes | None, outcome: str, doubts: Sequence[Violation], latency_ms: float | None
    ) -> events.FrameLogged:
        """The same for those who watch the wire."""
        return events.FrameLogged(
            charger_id=self.connection.charger.charger_id,
            journal_id=self.journal_id,
            at=self.at,
            sender=self.sender,
            action=self.action,
            message_id=self.message_id,
            request=self.request,
            answer=readable(answer) if answer is not None else None,
            outcome=outcome,
            latency_ms=round(latency_ms, 1) if latency_ms is not None else None,
            violations=tuple(told(doubt) for doubt in self.told(doubts)),
        )


def readable(raw: bytes) -> str:
    """A frame as text; bytes that are no UTF-8 stay visible as escapes."""
    return raw.decode("utf-8", "backslashreplace")


def told(doubt: Violation) -> str:
    """A violation in one line."""
    return f"{doubt.path} {doubt.rule}: {doubt.message}".strip()


def violations(doubts: Sequence[Violation], exchange: Exchange) -> list[rows.Row]:
    """A row for each rule that the message breaks; `charger quirks` counts them."""
    seen_at = exchange.at
    sample = exchange.request[:_SAMPLE_LENGTH]
    charger_id = exchange.connection.charger.charger_id
    return [
        rows.Violation(charger_id, exchange.action, doubt.path, doubt.rule, doubt.message, sample, seen_at)
        for doubt in exchange.told(doubts)
    ]


def unplaced(exchange: Exchange, why: str) -> list[rows.Row]:
    """A message of a session that came to nothing, for somebody to look at; nothing of any other."""
    if exchange.action not in OF_SESSIONS:
        return []
    charger_id = exchange.connection.charger.charger_id
    return [rows.Orphan(exchange.at, charger_id, None, exchange.action, "", why, text(exchange.request))]


def refused(exchange: Exchange, rule: str, why: str) -> rows.Violation:
    """The row of a message that was answered with an error."""
    return rows.Violation(
        exchange.connection.charger.charger_id,
        exchange.action[:64],
        "",
        rule,
        why,
        exchange.request[:_SAMPLE_LENGTH],
        exchange.at,
    )
