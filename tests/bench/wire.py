"""The least of a WebSocket client (RFC 6455) that a charger needs: cheap enough never to be the bottleneck.

Client frames carry the mask key 0, which leaves the payload as it is; server frames are not checked, only cut.
"""

import asyncio
import base64
from typing import cast

_ZERO_KEY = b"\0\0\0\0"
_NORMAL = (1000).to_bytes(2, "big")
_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A


def frame(payload: bytes, kind: int = _TEXT) -> bytes:
    """Wrap up to 64 KiB of payload in one client frame. RFC 6455 §5.2"""
    size = len(payload)
    if size < 126:
        return bytes((kind, 0x80 | size)) + _ZERO_KEY + payload
    return bytes((kind, 0xFE)) + size.to_bytes(2, "big") + _ZERO_KEY + payload


def handshake(charger_id: str, host: str, port: int, password: str | None, version: str = "1.6") -> bytes:
    """Return the opening request of a charger, with Basic auth if it has a password."""
    lines = [
        f"GET /{charger_id} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: ocpp{version}",
    ]
    if password is not None:
        lines.append("Authorization: Basic " + base64.b64encode(f"{charger_id}:{password}".encode()).decode())
    return "\r\n".join([*lines, "", ""]).encode()


class Wire(asyncio.Protocol):
    """One connection: calls `opened`, `received` for each text and `lost`; sends with `send`."""

    transport: asyncio.Transport
    """The socket of the connection, as soon as there is one."""

    def __init__(self, hello: bytes) -> None:
        self._hello = hello
        self._rest = b""
        self._open = False

    def opened(self) -> None:
        """Act on the end of the handshake."""

    def received(self, text: bytes) -> None:
        """Act on one text message."""

    def lost(self) -> None:
        """Act on the end of the connection, or on a refused handshake."""

    def send(self, payload: bytes) -> None:
        """Send one text message."""
        self.transport.write(frame(payload))

    def hang_up(self) -> None:
        """Close without waiting for the server to agree."""
        self.transport.write(frame(_NORMAL, _CLOSE))
        self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._rest, self._open = b"", False
        self.transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        """Cut the stream into an HTTP answer and frames; keep what is not complete."""
        if self._rest:
            data = self._rest + data
        self._rest = self._cut_frames(data) if self._open else self._cut_answer(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the end on."""
        self._open = False
        self.lost()

    def _cut_answer(self, data: bytes) -> bytes:
        answer, blank, rest = data.partition(b"\r\n\r\n")
        if not blank:
            return data
        if not answer.startswith(b"HTTP/1.1 101"):
            self.transport.abort()
            return b""
        self._open = True
        self.opened()
        return self._cut_frames(rest)

    def _cut_frames(self, data: bytes) -> bytes:
        start, end = 0, len(data)
        while end - start >= 2:
            size, body = data[start + 1], start + 2
            if size >= 126:
                body += 2 if size == 126 else 8
                size = int.from_bytes(data[start + 2 : body], "big")
            if body + size > end:
                break
            self._frame(data[start], data[body : body + size])
            start = body + size
        return data[start:]

    def _frame(self, kind: int, payload: bytes) -> None:
        if kind == _TEXT:
            self.received(payload)
        elif kind == _PING:
            self.transport.write(frame(payload, _PONG))
        elif kind == _CLOSE:
            self.transport.write(frame(payload, _CLOSE))
            self.transport.close()
        elif kind != _PONG:
            raise ValueError(f"the bench reads no frames of kind {kind:#x}")
