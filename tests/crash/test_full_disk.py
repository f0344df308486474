"""A full disk: the door is closed, nothing acknowledged is lost, and room alone brings the server back.

RELIABILITY §2.1 rule 3, D-03, D-04
"""

import asyncio
import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.history import Session, problems
from tests.crash.operator import OperatorShell
from tests.crash.sequence_charger import SequenceCharger
from tests.crash.small_disks import FileSizeLimit, SmallDisk, Tmpfs
from tests.crash.wire_client import Refused, accepted_again, connected

_CHARGERS = 8
_RECOVERY_SECONDS = 10

KINDS = [Tmpfs, FileSizeLimit]


def _made(kind: type[Tmpfs | FileSizeLimit], folder: Path) -> SmallDisk:
    if reason := kind.missing():
        pytest.skip(reason)
    return kind(folder)


@dataclass(frozen=True)
class Story:
    """What was seen of a server whose disk ran full while chargers were at work, and was freed again."""

    codes: list[int | None]
    """With which each connection was closed; the last one was idle."""
    closed_within: float
    newcomer: Refused
    status: "subprocess.CompletedProcess[str]"
    listed: "subprocess.CompletedProcess[str]"
    readiness: tuple[int, int]
    """While the disk was full, and afterwards."""
    last_words: str
    sessions: list[Session]
    database: Path


@pytest.fixture(scope="module", params=KINDS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Play it once for all who look at it."""
    disk = _made(request.param, tmp_path_factory.mktemp("disk"))
    with disk.server:
        yield asyncio.run(_played(disk))


async def _played(disk: SmallDisk) -> Story:
    chargers, codes, closed_within = await _fill_up(disk)
    with pytest.raises(Refused) as refused:
        async with connected(disk.server.url, "FULL-NEW"):
            pass
    shell = OperatorShell(disk.seen_from_outside)
    status = await asyncio.to_thread(shell.run, "status", "--json")
    full = await asyncio.to_thread(shell.readiness)
    listed = await asyncio.to_thread(shell.run, "session", "list", "--json")
    disk.free()
    await accepted_again(disk.server.url, _RECOVERY_SECONDS)
    again = await asyncio.to_thread(shell.readiness)
    await asyncio.gather(*(charger.finish(disk.server.url) for charger in chargers))
    database = await asyncio.to_thread(disk.stopped_database)
    sessions = [session for charger in chargers for session in charger.sessions]
    said = disk.server.last_words
    return Story(codes, closed_within, refused.value, status, listed, (full, again), said, sessions, database)


async def _fill_up(disk: SmallDisk) -> tuple[list[SequenceCharger], list[int | None], float]:
    """Charge until the disk is full and everybody has been sent away; the close codes, and how long that took."""
    chargers = [SequenceCharger(f"FULL-{number}") for number in range(_CHARGERS)]
    async with SequenceCharger("FULL-IDLE").online(disk.server.url) as idle, asyncio.timeout(25):
        at_work = [asyncio.ensure_future(charger.charge_until_lost(disk.server.url)) for charger in chargers]
        await asyncio.gather(*(charger.heard.wait() for charger in chargers))
        disk.fill()
        await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
        began = time.monotonic()
        codes = [*await asyncio.gather(*at_work), await idle.close_code()]
    return chargers, codes, time.monotonic() - began


def test_a_full_disk_closes_every_socket_with_1013(story: Story) -> None:
    assert story.codes == [1013] * (_CHARGERS + 1), story.last_words


def test_a_full_disk_refuses_new_chargers_with_503(story: Story) -> None:
    assert (story.newcomer.status, story.newcomer.retry_after) == (503, "30")


def test_all_sockets_are_closed_within_two_seconds_of_the_failure(story: Story) -> None:
    assert story.closed_within < 2


def test_operators_are_told_and_can_read_while_the_disk_is_full(story: Story) -> None:
    assert (story.status.returncode, '"failing"' in story.status.stdout) == (11, True), story.status
    assert (story.listed.returncode, "FULL-0" in story.listed.stdout) == (0, True), story.listed
    assert story.readiness == (503, 200)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_full_disk_does_not_keep_the_server_from_stopping_in_order(
    kind: type[Tmpfs | FileSizeLimit], tmp_path: Path
) -> None:
    disk = _made(kind, tmp_path)
    with disk.server:
        await _fill_up(disk)
        began = time.monotonic()
        assert await asyncio.to_thread(disk.server.stop) == 0, disk.server.last_words
    assert time.monotonic() - began < 5


def test_the_connections_that_a_full_disk_ended_are_recorded_as_ended(story: Story) -> None:
    with contextlib.closing(sqlite3.connect(story.database)) as database:
        codes = database.execute("SELECT close_code, count(*) FROM connection GROUP BY 1").fetchall()
    assert (1013, _CHARGERS + 1) in codes
    assert None not in dict(codes)


def test_room_on_the_disk_brings_the_server_back_without_a_restart(story: Story) -> None:
    assert all(session.stop_acked for session in story.sessions if session.transaction_id is not None)
    assert "nothing is acknowledged" in story.last_words
    assert "can be written again" in story.last_words


def test_nothing_acknowledged_is_lost_by_a_full_disk(story: Story) -> None:
    assert problems(story.sessions, story.database) == []
