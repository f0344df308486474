"""A full disk: the door is closed, nothing acknowledged is lost, and room alone brings the server back.

RELIABILITY §2.1 rule 3, D-03, D-04
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.history import problems
from tests.crash.sequence_charger import SequenceCharger
from tests.crash.small_disks import FileSizeLimit, SmallDisk, Tmpfs
from tests.crash.wire_client import Lost, Refused, connected
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
    disk.fill()
    async with asyncio.timeout(25):
        return chargers, await asyncio.gather(*at_work)


async def _accepted_again(url: str) -> float:
    """Knock until the handshake is accepted; return the seconds it took."""
    began = time.monotonic()
    while True:
        try:
            async with connected(url, "FULL-0"):
                return time.monotonic() - began
        except (Refused, Lost):
            assert time.monotonic() - began < 2 * _RECOVERY_SECONDS, "the server did not come back"
            await asyncio.sleep(0.1)  # nothing tells a charger when to knock again


async def test_a_full_disk_closes_every_socket_with_1013(disk: SmallDisk) -> None:
    _, codes = await _fill_up(disk)
    assert codes == [1013] * 8, disk.server.last_words


async def test_a_full_disk_refuses_new_chargers_with_503(disk: SmallDisk) -> None:
    await _fill_up(disk)
    with pytest.raises(Refused, match="503"):
        async with connected(disk.server.url, "FULL-NEW"):
            pass


async def test_room_on_the_disk_brings_the_server_back_without_a_restart(disk: SmallDisk) -> None:
    chargers, _ = await _fill_up(disk)
    disk.free()
    assert await _accepted_again(disk.server.url) <= _RECOVERY_SECONDS
    await asyncio.gather(*(charger.finish(disk.server.url) for charger in chargers))


async def test_nothing_acknowledged_is_lost_by_a_full_disk(disk: SmallDisk) -> None:
    chargers, _ = await _fill_up(disk)
    disk.free()
    await _accepted_again(disk.server.url)
    await asyncio.gather(*(charger.finish(disk.server.url) for charger in chargers))
    sessions = [session for charger in chargers for session in charger.sessions]
    assert problems(sessions, disk.stopped_database()) == []
