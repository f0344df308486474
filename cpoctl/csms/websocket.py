"""The socket: WebSocket over asyncio's transport, behind a small callback interface (text in, bytes out).

The websockets library does the protocol without I/O; this does the I/O without a task for each
connection, which is most of what an idle charger costs. A message that is one whole short frame, as
nearly all are, goes past the protocol's generator (`whole_message`, `text_frame`); everything else goes
through it. RFC 6455 · RFC 7692 · DESIGN §6
"""

import asyncio
import logging
from typing import Final, Protocol, cast

from websockets.exceptions import InvalidHandshake
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from cpoctl.csms.short_frames import text_frame, whole_message

MAX_FRAME: Final = 2**20  # F-19
OPEN_WITHIN: Final = 10.0  # S-14
CLOSE_WITHIN: Final = 2.0
STALLED_AFTER: Final = 10.0  # L-07
CONTROLS_PER_SECOND: Final = 20  # F-22
FRAGMENTS_PER_SECOND: Final = 20_000  # F-22
ASSEMBLE_WITHIN: Final = 60.0  # F-22
FRAMES_AT_ONCE: Final = 50  # before the other chargers have a turn (L-13)
_SLICE: Final = 1024  # bytes; frames without content are 170 in it
WORTH_COMPRESSING: Final = 512  # bytes; nearly all that we say is shorter, and is never compressed

# F-20: small windows, and no compressor of ours is kept between two messages. Without the charger's
# consent its own window stays at 32 KiB, which is allocated only once it compresses.
_COMPRESSION: Final = (
    ServerPerMessageDeflateFactory(
        server_no_context_takeover=True,
        server_max_window_bits=12,
        client_max_window_bits=12,
        compress_settings={"memLevel": 5},
    ),
)

_SILENT = logging.getLogger("cpoctl.websocket")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class Receiver(Protocol):
    """Who gets what comes in on an open socket."""

    def text(self, data: bytes) -> None:
        """A whole text message."""

    def pong(self) -> None:
        """The other side answered a ping."""

    def closed(self, code: int | None, reason: str) -> None:
        """The socket is gone; called once."""


class Door(Protocol):
    """Who decides whether a handshake may pass."""

    def arrived(self, socket: "WebSocket") -> bool:
        """A connection was made; False ends it at once."""

    def knocked(self, socket: "WebSocket", request: Request) -> None:
        """A handshake request came in; answer it with `accept` or `refuse`, now or later."""

    def left(self, socket: "WebSocket") -> None:
        """The handshake is over: answered, or the other side has gone."""


