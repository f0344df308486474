"""The fleet: which charger has which connection, and the one way to call a charger."""

import asyncio
import logging
import shlex

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.csms.commands import Commands
from cpoctl.csms.connection import Connection
from cpoctl.csms.dispatch import Dispatch
from cpoctl.csms.holds import Holds
from cpoctl.csms.journal import Exchange, refused, unplaced
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.runs import Cause
from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.secrets import masked
from cpoctl.errors import ChargerOffline, NotFound, StoreUnavailable
from cpoctl.ocpp.frames import CallResultError, Ignored
from cpoctl.ocpp.peer import Answer, Fault, Unsolicited
from cpoctl.ocpp.schemas import violation
from cpoctl.operations import Answer as Answered
from cpoctl.operations import Request
from cpoctl.store import StoreState, rows

_log = logging.getLogger(__name__)
_RECENT_ACTION = """
SELECT action FROM (
    SELECT action, message_id, connection_id, sender FROM charger_journal WHERE charger_id = ?
    ORDER BY journal_id DESC LIMIT 100)
WHERE message_id = ? AND connection_id = ? AND sender = 'charger' LIMIT 1
"""


class Fleet:
    """The connected chargers."""

    def __init__(self, ledger: Ledger, dispatch: Dispatch, clock: Clock) -> None:
        self.ledger = ledger
        self.live: LiveFleet = ledger.live
        self.dispatch = dispatch
        self.clock = clock
        self.commands = Commands(ledger, clock)
        self.connections: dict[str, Connection] = {}
        self.holds = Holds()
        self.empty: asyncio.Event | None = None  # set when the last connection of a stopping server has gone
        self._unwritten: list[tuple[list[rows.Row], list[events.Event]]] = []
        self._tracing: set[asyncio.Task[None]] = set()
        ledger.bus.listen(self._booted, events.ChargerBooted)
        ledger.store.on_state(self._catch_up)

    def _booted(self, seq: int | None, event: events.Event) -> None:
        """Calls may go out from the moment at which the boot is accepted."""
        accepted = isinstance(event, events.ChargerBooted) and event.registration == "Accepted"
        connection = self.connection(event.charger_id or "") if accepted else None
        if connection is not None:
            connection.release()

    def connection(self, charger_id: str) -> Connection | None:
        """The charger's connection."""
        return self.connections.get(charger_id.casefold())

    def opened(self, connection: Connection, auth: str) -> None:
        """A connection is open: it is the charger's from now on, and an older one is superseded."""
        charger = connection.charger
        old = self.connections.get(charger.charger_id.casefold())
        self.connections[charger.charger_id.casefold()] = connection
        if old is not None:
            old.socket.close(1008, "superseded by a newer connection")
            old.release()
        now = self.clock.now()
        charger.last_seen = now
        event = events.ChargerConnected(
            charger_id=charger.charger_id,
            connection_id=connection.connection_id,
            address=connection.socket.address,
            version=str(connection.version),
            auth=auth,
            at=stored(now),
        )
        row = rows.ConnectionOpened(
            event.connection_id, charger.charger_id, event.at, event.address, event.version, auth
        )
        self.live.apply(event)  # true of this process, whether or not it can be written
        # Told late it could hide that the connection has ended, or that there is a newer one.
        self.ledger.commit([row], [event], lambda error: self._keep_for_later(error, [row], []))

    def closed(self, connection: Connection, code: int | None, reason: str) -> None:
        """A connection has ended; a late end of an old one never removes the new one."""
        charger = connection.charger
        at = stored(self.clock.now())
        event = events.ChargerDisconnected(
            charger_id=charger.charger_id, connection_id=connection.connection_id, code=code, reason=reason, at=at
        )
        if self.connections.get(charger.charger_id.casefold()) is connection:
            del self.connections[charger.charger_id.casefold()]
        if self.empty is not None and not self.connections:
            self.empty.set()
        self.live.apply(event)
        ended = rows.ConnectionClosed(at, code, reason or None, connection.connection_id)
        last_seen = stored(charger.last_seen) if charger.last_seen else at
        seen = rows.ChargerSeen(last_seen, str(connection.version), int(charger.ponged), charger.charger_id)
        self._period_ended([ended, seen], [event])

    # Connection periods are never lost: what a full disk did not take is written when it takes writes again

    def _period_ended(self, kept: list[rows.Row], told: list[events.Event]) -> None:
        self.ledger.commit(kept, told, lambda error: self._keep_for_later(error, kept, told))

    def _keep_for_later(self, error: Exception | None, kept: list[rows.Row], told: list[events.Event]) -> None:
        if isinstance(error, StoreUnavailable):
            self._unwritten.append((kept, told))
        else:
            noted(error)

    def _catch_up(self, state: StoreState) -> None:
        if state is not StoreState.FAILING:
            unwritten, self._unwritten = self._unwritten, []
            for kept, told in unwritten:
                self._period_ended(kept, told)

    async def call(
        self, charger_id: str, request: Request, *, actor: str, patience: float, cause: Cause | None = None
    ) -> Answered:
        """Send one Call and return what the charger really said.

        Raises NotFound, ChargerOffline, TimedOut, StoreUnavailable.
        """
        connection = self.connection(charger_id)
        if connection is None:
            raise self.offline(charger_id)
        command = await self.commands.queue(connection, request, actor, cause)
        while connection is not None:
            await connection.ready()
            async with connection.turn():
                if self.connection(charger_id) is connection:
                    return await self.commands.send(connection, command, patience)
            version = connection.version
            connection = self.connection(charger_id)  # it was never sent: a newer connection may have it
            if connection is not None and connection.version is not version:
                break  # in whose words it was not made
        await self.commands.drop(command)
        raise self.offline(charger_id)

    def offline(self, charger_id: str) -> ChargerOffline | NotFound:
        """The error of a charger without a connection."""
        charger = self.live.charger(charger_id)
        if charger is None:
            return NotFound(f"no charger {charger_id}", target=charger_id, hints=["cpoctl charger list"])
        name, seen = charger.charger_id, ""
        if not charger.known:
            hints = [f"cpoctl charger approve {shlex.quote(name)}    let it in"]
            return NotFound(f"{name} waits for approval and is not connected", target=name, hints=hints)
        if charger.last_seen is not None:
            ago = int((self.clock.now() - charger.last_seen).total_seconds())
            seen = f" (last message {ago} s ago)" if ago < 120 else f" (last message {ago // 60} min ago)"
        hints = [f"cpoctl doctor {name}    find out why"]
        return ChargerOffline(f"{name} is not connected{seen}", target=name, hints=hints)

    # What comes in beside Calls and the answers that somebody waits for

    def late(self, connection: Connection, answer: Answer) -> None:
        """An answer after its timeout."""
        self.commands.late(connection, answer.frame)

    def unsolicited(self, connection: Connection, frame: Unsolicited, data: bytes) -> None:
        """An answer to no Call of this connection: perhaps to one of an older connection."""
        if not self.commands.late(connection, frame.frame):
            self._keep_odd(connection, data, "unsolicited", "answers no Call of ours")

    def unreadable(self, connection: Connection, frame: object, data: bytes) -> None:
        """A frame that makes no sense: kept and counted, and no reason to close."""
        if isinstance(frame, Fault):
            self._keep_odd(connection, data, "unreadable", frame.reason, frame)
        elif isinstance(frame, Ignored) and frame.bad:
            self._keep_odd(connection, data, "unreadable", frame.reason)

    def unusable(self, connection: Connection, error: CallResultError, data: bytes) -> None:
        """The charger cannot use an answer of ours: a violation of the exchange that it belongs to. 2.1 part 4 §4.2.4"""
        task = asyncio.get_running_loop().create_task(self._trace(connection, error, data))
        self._tracing.add(task)
        task.add_done_callback(self._tracing.discard)

    async def _trace(self, connection: Connection, error: CallResultError, data: bytes) -> None:
        exchange = Exchange(connection, None, data, self.clock.now())
        of = (connection.charger.charger_id, error.message_id, connection.connection_id)
        try:
            found = await self.ledger.store.read(_RECENT_ACTION, of)
            action = found[0]["action"] if found else ""
            exchange.about(action, error.message_id, masked(exchange.request))
            why = violation("", "CallResultError", f"{error.code}: {error.description}")
            row = exchange.row(self.ledger.next_journal(), None, "unusable", [])
            self.ledger.commit([row, refused(exchange, why.rule, why.message)], [], noted)
            self.ledger.tell_frame(lambda: exchange.event(None, "unusable", [], None))
        except Exception:  # noqa: BLE001 # supervises the task: nobody else would hear of it
            _log.exception("cannot keep what %s said of an answer", connection.charger.charger_id)

    def _keep_odd(
        self, connection: Connection, data: bytes, outcome: str, why: str, fault: Fault | None = None
    ) -> None:
        exchange = Exchange(connection, None, data, self.clock.now())
        action, message_id = (fault.action or "", fault.message_id or "") if fault else ("", "")
        exchange.about(action[:64], message_id, masked(exchange.request))  # a broken answer may tell a secret too
        reply = fault.reply if fault else None
        kept: list[rows.Row] = [
            exchange.row(self.ledger.next_journal(), reply, outcome, []),
            refused(exchange, outcome, why),
            *unplaced(exchange, f"{outcome}: {why}"),  # it may be the end of one: somebody has to look
        ]
        self.ledger.commit(kept, [], noted)
        self.ledger.tell_frame(lambda: exchange.event(reply, outcome, [], None))
