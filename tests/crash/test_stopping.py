"""A graceful stop under load: nothing acknowledged is lost, and it does not take long. RELIABILITY D-17"""

import asyncio
import contextlib
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.sequence_charger import SequenceCharger
from tests.support.servers import Server, database, warm

_STOP_SECONDS = 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Yield a server that works in `tmp_path`."""
    with warm(tmp_path) as server:
        yield server


async def test_a_stop_under_load_sends_every_charger_away_with_1001_and_loses_nothing(
    server: Server, tmp_path: Path
) -> None:
    chargers = [SequenceCharger(f"STOP-{number}") for number in range(16)]
    at_work = [asyncio.ensure_future(charger.charge_until_lost(server.url)) for charger in chargers]
    async with asyncio.timeout(20):
        await asyncio.wait(at_work, timeout=0.5)
        while not all(charger.acked for charger in chargers):  # a busy machine lets some of them in late
            await asyncio.wait(at_work, timeout=0.05)
    began = time.monotonic()
    code = await asyncio.to_thread(server.stop)
    took = time.monotonic() - began
    codes = await asyncio.gather(*at_work)
    assert (code, codes) == (0, [1001] * 16), server.last_words
    assert took < _STOP_SECONDS
    assert sum(charger.acked for charger in chargers) > 16, "too little traffic to prove anything"
    assert _lost(chargers, tmp_path) == []


async def test_a_stop_records_the_end_of_every_connection_and_of_the_run(server: Server, tmp_path: Path) -> None:
    charger = SequenceCharger("STOP-0")
    at_work = asyncio.ensure_future(charger.charge_until_lost(server.url))
    await asyncio.wait([at_work], timeout=0.5)
    assert await asyncio.to_thread(server.stop) == 0
    await at_work
    with contextlib.closing(sqlite3.connect(database(tmp_path))) as stored:
        assert stored.execute("SELECT count(*) FROM connection WHERE closed_at IS NULL").fetchone() == (0,)
        assert stored.execute("SELECT count(*) FROM run WHERE stopped_at IS NULL").fetchone() == (0,)


def test_a_terminal_that_closes_is_a_stop_in_order(server: Server, tmp_path: Path) -> None:
    server.send(signal.SIGHUP)
    assert server.wait() == 0
    assert not list(tmp_path.glob("**/*.sock"))


async def test_a_charger_that_never_says_goodbye_does_not_hold_up_the_stop(server: Server) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(
        b"GET /SILENT HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    )
    assert b" 101 " in await reader.readline()
    began = time.monotonic()
    assert await asyncio.to_thread(server.stop) == 0
    assert time.monotonic() - began < _STOP_SECONDS
    writer.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_the_server_at_once(server: Server, tmp_path: Path, number: signal.Signals) -> None:
    charger = SequenceCharger("STOP-0")
    async with charger.online(server.url) as wire:
        await charger.step(wire)
        with contextlib.closing(sqlite3.connect(database(tmp_path), isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")  # what the stop would have to wait for
            server.send(number)
            await wire.close_code()
            began = time.monotonic()
            server.send(number)
            code = await asyncio.to_thread(server.wait)
            took = time.monotonic() - began
    assert code != 0
    assert took < 0.5
    assert "Traceback" not in server.last_words


async def test_a_locked_file_does_not_hold_up_the_stop(server: Server, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(database(tmp_path), isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0, server.last_words
        assert time.monotonic() - began < _STOP_SECONDS


def _lost(chargers: list[SequenceCharger], folder: Path) -> list[str]:
    return problems([session for charger in chargers for session in charger.sessions], database(folder))