class WebSocket(asyncio.Protocol):
    """One server-side socket."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self._door: Door = door
        self._loop = loop
        self._protocol = ServerProtocol(max_size=MAX_FRAME, logger=_SILENT)
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._fragments: list[bytes] | None = None
        self._receiver: Receiver | None = None
        self.fragments_since: float | None = None
        self.stalled_since: float | None = None
        self.controls = 0
        self.fragments = 0
        self.address = ""
        self.dialled = ""  # the address of ours that it came in on
        self._held = False
        self._rest = b""  # what has come in and is not read yet
        self._going_on = False

    # The opening handshake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the handshake, but not for ever."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if isinstance(peer, tuple) else ""
        here = transport.get_extra_info("sockname")
        self.dialled = here[0] if isinstance(here, tuple) else ""
        self._deadline = self._loop.call_later(OPEN_WITHIN, self.abort)
        if not self._door.arrived(self):
            self.abort()

    def understands(self, request: Request) -> bool:
        """Whether this is a WebSocket handshake at all, and not a browser or a port scanner."""
        try:
            self._protocol.process_request(request)
        except InvalidHandshake:
            return False
        return True

    def accept(
        self, request: Request, receiver: Receiver, subprotocol: str | None, *, compression: bool = False
    ) -> bool:
        """Answer 101 and hand the socket to its receiver; False when the handshake itself is wrong.

        With `compression` the other side may have permessage-deflate if it asks for it.
        """
        self._protocol.available_extensions = _COMPRESSION if compression else None
        response = self._protocol.accept(request)
        if response.status_code == 101 and subprotocol is not None:
            response.headers["Sec-WebSocket-Protocol"] = subprotocol
        if response.status_code == 101:
            self._receiver = receiver
        self._answer(response)
        return response.status_code == 101

    def refuse(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        """Answer the handshake with an HTTP error and end the connection."""
        response = self._protocol.reject(status, text + "\n")
        for name, value in (headers or {}).items():
            response.headers[name] = value
        self._answer(response)

    def _answer(self, response: Response) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._door.left(self)
        self._protocol.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._end_soon()

    # Data in

    def data_received(self, data: bytes) -> None:
        """Feed the protocol and hand out what it made of it."""
        protocol = self._protocol
        if protocol.state is State.OPEN and not (protocol.reader.buffer or self._rest) and self._fragments is None:
            message = whole_message(data)
            if message is not None:
                self._text(message)
                return
        self._rest += data
        self._read_on()

    def _read_on(self) -> None:
        """Read what has come in, up to so many frames: a flood of tiny ones must not hold up the others (F-22, L-13)."""
        self._going_on = False
        rest, place, frames = self._rest, 0, 0
        while place < len(rest) and frames < FRAMES_AT_ONCE and self.reading:
            frames += self._read(rest[place : place + _SLICE])
            place += _SLICE
        self._rest = rest[place:]
        if rest:
            self._pace()

    def _read(self, data: bytes) -> int:
        """Let the protocol read; how many frames it has found."""
        protocol = self._protocol
        protocol.receive_data(data)
        found = protocol.events_received()
        for event in found:
            if isinstance(event, Frame):
                self._frame(event)
            elif isinstance(event, Request):
                self._door.knocked(self, event)
        if protocol.writes:
            self._flush()
        if protocol.state is not State.OPEN and protocol.close_expected():
            self._end_soon()
        return len(found)

    def _frame(self, frame: Frame) -> None:
        opcode = frame.opcode
        if opcode is Opcode.TEXT and frame.fin:
            self._text(bytes(frame.data))
        elif opcode in (Opcode.TEXT, Opcode.CONT):
            self._fragment(bytes(frame.data), whole=frame.fin)
        elif opcode is Opcode.BINARY:
            self.close(1003, "binary messages are not supported")  # F-17
        elif opcode is Opcode.PONG:
            self.controls += 1
            if self._receiver is not None:
                self._receiver.pong()
        else:
            self.controls += 1

    def _fragment(self, data: bytes, *, whole: bool) -> None:
        if self._fragments is None:
            self._fragments = []
            self.fragments_since = self._loop.time()
        self.fragments += 1
        if data:  # empty ones cost memory and no allowance
            self._fragments.append(data)
        if whole:
            message, self._fragments, self.fragments_since = b"".join(self._fragments), None, None
            self._text(message)

    def _text(self, data: bytes) -> None:
        goodbye = self._protocol.close_sent is not None and not self._protocol.close_rcvd_then_sent
        if self._receiver is not None and not goodbye:  # what came before the other side's goodbye counts
            self._receiver.text(data)

    def eof_received(self) -> None:
        """Tell the protocol that the other side has finished writing."""
        rest, self._rest = self._rest, b""  # TLS may tell so before all of it was read
        if rest:
            self._read(rest)
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever had the socket that it is gone."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._protocol.receive_eof()
        self._transport, self._rest = None, b""
        self._door.left(self)
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            said = self._protocol.close_rcvd or self._protocol.close_sent  # not everybody answers our goodbye
            receiver.closed(said.code if said else self._protocol.close_code, said.reason if said else "")

    # Data out

    def send(self, data: bytes) -> None:
        """Send a text message; nothing happens on a socket that is closing."""
        if self._protocol.state is not State.OPEN or self._transport is None:
            return
        if len(data) < WORTH_COMPRESSING or not self._protocol.extensions:
            self._transport.write(text_frame(data))
        else:
            self._protocol.send_text(data)
            self._flush()

    def ping(self) -> None:
        """Ask for a sign of life."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_ping(b"")
            self._flush()

    def close(self, code: int, reason: str) -> None:
        """Say goodbye, and end the connection at the latest two seconds later."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason[:120])
            self._flush()
            self._end_soon()

    def abort(self) -> None:
        """End the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Stop reading: TCP holds the other side back."""
        self._held = True
        self._pace()

    def resume(self) -> None:
        """Read again."""
        self._held = False
        self._pace()

    def pause_writing(self) -> None:
        """Note since when the other side takes nothing; until it does, nothing more is taken from it."""
        self.stalled_since = self._loop.time()
        self._pace()

    def resume_writing(self) -> None:
        """The other side reads again."""
        self.stalled_since = None
        self._pace()

    @property
    def reading(self) -> bool:
        """Whether data is taken in at the moment."""
        return not self._held and self.stalled_since is None

    def _pace(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self.reading and not self._rest:
            self._transport.resume_reading()
            return
        self._transport.pause_reading()
        if self.reading and not self._going_on:
            self._going_on = True
            self._loop.call_soon(self._read_on)

    def _flush(self) -> None:
        if self._transport is None:
            self._protocol.data_to_send()
            return
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()

    def _end_soon(self) -> None:
        if self._deadline is None and self._transport is not None:
            self._deadline = self._loop.call_later(CLOSE_WITHIN, self.abort)
