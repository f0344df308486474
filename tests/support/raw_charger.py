"""A charger's end of the wire, byte by byte: it can say whatever a charger must not say. RFC 6455"""

import asyncio
import base64
import contextlib
import json
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version, version_of
from cpoctl.ocpp.schemas import judge

PATIENCE: Final = 5.0
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
HEADERS: Final = (("Sec-WebSocket-Protocol", "ocpp1.6"),)
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Response:
    """What a handshake was answered."""

    status: int
    headers: dict[str, str]


class HandshakeRefused(Exception):
    """The handshake was answered with something other than 101."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"HTTP status {response.status}")
        self.status = response.status
        self.headers = response.headers


class RawCharger:
    """One open WebSocket. Answers of the server are judged by the official schemas."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, response: Response, *, pongs: bool
    ) -> None:
        self.response = response
        self.version = version_of(response.headers.get("sec-websocket-protocol", "")) or Version.V16
        self.pings = 0
        self.heard: list[list[Any]] = []
        self._reader, self._writer, self._pongs = reader, writer, pongs
        self._answers: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._asked: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._pinged = asyncio.Event()
        self._ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._actions: dict[str, str] = {}
        self._count = 0
        self._reading = asyncio.create_task(self._read())

    # What it says

    async def call(self, action: str, payload: Any, message_id: str | None = None) -> dict[str, Any]:
        """Send a Call and return the content of its result."""
        answer = await self.exchange(action, payload, message_id)
        assert answer[0] == 3, f"{action} {payload} was answered {answer}"
        return dict(answer[2])

    async def exchange(self, action: str, payload: Any, message_id: str | None = None) -> list[Any]:
        """Send a Call and return the frame that answers it, result or error."""
        self._count += 1
        message_id = message_id or f"m{id(self)}-{self._count}"
        self._actions[message_id] = action
        await self.say([2, message_id, action, payload])
        return await self.answer(message_id)

    async def answer(self, message_id: str | None = None) -> list[Any]:
        """The next answer of the server, which must be the one to this Call."""
        async with asyncio.timeout(PATIENCE):
            answer = await self._answers.get()
        assert message_id is None or answer[1] == message_id, f"{answer} answers another Call than {message_id}"
        return answer

    async def say(self, frame: Any) -> None:
        """Send any JSON as a text message."""
        await self.text(json.dumps(frame))

    async def text(self, text: str | bytes) -> None:
        """Send any text message."""
        await self.frame(TEXT, text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)

    async def frame(self, opcode: int, data: bytes, *, final: bool = True) -> None:
        """Send any WebSocket frame."""
        await self.bytes(masked(opcode, data, final=final))

    async def bytes(self, data: bytes) -> None:
        """Send any bytes."""
        self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    # What it hears

    async def asked(self) -> list[Any]:
        """The next Call of the server."""
        async with asyncio.timeout(PATIENCE):
            return await self._asked.get()

    async def reply(self, payload: Any, to: list[Any] | None = None) -> list[Any]:
        """Answer a Call of the server, by default the next one, and return it."""
        call = to or await self.asked()
        await self.say([3, call[1], payload])
        return call

    async def refuse(self, code: str, why: str) -> list[Any]:
        """Answer the server's next Call with a CallError and return it."""
        call = await self.asked()
        await self.say([4, call[1], code, why, {}])
        return call

    @property
    def unasked(self) -> int:
        """How many Calls of the server wait to be taken by `asked`."""
        return self._asked.qsize()

    async def pinged(self) -> None:
        """Wait for a ping."""
        async with asyncio.timeout(PATIENCE):
            await self._pinged.wait()
        self._pinged.clear()

    async def ended(self) -> int | None:
        """Wait until the server has ended the connection; returns its close code."""
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(self._ended)

    async def synced(self) -> None:
        """Wait until the server has read everything that was sent before."""
        await self.call("Heartbeat", {})

    def stop_reading(self) -> None:
        """Take nothing more from the socket."""
        self._reading.cancel()

    def drop(self) -> None:
        """Cut the line without a goodbye."""
        self._writer.transport.abort()

    async def hang_up(self) -> None:
        """Say goodbye and wait for the end."""
        if not self._ended.done():
            with contextlib.suppress(ConnectionError):
                await self.frame(CLOSE, (1000).to_bytes(2, "big"))
        self._writer.close()
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError, ssl.SSLError):
            await self._reading
        with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        code: int | None = None
        try:
            while True:
                opcode, data = await _frame(self._reader)
                if opcode == TEXT:
                    self._take(json.loads(data))
                elif opcode == PING:
                    self.pings += 1
                    self._pinged.set()
                    if self._pongs:
                        await self.frame(PONG, data)
                elif opcode == CLOSE:
                    code = int.from_bytes(data[:2], "big")
                    await self.frame(CLOSE, data[:2])
        except (asyncio.IncompleteReadError, ConnectionError):
            self._ended.set_result(code)
            self._writer.close()

    def _take(self, frame: list[Any]) -> None:
        self.heard.append(frame)
        if frame[0] == 2:
            self._asked.put_nowait(frame)
            return
        if frame[0] == 3 and (action := self._actions.get(frame[1])):
            judged = judge(self.version, action, answer=True)
            assert judged is not None
            assert judged.violations(frame[2]) == [], f"{frame} breaks the schema of {action}"
        self._answers.put_nowait(frame)


async def dial(
    port: int,
    target: str,
    headers: Headers = HEADERS,
    *,
    source: str | None = None,
    tls: ssl.SSLContext | None = None,
    pongs: bool = True,
) -> RawCharger:
    """Shake hands over a request target sent exactly as it is. Raises HandshakeRefused."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None,
        local_addr=(source, 0) if source else None,
    )  # fmt: skip
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode("utf-8"))
    async with asyncio.timeout(PATIENCE):
        response = await _response(reader)
    if response.status != 101:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        raise HandshakeRefused(response)
    return RawCharger(reader, writer, response, pongs=pongs)


def basic(user: str, password: str | bytes) -> tuple[str, str]:
    """An Authorization header. OCPP-J 1.6 §6.2.2"""
    secret = password.encode() if isinstance(password, str) else password
    return "Authorization", "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()


def masked(opcode: int, data: bytes, *, final: bool = True) -> bytes:
    """A client's frame; the mask of zeros leaves its content as it is."""
    head = bytes([opcode | (0x80 if final else 0)])
    if len(data) < 126:
        size = bytes([0x80 | len(data)])
    elif len(data) < 2**16:
        size = b"\xfe" + len(data).to_bytes(2, "big")
    else:
        size = b"\xff" + len(data).to_bytes(8, "big")
    return head + size + bytes(4) + data


async def _response(reader: asyncio.StreamReader) -> Response:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return Response(0, {})
    first, *rest = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest if line)
    return Response(int(first.split()[1]), {name.lower(): value for name, value in headers.items()})


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    return first & 0x0F, await reader.readexactly(size)
