"""Commands: our Calls to chargers, each journalled from before it is sent until its last word.

queued → sent → accepted | rejected | error | timeout → late; `unknown` when the connection or the
server died in between, `dropped` when it was never sent (RELIABILITY §2.1). Nothing is sent twice.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.csms.connection import Connection
from cpoctl.csms.journal import Exchange
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.runs import Cause
from cpoctl.domain.secrets import masked
from cpoctl.errors import TimedOut
from cpoctl.ocpp.frames import CallError, CallResult
from cpoctl.ocpp.peer import Answer, Fault, OutgoingCall
from cpoctl.operations import REFUSALS, Request
from cpoctl.operations import Answer as Answered
from cpoctl.store import Record, rows

_REMEMBERED: Final = 1000  # commands whose answer may still come, perhaps on another connection


def new_message_id() -> str:
    """A message id that no other Call of ours has."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Command:
    """One Call of ours as it is journalled."""

    command_id: int
    charger_id: str
    action: str
    payload: str
    actor: str
    cause: Cause | None = None

    def finished(self, state: str) -> events.CommandFinished:
        """The event of its outcome."""
        return events.CommandFinished(
            charger_id=self.charger_id,
            command_id=self.command_id,
            action=self.action,
            state=state,
            actor=self.actor,
            task_id=self.cause.task_id if self.cause else None,
            position=self.cause.position if self.cause else None,
        )

    def state(self, state: str, *, sent_at: str | None = None, message_id: str | None = None) -> rows.CommandState:
        """The row of a state that came without an answer."""
        return rows.CommandState(state, message_id, sent_at, None, None, self.command_id)


