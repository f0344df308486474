"""Dispatch: the way of a charger's Call. Read → handle → commit → apply → publish → answer (DESIGN §3 rule 4).

Everything here runs for each message; what is rare is kept off this way.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from cpoctl import plugins
from cpoctl.clock import Clock
from cpoctl.csms import actions
from cpoctl.csms.actions import ACTIONS, Action, Context, Ids, Sql
from cpoctl.csms.journal import Exchange, refused, unplaced, violations
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.ocpp import frames, schemas
from cpoctl.ocpp.codes import Problem
from cpoctl.ocpp.frames import Call, ReadCall
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import Violation, violation
from cpoctl.ocpp.strict import StrictReader
from cpoctl.store import DuplicateRow, Record, UnstorableRow, rows

if TYPE_CHECKING:
    from cpoctl.csms.connection import Connection
    from cpoctl.ocpp.frames import AnyCall

_log = logging.getLogger(__name__)
_ACCEPTED = "Accepted"

INBOUND = tuple(plugins.load_all(actions))
"""The action files; loading them declares their handlers."""


class Message(Exchange):
    """A Call on its way through the server."""

    __slots__ = ("call", "doubts", "found", "raw", "reply", "served", "struct", "sure")

    def __init__(self, connection: "Connection", call: "AnyCall", raw: bytes, action: Action, now: datetime) -> None:
        Exchange.__init__(self, connection, call, raw, now)
        self.call = call
        self.raw = raw
        self.served = action
        self.doubts: Sequence[Violation] = ()
        self.found: list[Record] | None = None  # by the action's look-up, once one was made
        self.reply: bytes | None = None
        self.sure = False  # whether the store has refused what was made of it once
        if type(call) is ReadCall:  # judged and read in one step
            self.struct: Any = call.struct
        elif isinstance(call, Call):
            self.struct, self.doubts = _read(action, call)


def _read(action: Action, call: Call) -> tuple[Any, Sequence[Violation]]:
    """Judge and read a payload that may break the rules."""
    judge, payload, flags = action.judge, call.payload, call.flags
    if not flags and judge is not None and judge.valid(payload):
        try:
            return msgspec.convert(payload, action.struct), ()
        except msgspec.ValidationError:  # the schema lets more through than the struct takes
            return read(action.struct, payload)
    found = judge.violations(payload) if judge is not None else []
    struct, doubts = read(action.struct, payload)
    mended = [violation("", flag, "read tolerantly") for flag in flags]
    return struct, list({(doubt.path, doubt.rule): doubt for doubt in [*doubts, *found, *mended]}.values())


def _sure_lookup(message: Message) -> Sql | None:
    """The SELECT for a row that the store has just said to exist, or to have changed; None when it was run for that before."""
    lookup = message.served.lookup if not message.sure else None
    message.sure = True
    return lookup(message.struct, message.connection.charger, True) if lookup else None


class Dispatch:
    """Handles the Calls of all chargers, those of one charger one after another."""

    def __init__(self, ledger: Ledger, clock: Clock, *, heartbeat: int) -> None:
        self.ledger = ledger
        self.heartbeat = heartbeat
        self.actions = ACTIONS
        self.strict = {
            version: StrictReader(version, {name: action.struct for name, action in known.items()})
            for version, known in ACTIONS.items()
        }
        self.received: Counter[str] = Counter()
        self._clock = clock
        self._ids = Ids(ledger.next_session, ledger.transaction_id)
        self._lookups: set[asyncio.Task[None]] = set()

    def handle(self, connection: "Connection", call: "AnyCall", raw: bytes) -> None:
        """Handle one Call; the connection hears of its end through `done`."""
        action = connection.actions.get(call.action)
        if action is None:
            self._unknown(connection, call, raw)
            return
        if (repeated := connection.peer.repeated(call, raw, connection.last_heard)) is not None:
            connection.done(repeated)  # F-25: nothing new to keep
            return
        self.received[action.name] += 1
        if connection.charger.registration != _ACCEPTED and not action.unregistered:
            self._refuse(connection, call, raw, Problem.SECURITY_ERROR, "the charger is not accepted yet")  # F-28
            return
        message = Message(connection, call, raw, action, connection.heard_at)
        sql = action.lookup(message.struct, connection.charger, False) if action.lookup else None
        if sql is None:
            self._decide(message)
        else:
            self._look_up(message, sql)

    def _look_up(self, message: Message, sql: Sql) -> None:
        task = asyncio.get_running_loop().create_task(self._decide_after(message, sql))
        self._lookups.add(task)
        task.add_done_callback(self._lookups.discard)

    async def _decide_after(self, message: Message, sql: Sql) -> None:
        try:
            message.found = await self.ledger.store.read(*sql)
        except Exception:  # noqa: BLE001 # supervises the task: a failed look-up must not leave the charger waiting for ever
            _log.exception("cannot look up %s of %s", message.action, message.connection.charger.charger_id)
            message.connection.done(None)
            message.connection.socket.close(1013, "the database cannot be read at the moment")
            return
        self._decide(message)

    def _decide(self, message: Message) -> None:
        connection, action, call = message.connection, message.served, message.call
        ctx = Context(
            connection.charger, self.ledger.live, message.now, message.at, self.heartbeat, self._ids,
            call.payload, message.found,
        )  # fmt: skip
        try:
            outcome = action.handle(message.struct, ctx)
        except Exception:  # noqa: BLE001 # supervises the handlers: a bug in one costs one Call, not the server
            _log.exception("%s of %s failed", action.name, connection.charger.charger_id)
            self._refuse(connection, call, message.raw, Problem.INTERNAL_ERROR, "the server failed on this message")
            return
        message.reply = None if call.sent else frames.encode_result(call.message_id, outcome.answer)
        unit = [*outcome.rows, message.row(self.ledger.next_journal(), message.reply, "result", message.doubts)]
        if message.doubts:
            unit += violations(message.doubts, message)
        if action.durable:
            self.ledger.commit(unit, outcome.events, partial(self._committed, message))
        else:
            connection.done(message.reply)
            self.ledger.commit(unit, outcome.events, noted)
            self._show(message, message.reply, "result", message.doubts)

    def _committed(self, message: Message, error: Exception | None) -> None:
        connection = message.connection
        if error is None:
            if message.reply is not None:
                connection.peer.answered(message.call, message.raw, message.reply, connection.last_heard)
            connection.done(message.reply)
            if self.ledger.bus.frames_wanted:
                self._show(message, message.reply, "result", message.doubts)
        elif isinstance(error, DuplicateRow) and (sql := _sure_lookup(message)):
            self._look_up(message, sql)
        elif isinstance(error, DuplicateRow | UnstorableRow):
            self._keep_raw(message, error)
        else:
            connection.done(None)  # nothing can be stored: the socket is being closed

    def _keep_raw(self, message: Message, error: Exception) -> None:
        """The rows cannot be stored, but the frame can: no charger may repeat it for ever (V-02)."""
        connection, reply = message.connection, message.reply
        name = connection.charger.charger_id
        _log.error("%s of %s is kept in the journal only: %s", message.action, name, error)
        unit = (
            message.row(self.ledger.next_journal(), reply, "result", message.doubts),
            refused(message, "unstorable", str(error)[:200]),
            *unplaced(message, f"unstorable: {error}"[:200]),
        )
        self.ledger.commit(unit, [], lambda failed: connection.done(None if failed else reply))

    def _unknown(self, connection: "Connection", call: "AnyCall", raw: bytes) -> None:
        """1.6 tells an action that nobody knows from one that only we may send. OCPP-J 1.6 §4.2.3"""
        known = schemas.judge(connection.version, call.action) is not None
        problem = Problem.NOT_SUPPORTED if known else Problem.NOT_IMPLEMENTED
        self._refuse(connection, call, raw, problem, "this action is not served here")

    def _refuse(self, connection: "Connection", call: "AnyCall", raw: bytes, problem: Problem, why: str) -> None:
        reply = None if call.sent else frames.encode_error(call.message_id, problem, why, connection.version)
        exchange = Exchange(connection, call, raw, self._clock.now())
        connection.done(reply)
        kept: list[rows.Row] = [
            exchange.row(self.ledger.next_journal(), reply, "error", []),
            refused(exchange, problem, why),
        ]
        if problem is Problem.INTERNAL_ERROR:  # not the charger's fault: it may give up, but somebody has to look
            kept += unplaced(exchange, why)
        self.ledger.commit(kept, [], noted)
        self._show(exchange, reply, "error", [])

    def _show(self, exchange: Exchange, reply: bytes | None, outcome: str, doubts: Sequence[Violation]) -> None:
        if not self.ledger.bus.frames_wanted:
            return
        took = (self._clock.monotonic() - exchange.connection.last_heard) * 1000
        self.ledger.tell_frame(lambda: exchange.event(reply, outcome, doubts, took))
