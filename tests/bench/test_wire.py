"""The load's WebSocket: a wrong cut would measure nonsense."""

import asyncio
from typing import Any

import pytest

from tests.bench.wire import Wire, frame

_ANSWER = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
_LONG = b"x" * 300
_STREAM = b"".join(
    [
        _ANSWER,
        b"\x81\x02hi",
        b"\x89\x01p",
        b"\x81\x7e\x01\x2c" + _LONG,
        b"\x81\x7f" + (300).to_bytes(8, "big") + _LONG,
        b"\x81\x00",
    ]
)


class _Sink(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.ended = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def abort(self) -> None:
        self.ended = True

    close = abort


class _Listener(Wire):
    """A wire that keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(b"hello")
        self.heard: list[bytes] = []
        self.sink = _Sink()
        self.connection_made(self.sink)

    def opened(self) -> None:
        self.heard.append(b"opened")

    def received(self, text: bytes) -> None:
        self.heard.append(text)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 301, len(_STREAM)])
def test_a_stream_is_cut_into_the_same_messages_however_it_arrives(size: int) -> None:
    wire = _Listener()
    for start in range(0, len(_STREAM), size):
        wire.data_received(_STREAM[start : start + size])
    assert wire.heard == [b"opened", b"hi", _LONG, _LONG, b""]
    assert wire.sink.written == [b"hello", b"\x8a\x81\0\0\0\0p"]


def test_a_refused_handshake_ends_the_connection() -> None:
    wire = _Listener()
    wire.data_received(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
    assert wire.sink.ended
    assert wire.heard == []


def test_a_close_frame_is_answered_and_ends_the_connection() -> None:
    wire = _Listener()
    wire.data_received(_ANSWER + b"\x88\x02\x03\xf5")
    assert wire.sink.written[-1] == b"\x88\x82\0\0\0\0\x03\xf5"
    assert wire.sink.ended


@pytest.mark.parametrize(("size", "head"), [(125, b"\x81\xfd"), (126, b"\x81\xfe\x00\x7e"), (300, b"\x81\xfe\x01\x2c")])
def test_a_client_frame_is_masked_with_the_key_zero(size: int, head: bytes) -> None:
    assert frame(b"y" * size) == head + b"\0\0\0\0" + b"y" * size
