"""Another process holds the database for some seconds: chargers wait, nothing is lost. RELIABILITY D-05"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.crash.wire_client import accepted_again
from tests.support.servers import Server, database, warm

_HELD_SECONDS = 1.5
_PATIENCE_OF_THE_STORE = 10
_RECOVERY_SECONDS = 10


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
    with warm(tmp_path) as server:
        yield server


async def test_calls_are_answered_when_the_file_is_released_and_not_before_and_nothing_is_lost(
    server: Server, tmp_path: Path
) -> None:
    chargers = [SequenceCharger(f"HELD-{number}") for number in range(4)]
    async with contextlib.AsyncExitStack() as connections:
        wires = [await connections.enter_async_context(charger.online(server.url)) for charger in chargers]
        pairs = list(zip(chargers, wires, strict=True))
        for charger, wire in pairs:
            await charger.step(wire)  # the start of a session
        with _held(database(tmp_path)):
            at_work = [asyncio.ensure_future(charger.finish_session(wire)) for charger, wire in pairs]
            await asyncio.wait(at_work, timeout=_HELD_SECONDS)
            assert [charger.acked for charger in chargers] == [1] * 4
        async with asyncio.timeout(10):
            await asyncio.gather(*at_work)
    assert await asyncio.to_thread(server.stop) == 0
    assert problems([session for charger in chargers for session in charger.sessions], database(tmp_path)) == []


@pytest.mark.timeout(60)
async def test_a_file_that_stays_held_closes_the_door_until_it_is_released_and_operators_are_served(
    server: Server, tmp_path: Path
) -> None:
    charger, shell = SequenceCharger("HELD-0"), OperatorShell(tmp_path)
    at_work = asyncio.ensure_future(charger.charge_until_lost(server.url))
    await charger.heard.wait()
    with _held(database(tmp_path)):
        listed = await asyncio.to_thread(shell.run, "charger", "list")
        assert (listed.returncode, "HELD-0" in listed.stdout, at_work.done()) == (0, True, False), listed
        async with asyncio.timeout(_PATIENCE_OF_THE_STORE + 3):
            assert await at_work == 1013
        status = await asyncio.to_thread(shell.run, "status", "--json")
        assert (status.returncode, '"failing"' in status.stdout) == (11, True), status
        assert await asyncio.to_thread(shell.readiness) == 503
    await accepted_again(server.url, _RECOVERY_SECONDS)
    assert await asyncio.to_thread(shell.readiness) == 200
    await charger.finish(server.url)
    assert await asyncio.to_thread(server.stop) == 0
    assert problems(charger.sessions, database(tmp_path)) == []
