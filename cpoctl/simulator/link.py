"""A charger's end of the wire: one WebSocket, one Call in flight, answers matched by id.

OCPP-J 1.6 §4.1.1 · OCPP 2.0.1 part 4 §4.1.1
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from cpoctl.ocpp import Version
from cpoctl.ocpp.frames import Call, CallError, CallResult, encode_call, encode_raw_call, encode_send, parse
from cpoctl.ocpp.messages import CALL

Payload = dict[str, Any]
Watch = Callable[[str, str], None]
"""Is told every frame: who sent it (`charger` or `csms`), and its text."""

OPEN_TIMEOUT_S = 20
CLOSE_TIMEOUT_S = 2


class LinkLost(Exception):
    """The server is out of reach, or went away before it answered."""


class HandshakeRefused(LinkLost):
    """The server is there and lets nobody in under this name and password."""

    def __init__(self, status: int) -> None:
        super().__init__(f"cannot connect: the server refused the handshake: HTTP {status}")
        self.status = status


class CallRefused(Exception):
    """The server answered with a CallError."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class Link:
    """One connection, from handshake to close; `serve` is given each Call, `lost` is told of the end."""

    def __init__(
        self,
        socket: ClientConnection,
        serve: Callable[[Call], Awaitable[None]],
        lost: Callable[[], None],
        watch: Watch | None = None,
        version: Version = Version.V16,
    ) -> None:
        self._socket = socket
        self._version = version
        self._serve = serve
        self._lost = lost
        self._watch = watch
        self._turn = asyncio.Lock()
        self._pending: tuple[str, asyncio.Future[Payload]] | None = None
        self._alive = True
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def dial(
        cls,
        url: str,
        user: str,
        password: bytes | None,
        serve: Callable[[Call], Awaitable[None]],
        lost: Callable[[], None],
        watch: Watch | None = None,
        version: Version = Version.V16,
    ) -> "Link":
        """Connect and shake hands, or raise LinkLost with the reason."""
        try:
            socket = await connect(
                url,
                subprotocols=[Subprotocol(version.subprotocol)],
                additional_headers=_basic_auth(user, password) if password is not None else None,
                user_agent_header=None,
                compression=None if version is Version.V16 else "deflate",  # as real ones do, RFC 7692
                proxy=None,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=None,  # a charger answers pings, the server sends them
                max_queue=None,  # the reader never waits: no flow control to pay for
            )
        except InvalidStatus as error:
            raise HandshakeRefused(error.response.status_code) from error
        except (OSError, InvalidHandshake, InvalidMessage) as error:  # TimeoutError is an OSError
            raise LinkLost(f"cannot connect: {error}") from error
        return cls(socket, serve, lost, watch, version)

    @property
    def alive(self) -> bool:
        """Tell whether the connection stands."""
        return self._alive

    async def call(self, message_id: str, action: str, payload: Payload | str, timeout_s: float) -> Payload:
        """Send a Call when it is its turn, and wait for the answer. A str payload goes out exactly as it is."""
        async with self._turn:
            if not self._alive:
                raise LinkLost("not connected")
            answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
            self._pending = message_id, answer
            try:
                async with asyncio.timeout(timeout_s):
                    await self.send(written(CALL, message_id, action, payload))
                    return await answer
            except TimeoutError as error:
                self.drop()  # what a charger does with a server that is silent
                raise LinkLost(f"{action} was not answered within {timeout_s:g} s") from error
            finally:
                self._pending = None

    async def send(self, frame: bytes) -> None:
        """Send one frame as text."""
        if self._watch is not None:
            self._watch("charger", frame.decode("utf-8", "backslashreplace"))
        try:
            await self._socket.send(frame, text=True)
        except ConnectionClosed as error:
            raise LinkLost("the connection closed") from error

    async def until_read(self, timeout_s: float) -> None:
        """Wait until the server has read what was sent: it answers a ping only after that. RFC 6455 §5.5.3"""
        try:
            async with asyncio.timeout(timeout_s):
                await (await self._socket.ping())
        except TimeoutError as error:
            self.drop()  # as with a server that is silent
            raise LinkLost(f"the server has read nothing for {timeout_s:g} s") from error
        except ConnectionClosed as error:
            raise LinkLost("the connection was lost before the server had read it") from error

    async def close(self) -> None:
        """Say goodbye and wait for the end."""
        await self._socket.close()
        await self.gone()

    def drop(self) -> None:
        """Cut the line without a goodbye."""
        self._socket.transport.abort()
        self._ended()

    async def gone(self) -> None:
        """Wait until the reader has ended. Whoever waits and is cancelled must not cancel the reader with it."""
        await asyncio.shield(self._reader)

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                await self._take(text)
        except (ConnectionClosed, LinkLost):
            pass
        finally:
            self._ended()

    async def _take(self, text: str | bytes) -> None:
        if self._watch is not None:
            self._watch("csms", text if isinstance(text, str) else text.decode("utf-8", "backslashreplace"))
        match parse(text, self._version):
            case Call() as call:
                await self._serve(call)
            case CallResult(message_id=message_id, payload=dict(payload)) if answer := self._awaited(message_id):
                answer.set_result(payload)
            case CallError(message_id=message_id, code=code, description=text) if answer := self._awaited(message_id):
                answer.set_exception(CallRefused(code, text))
            case _:
                pass  # chargers stay silent on what they cannot read, and on late answers

    def _awaited(self, message_id: str) -> asyncio.Future[Payload] | None:
        if self._pending is None or self._pending[0] != message_id or self._pending[1].done():
            return None
        return self._pending[1]

    def _ended(self) -> None:
        if not self._alive:
            return
        self._alive = False
        if self._pending is not None and not self._pending[1].done():
            answer = self._pending[1]
            answer.set_exception(LinkLost("the connection was lost before the answer"))
            answer.exception()  # taken note of: whoever still sends the Call never gets to wait for the answer
        self._lost()


def written(kind: int, message_id: str, action: str, payload: Payload | str) -> bytes:
    """Write a Call, or a Send. A str payload goes out exactly as it is."""
    if isinstance(payload, str):
        frame = encode_raw_call(message_id, action, payload.encode("utf-8", "surrogatepass"))
        return frame if kind == CALL else b"[%d%b" % (kind, frame[2:])
    return (encode_call if kind == CALL else encode_send)(message_id, action, payload)


def _basic_auth(user: str, password: bytes) -> dict[str, str]:
    """Write HTTP Basic credentials. OCPP-J 1.6 §6.2.2"""
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + password).decode()}
