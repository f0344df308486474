"""A connection: one charger's OCPP over one WebSocket, its Calls in order, our one Call at a time.

DESIGN §6. It owns no charger: connections come and go, and each has its own number, so that what
happens late on an old one never touches a newer one.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cpoctl.csms.websocket import WebSocket
from cpoctl.ocpp import Version
from cpoctl.ocpp.frames import AnyCall, Call, CallResultError
from cpoctl.ocpp.peer import Answer, Fault, Peer, Unsolicited

if TYPE_CHECKING:
    from cpoctl.csms.fleet import Fleet
    from cpoctl.domain.fleet import LiveCharger

WAITING_MOST: Final = 16  # F-29: beyond it TCP holds the charger back
FLOW: Final = (2000, 200)  # Calls at once, then a second: a fault or a flood is slowed down, nothing is dropped (F-29)
FLOW_OF_STRANGERS: Final = (100, 10)  # while nobody has accepted the charger
QUIET: Final = 10.0  # seconds after which an unannounced charger may be asked things (ha#1503)


class Connection:
    """One charger on one socket."""

    __slots__ = (
        "_draining",
        "_fleet",
        "_heard",
        "_ready",
        "_strict",
        "_turn",
        "_waiting",
        "actions",
        "answer",
        "busy",
        "charger",
        "connection_id",
        "heard_at",
        "last_heard",
        "opened",
        "peer",
        "ping_sent",
        "socket",
        "tokens",
        "version",
    )

    def __init__(
        self,
        fleet: "Fleet",
        charger: "LiveCharger",
        socket: WebSocket,
        version: Version,
        connection_id: int,
        new_id: Callable[[], str],
        now: float,
    ) -> None:
        self._fleet = fleet
        self.charger = charger
        self.socket = socket
        self.version = version
        self.actions = fleet.dispatch.actions[version]
        self._strict = fleet.dispatch.strict[version]
        self.connection_id = connection_id
        self.peer = Peer(version, new_id)
        self.opened = self.last_heard = now
        self.heard_at = fleet.clock.now()  # when the last frame came in, by the wall clock
        self.ping_sent: float | None = None
        self.tokens = self._flow()[0]
        self.busy = False
        self.answer: asyncio.Future[Answer | Fault] | None = None
        self._waiting: deque[tuple[AnyCall, bytes]] | None = None
        self._draining = False
        self._turn: asyncio.Lock | None = None
        self._ready: asyncio.Event | None = None
        self._heard: asyncio.Event | None = None

    # From the charger

    def text(self, data: bytes) -> None:
        """Take one frame: a Call waits for its turn, an answer goes to the Call that it answers."""
        fleet = self._fleet
        self.last_heard = now = fleet.clock.monotonic()
        self.charger.last_seen = self.heard_at = fleet.clock.now()
        self.ping_sent = None
        if self._heard is not None:
            self._heard.set()
        self.tokens -= 1
        if self.tokens < 0:
            self.socket.pause()
        call = self._strict.call(data)
        if call is not None:
            self.peer.sound()
            self._take(call, data)
            return
        frame = self.peer.classify(data, now)
        if type(frame) is Call:
            self._take(frame, data)
        elif isinstance(frame, Answer):
            self._answered(frame)
        else:
            self._odd(frame, data, now)

    def _take(self, call: AnyCall, data: bytes) -> None:
        if self.busy:
            self._queue(call, data)
        else:
            self.busy = True
            self._fleet.dispatch.handle(self, call, data)

    def pong(self) -> None:
        """A sign of life from a charger that answers pings."""
        self.last_heard = self._fleet.clock.monotonic()
        self.charger.last_seen = self._fleet.clock.now()
        self.charger.ponged = True
        self.ping_sent = None
        if self._heard is not None:
            self._heard.set()

    def closed(self, code: int | None, reason: str) -> None:
        """The socket is gone: whoever waits for an answer learns it."""
        self._waiting = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("the connection was lost"))
        self.release()
        self._fleet.closed(self, code, reason)

    def _queue(self, call: AnyCall, data: bytes) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append((call, data))
        if len(self._waiting) == WAITING_MOST:
            self.socket.pause()

    def done(self, reply: bytes | None) -> None:
        """The Call in work has ended: answer it, then take the next."""
        if reply is not None:
            self.socket.send(reply)
        self.busy = False
        if self._waiting and not self._draining:
            self._drain()

    def _drain(self) -> None:
        self._draining = True
        while self._waiting and not self.busy:
            call, data = self._waiting.popleft()
            if len(self._waiting) == WAITING_MOST - 1 and self.tokens >= 0:
                self.socket.resume()
            self.busy = True
            self._fleet.dispatch.handle(self, call, data)
        self._draining = False

    def refill(self) -> None:
        """A second has passed: the charger may send more."""
        held = self.tokens < 0
        most, a_second = self._flow()
        self.tokens = min(most, self.tokens + a_second)
        if held and self.tokens >= 0 and len(self._waiting or ()) < WAITING_MOST:
            self.socket.resume()

    def _flow(self) -> tuple[int, int]:
        return FLOW if self.charger.registration == "Accepted" else FLOW_OF_STRANGERS

    def _answered(self, answer: Answer) -> None:
        if answer.late:
            self._fleet.late(self, answer)
        elif self.answer is not None and not self.answer.done():
            self.answer.set_result(answer)

    def _odd(self, frame: object, data: bytes, now: float) -> None:
        if isinstance(frame, Fault):
            if frame.ends is not None and not frame.late and self.answer is not None and not self.answer.done():
                self.answer.set_result(frame)
            if frame.reply is not None:
                self.socket.send(frame.reply)
        if isinstance(frame, Unsolicited):
            self._fleet.unsolicited(self, frame, data)
        elif isinstance(frame, CallResultError):
            self._fleet.unusable(self, frame, data)
        else:
            self._fleet.unreadable(self, frame, data)
        if reason := self.peer.too_many(now):
            self._fleet.holds.hold(self.charger.charger_id, self.socket.address, now)
            self.socket.close(1008, reason)

    # To the charger

    def turn(self) -> asyncio.Lock:
        """Whoever holds it may have the one Call in flight."""
        if self._turn is None:
            self._turn = asyncio.Lock()
        return self._turn

    async def ready(self) -> None:
        """Wait until the boot is accepted, or the charger has been connected for ten seconds without one."""
        left = self.opened + QUIET - self._fleet.clock.monotonic()
        if left <= 0 or (self._ready is not None and self._ready.is_set()):
            return
        if self._ready is None:
            self._ready = asyncio.Event()
        try:
            await asyncio.wait_for(self._ready.wait(), left)
        except TimeoutError:
            return

    async def lives(self, within: float) -> bool:
        """Ping it, and tell whether anything at all comes back in time."""
        self._heard = asyncio.Event()
        self.socket.ping()
        try:
            await asyncio.wait_for(self._heard.wait(), within)
        except TimeoutError:
            return False
        finally:
            self._heard = None
        return True

    def release(self) -> None:
        """Let whoever waits for the boot go on: it was accepted, or this connection is not the charger's any more."""
        if self._ready is None:
            self._ready = asyncio.Event()
        self._ready.set()
