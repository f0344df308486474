"""Dispatch: the way of a charger's Call. Read → handle → commit → apply → publish → answer (DESIGN §3 rule 4).

Everything here runs for each message; what is rare is kept off this way.
"""

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from cpoctl import plugins
from cpoctl.clock import Clock
from cpoctl.csms import actions
from cpoctl.csms.actions import ACTIONS, Action, Context, Ids, Sql
from cpoctl.csms.journal import Exchange, refused, violations
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.ocpp import frames, schemas
from cpoctl.ocpp.codes import Problem
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import Violation, violation
from cpoctl.store import DuplicateRow, UnstorableRow

if TYPE_CHECKING:
    from cpoctl.csms.connection import Connection
    from cpoctl.ocpp.frames import Call

_log = logging.getLogger(__name__)
_ACCEPTED = "Accepted"

INBOUND = tuple(plugins.load_all(actions))
"""The action files; loading them declares their handlers."""


class Message:
    """A Call on its way through the server."""

    __slots__ = ("action", "call", "connection", "doubts", "raw", "struct")

    def __init__(self, connection: "Connection", call: "Call", raw: bytes, action: Action) -> None:
        self.connection = connection
        self.call = call
        self.raw = raw
        self.action = action
        self.struct: Any = None
        self.doubts: list[Violation] = []

    def read(self) -> Sql | None:
        """Judge and read the payload; returns the SELECT that must be run before it can be handled."""
        judge = schemas.judge(self.connection.version, self.action.name)
        payload, flags = self.call.payload, self.call.flags
        valid = judge is None or judge.valid(payload)
        self.struct, doubts = read(self.action.struct, payload)
        if not valid or doubts or flags:
            found = judge.violations(payload) if judge is not None and not valid else []
            mended = [violation("", flag, "read tolerantly") for flag in flags]
            self.doubts = list({(doubt.path, doubt.rule): doubt for doubt in [*doubts, *found, *mended]}.values())
        return self.lookup(sure=False)

    def lookup(self, *, sure: bool) -> Sql | None:
        """The SELECT that the action wants run first."""
        return self.action.lookup(self.struct, self.connection.charger, sure) if self.action.lookup else None


