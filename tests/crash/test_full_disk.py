"""A full disk: the door is closed, nothing acknowledged is lost, and room alone brings the server back.

RELIABILITY §2.1 rule 3, D-03, D-04
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.crash.small_disks import FileSizeLimit, SmallDisk, Tmpfs
from tests.crash.wire_client import Refused, accepted_again, connected
from tests.support.servers import can_serve

_RECOVERY_SECONDS = 10

pytestmark = pytest.mark.skipif(not can_serve(), reason="this cpoctl has no `serve`")


@pytest.fixture(params=[Tmpfs, FileSizeLimit])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """Yield a server on a disk with room for little more."""
    kind: type[Tmpfs | FileSizeLimit] = request.param
    if reason := kind.missing():
        pytest.skip(reason)
    disk = kind(tmp_path)
    with disk.server:
        yield disk


async def _fill_up(disk: SmallDisk) -> tuple[list[SequenceCharger], list[int | None]]:
    """Charge until the disk is full and every charger has been sent away; return the close codes."""
    chargers = [SequenceCharger(f"FULL-{number}") for number in range(8)]
    at_work = [asyncio.ensure_future(charger.charge_until_lost(disk.server.url)) for charger in chargers]
    async with asyncio.timeout(25):
        await asyncio.gather(*(charger.heard.wait() for charger in chargers))
        disk.fill()
        return chargers, await asyncio.gather(*at_work)


async def test_a_full_disk_closes_every_socket_with_1013(disk: SmallDisk) -> None:
    _, codes = await _fill_up(disk)
    assert codes == [1013] * 8, disk.server.last_words


async def test_a_full_disk_refuses_new_chargers_with_503(disk: SmallDisk) -> None:
    await _fill_up(disk)
    with pytest.raises(Refused, match="503") as refused:
        async with connected(disk.server.url, "FULL-NEW"):
            pass
    assert refused.value.retry_after == "30"


async def test_all_sockets_are_closed_within_two_seconds_of_the_failure(disk: SmallDisk) -> None:
    chargers = [SequenceCharger(f"FULL-{number}") for number in range(8)]
    idle = SequenceCharger("FULL-IDLE")
    async with idle.online(disk.server.url) as wire:
        at_work = [asyncio.ensure_future(charger.charge_until_lost(disk.server.url)) for charger in chargers]
        async with asyncio.timeout(25):
            await asyncio.gather(*(charger.heard.wait() for charger in chargers))
            disk.fill()
            await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
            began = time.monotonic()
            await asyncio.gather(*at_work)
            assert await wire.close_code() == 1013
    assert time.monotonic() - began < 2


async def test_operators_are_told_and_can_read_while_the_disk_is_full(disk: SmallDisk) -> None:
    await _fill_up(disk)
    shell = OperatorShell(disk.seen_from_outside)
    status = await asyncio.to_thread(shell.run, "status", "--json")
    assert (status.returncode, '"failing"' in status.stdout) == (11, True), status
    assert await asyncio.to_thread(shell.readiness) == 503
    sessions = await asyncio.to_thread(shell.run, "session", "list", "--json")
    assert (sessions.returncode, "FULL-0" in sessions.stdout) == (0, True), sessions
    disk.free()
    await accepted_again(disk.server.url, _RECOVERY_SECONDS)
    assert await asyncio.to_thread(shell.readiness) == 200


async def test_a_full_disk_does_not_keep_the_server_from_stopping_in_order(disk: SmallDisk) -> None:
    await _fill_up(disk)
    began = time.monotonic()
    assert await asyncio.to_thread(disk.server.stop) == 0, disk.server.last_words
    assert time.monotonic() - began < 5


async def test_the_connections_that_a_full_disk_ended_are_recorded_as_ended(disk: SmallDisk) -> None:
    chargers, _ = await _fill_up(disk)
    disk.free()
    await accepted_again(disk.server.url, _RECOVERY_SECONDS)
    async with chargers[0].online(disk.server.url), asyncio.timeout(5):
        shell = OperatorShell(disk.seen_from_outside)
        await asyncio.to_thread(shell.run, "status")
    with contextlib.closing(sqlite3.connect(disk.stopped_database())) as database:
        codes = database.execute("SELECT close_code, count(*) FROM connection GROUP BY 1").fetchall()
    assert (1013, 8) in codes
    assert None not in dict(codes)


async def test_room_on_the_disk_brings_the_server_back_without_a_restart(disk: SmallDisk) -> None:
    chargers, _ = await _fill_up(disk)
    disk.free()
    await accepted_again(disk.server.url, _RECOVERY_SECONDS)
    await asyncio.gather(*(charger.finish(disk.server.url) for charger in chargers))
    assert "nothing is acknowledged" in disk.server.last_words
    assert "can be written again" in disk.server.last_words


async def test_nothing_acknowledged_is_lost_by_a_full_disk(disk: SmallDisk) -> None:
    chargers, _ = await _fill_up(disk)
    disk.free()
    await accepted_again(disk.server.url, _RECOVERY_SECONDS)
    await asyncio.gather(*(charger.finish(disk.server.url) for charger in chargers))
    sessions = [session for charger in chargers for session in charger.sessions]
    assert problems(sessions, disk.stopped_database()) == []
