"""kill -9 under load: whatever was acknowledged is on disk, once. RELIABILITY D-01"""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.crash.history import Session, problems
from tests.crash.sequence_charger import SequenceCharger, SequenceCharger2
from tests.support.servers import Server, database, warm

_ROUNDS = int(os.environ.get("CPOCTL_CRASH_ROUNDS", "30"))
_CHARGERS = 8


@pytest.mark.timeout(60 + 3 * _ROUNDS)
async def test_nothing_acknowledged_is_lost_or_doubled_by_kill_nine(tmp_path: Path) -> None:
    chance = random.Random(1)
    kinds = (SequenceCharger, SequenceCharger2)  # both versions at once, on one file
    chargers = [kinds[number % 2](f"CRASH-{number}") for number in range(_CHARGERS)]
    for _ in range(_ROUNDS):
        with warm(tmp_path) as server:
            await _charge_and_kill(chargers, server, after=chance.uniform(0.050, 0.350))
    await _finish(chargers, tmp_path)
    acked = sum(charger.acked for charger in chargers)
    assert acked > _ROUNDS * _CHARGERS, "too little traffic to prove anything"
    assert all(charger.acked > _ROUNDS for charger in chargers), "a version did not take part"
    assert problems(_all_sessions(chargers), database(tmp_path)) == []


async def _charge_and_kill(chargers: list[SequenceCharger], server: Server, after: float) -> None:
    """Let traffic run, kill the server in the midst of it, and wait until every charger has noticed."""
    at_work = [asyncio.ensure_future(charger.charge_until_lost(server.url)) for charger in chargers]
    ended, _ = await asyncio.wait(at_work, timeout=after)
    assert not ended, f"the server dropped a charger: {server.last_words}"
    server.kill()
    await asyncio.gather(*at_work)


async def _finish(chargers: list[SequenceCharger], folder: Path) -> None:
    with warm(folder) as server:
        await asyncio.gather(*(charger.finish(server.url) for charger in chargers))
        assert server.stop() == 0


def _all_sessions(chargers: list[SequenceCharger]) -> list[Session]:
    return [session for charger in chargers for session in charger.sessions]