class Dispatch:
    """Handles the Calls of all chargers, those of one charger one after another."""

    def __init__(self, ledger: Ledger, clock: Clock, *, heartbeat: int, accept_tags: bool) -> None:
        self.ledger = ledger
        self.heartbeat = heartbeat
        self.accept_tags = accept_tags
        self.received: Counter[str] = Counter()
        self._clock = clock
        self._ids = Ids(ledger.next_session, ledger.transaction_id)
        self._lookups: set[asyncio.Task[None]] = set()

    def handle(self, connection: "Connection", call: "Call", raw: bytes) -> None:
        """Handle one Call; the connection hears of its end through `done`."""
        repeated = connection.peer.repeated(call, raw, connection.last_heard)
        if repeated is not None:
            connection.done(repeated)  # F-25: nothing new to keep
            return
        action = ACTIONS.get((connection.version, call.action))
        if action is None:
            self._unknown(connection, call, raw)
            return
        self.received[action.name] += 1
        if connection.charger.registration != _ACCEPTED and not action.unregistered:
            self._refuse(connection, call, raw, Problem.SECURITY_ERROR, "the charger is not accepted yet")  # F-28
            return
        message = Message(connection, call, raw, action)
        sql = message.read()
        if sql is None:
            self._decide(message, None)
        else:
            self._look_up(message, sql)

    def _look_up(self, message: Message, sql: Sql) -> None:
        task = asyncio.get_running_loop().create_task(self._decide_after(message, sql))
        self._lookups.add(task)
        task.add_done_callback(self._lookups.discard)

    async def _decide_after(self, message: Message, sql: Sql) -> None:
        try:
            found = await self.ledger.store.read(*sql)
        except Exception:  # noqa: BLE001 # supervises the task: a failed look-up must not leave the charger waiting for ever
            _log.exception("cannot look up %s of %s", message.action.name, message.connection.charger.charger_id)
            message.connection.done(None)
            return
        self._decide(message, found)

    def _decide(self, message: Message, found: list[dict[str, Any]] | None) -> None:
        connection, action, call = message.connection, message.action, message.call
        exchange = Exchange(connection, call, message.raw, self.ledger.next_journal(), self._clock.now())
        ctx = Context(
            connection.charger, self.ledger.live, exchange.now, exchange.at, self.heartbeat, self.accept_tags, self._ids,
            call.payload, found,
        )  # fmt: skip
        try:
            outcome = action.handle(message.struct, ctx)
        except Exception:  # noqa: BLE001 # supervises the handlers: a bug in one costs one Call, not the server
            _log.exception("%s of %s failed", action.name, connection.charger.charger_id)
            self._refuse(connection, call, message.raw, Problem.INTERNAL_ERROR, "the server failed on this message")
            return
        reply = frames.encode_result(call.message_id, outcome.answer)
        journal = exchange.row(reply, "result", message.doubts)
        unit = [*outcome.rows, journal]
        if message.doubts:
            unit += violations(message.doubts, exchange)
        if not action.durable:
            connection.done(reply)
            self.ledger.commit(unit, outcome.events, noted)
            self._show(exchange, reply, "result", message.doubts)
            return

        def committed(error: Exception | None) -> None:
            if error is None:
                connection.peer.answered(call, message.raw, reply, connection.last_heard)
                connection.done(reply)
                self._show(exchange, reply, "result", message.doubts)
            elif isinstance(error, DuplicateRow) and found is None and (sql := message.lookup(sure=True)):
                self._look_up(message, sql)
            elif isinstance(error, DuplicateRow | UnstorableRow):
                self._keep_raw(message, exchange, reply, error)
            else:
                connection.done(None)  # nothing can be stored: the socket is being closed

        self.ledger.commit(unit, outcome.events, committed)

    def _keep_raw(self, message: Message, exchange: Exchange, reply: bytes, error: Exception) -> None:
        """The rows cannot be stored, but the frame can: no charger may repeat it for ever (V-02)."""
        connection = message.connection
        _log.error(
            "%s of %s is kept in the journal only: %s", message.action.name, connection.charger.charger_id, error
        )
        unit = (exchange.row(reply, "result", message.doubts), refused(exchange, "unstorable", str(error)[:200]))
        self.ledger.commit(unit, [], lambda failed: connection.done(None if failed else reply))

    def _unknown(self, connection: "Connection", call: "Call", raw: bytes) -> None:
        """1.6 tells an action that nobody knows from one that only we may send. OCPP-J 1.6 §4.2.3"""
        known = schemas.judge(connection.version, call.action) is not None
        problem = Problem.NOT_SUPPORTED if known else Problem.NOT_IMPLEMENTED
        self._refuse(connection, call, raw, problem, "this action is not served here")

    def _refuse(self, connection: "Connection", call: "Call", raw: bytes, problem: Problem, why: str) -> None:
        reply = frames.encode_error(call.message_id, problem, why, connection.version)
        exchange = Exchange(connection, call, raw, self.ledger.next_journal(), self._clock.now())
        connection.done(reply)
        self.ledger.commit([exchange.row(reply, "error", []), refused(exchange, problem, why)], [], noted)
        self._show(exchange, reply, "error", [])

    def _show(self, exchange: Exchange, reply: bytes, outcome: str, doubts: list[Violation]) -> None:
        if not self.ledger.bus.frames_wanted:
            return
        took = (self._clock.monotonic() - exchange.connection.last_heard) * 1000
        self.ledger.tell_frame(lambda: exchange.event(reply, outcome, doubts, took))


def served(version: str) -> list[str]:
    """The actions that are served in a version."""
    return sorted(name for known, name in ACTIONS if known == version)
