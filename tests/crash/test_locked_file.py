"""Another process holds the database for some seconds: chargers wait, nothing is lost. RELIABILITY D-05"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.sequence_charger import SequenceCharger
from tests.support.servers import Server, can_serve, cpoctl, database

_HELD_SECONDS = 3.0

pytestmark = pytest.mark.skipif(not can_serve(), reason="this cpoctl has no `serve`")


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold the write lock, as a shell with an open transaction would."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Yield a server that works in `tmp_path`."""
    with Server(cpoctl(tmp_path), folder=tmp_path) as server:
        yield server


async def test_no_call_is_acknowledged_while_the_file_is_held(server: Server, tmp_path: Path) -> None:
    charger = SequenceCharger("HELD-0")
    async with charger.online(server.url) as wire:
        await charger.step(wire)  # the start of a session
        with _held(database(tmp_path)):
            rest = asyncio.ensure_future(charger.finish_session(wire))
            await asyncio.wait([rest], timeout=1)
            assert charger.acked == 1
        await rest


async def test_calls_are_answered_when_the_file_is_released_and_nothing_is_lost(server: Server, tmp_path: Path) -> None:
    chargers = [SequenceCharger(f"HELD-{number}") for number in range(4)]
    async with contextlib.AsyncExitStack() as connections:
        wires = [await connections.enter_async_context(charger.online(server.url)) for charger in chargers]
        pairs = list(zip(chargers, wires, strict=True))
        with _held(database(tmp_path)):
            at_work = [asyncio.ensure_future(charger.finish_session(wire)) for charger, wire in pairs]
            ended, _ = await asyncio.wait(at_work, timeout=_HELD_SECONDS)
            assert not ended
        async with asyncio.timeout(10):
            await asyncio.gather(*at_work)
    assert server.stop() == 0
    assert problems([session for charger in chargers for session in charger.sessions], database(tmp_path)) == []