class Commands:
    """Sends Calls and keeps what became of them."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._unanswered: OrderedDict[str, Command] = OrderedDict()  # by message id

    def expect(self, unanswered: Iterable[Record]) -> None:
        """Remember commands of an earlier run whose answer may still come."""
        for record in unanswered:
            self._remember(record.pop("message_id"), Command(**record))

    async def queue(self, connection: Connection, request: Request, actor: str, cause: Cause | None) -> Command:
        """Write down what is asked before anything is sent."""
        payload = request.payload if isinstance(request.payload, str) else _json(request.payload)
        charger_id = connection.charger.charger_id
        command = Command(self._ledger.next_command(), charger_id, request.action, payload, actor, cause)
        queued = rows.Command(
            command.command_id, charger_id, command.action, masked(payload), actor, "queued", stored(self._clock.now())
        )
        await self._ledger.write([queued])
        return command

    async def drop(self, command: Command) -> None:
        """Note that it was never sent."""
        await self._ledger.write([command.state("dropped")], [command.finished("dropped")])

    async def send(self, connection: Connection, command: Command, patience: float) -> Answered:
        """Send it and wait for its answer. The caller holds the connection's turn. Raises TimedOut, StoreUnavailable."""
        call = connection.peer.call(command.action, command.payload.encode())
        exchange = Exchange(connection, None, call.frame, self._clock.now(), "csms")
        exchange.about(command.action, call.message_id, masked(exchange.request))
        try:
            answer, took = await self._exchanged(connection, command, call, patience)
        except (TimeoutError, ConnectionResetError) as error:
            self._remember(call.message_id, command)
            await self._without_answer(exchange, command, "timeout" if isinstance(error, TimeoutError) else "unknown")
            raise _no_answer(exchange, patience, error) from None
        except asyncio.CancelledError:  # nobody waits any more, but the charger may have it
            self._remember(call.message_id, command)
            unknown: list[rows.Row] = [
                command.state("unknown"),
                exchange.row(self._ledger.next_journal(), None, "timeout", []),
            ]
            self._ledger.commit(unknown, [command.finished("unknown")], noted)
            raise
        return await self._answered(exchange, command, answer, took)

    async def _exchanged(
        self, connection: Connection, command: Command, call: OutgoingCall, patience: float
    ) -> tuple[Answer | Fault, float]:
        """Send the frame once that is on disk; returns the answer and how many milliseconds it took."""
        sent_at = stored(self._clock.now())
        connection.answer = asyncio.get_running_loop().create_future()  # a lost connection ends it from here on
        try:
            await self._ledger.write([command.state("sent", sent_at=sent_at, message_id=call.message_id)])
            started = self._clock.monotonic()
            connection.socket.send(call.frame)
            answer = await asyncio.wait_for(connection.answer, patience)
            return answer, (self._clock.monotonic() - started) * 1000
        finally:
            connection.peer.give_up(call)  # unless it was answered
            connection.answer.cancel()
            connection.answer = None

    async def _answered(self, exchange: Exchange, command: Command, answer: Answer | Fault, took: float) -> Answered:
        payload, error, text = _content(answer)
        if (shown := masked(text)) != text:
            text, payload = shown, payload and msgspec.json.decode(shown)[2]
        result = Answered(
            command.charger_id,
            command.command_id,
            command.action,
            payload,
            error,
            exchange.request,
            text,
            round(took, 1),
        )
        state = "error" if error else "rejected" if result.status in REFUSALS else "accepted"
        outcome = "error" if error else "result"
        done = rows.CommandState(state, None, None, stored(self._clock.now()), text, command.command_id)
        journal = exchange.row(self._ledger.next_journal(), text.encode(), outcome, [], result.latency_ms)
        await self._ledger.write([done, journal], [command.finished(state)])
        self._ledger.tell_frame(lambda: exchange.event(text.encode(), outcome, [], result.latency_ms))
        return result

    async def _without_answer(self, exchange: Exchange, command: Command, state: str) -> None:
        await self._ledger.write(
            [command.state(state), exchange.row(self._ledger.next_journal(), None, "timeout", [])],
            [command.finished(state)],
        )
        self._ledger.tell_frame(lambda: exchange.event(None, "timeout", [], None))

    def _remember(self, message_id: str, command: Command) -> None:
        self._unanswered[message_id] = command
        while len(self._unanswered) > _REMEMBERED:
            self._unanswered.popitem(last=False)

    def late(self, connection: Connection, frame: CallResult | CallError) -> bool:
        """Keep an answer that comes after its timeout, on this connection or a newer one, with its command
        and never with another (mob#297, F-24). False when it answers nothing of ours."""
        command = self._unanswered.get(frame.message_id)
        if command is None or command.charger_id != connection.charger.charger_id:
            return False
        del self._unanswered[frame.message_id]
        text = masked(_frame_text(frame))
        exchange = Exchange(connection, None, text.encode(), self._clock.now(), "csms")
        exchange.about(command.action, frame.message_id, text)
        state = rows.CommandState("late", None, None, stored(self._clock.now()), text, command.command_id)
        self._ledger.commit(
            [state, exchange.row(self._ledger.next_journal(), None, "late", [])], [command.finished("late")], noted
        )
        return True


def _content(answer: Answer | Fault) -> tuple[dict[str, Any], tuple[str, str] | None, str]:
    if isinstance(answer, Fault):
        return {}, ("MalformedAnswer", answer.reason), answer.reason
    frame = answer.frame
    if isinstance(frame, CallError):
        return {}, (frame.code, frame.description), _frame_text(frame)
    return (frame.payload if isinstance(frame.payload, dict) else {}), None, _frame_text(frame)


def _frame_text(frame: CallResult | CallError) -> str:
    if isinstance(frame, CallError):
        return _json([4, frame.message_id, frame.code, frame.description, frame.details])
    return _json([3, frame.message_id, frame.payload])


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _no_answer(exchange: Exchange, patience: float, error: Exception) -> TimedOut:
    name = exchange.connection.charger.charger_id
    what = f"no answer within {patience:g} s" if isinstance(error, TimeoutError) else "the connection was lost first"
    return TimedOut(
        f"{name} did not answer {exchange.action}: {what}; whether it did it is unknown",
        target=name,
        hints=[f"cpoctl log list {name}    an answer that comes late is kept there"],
        detail={"decided_by": "nobody", "sent": exchange.request},
    )
