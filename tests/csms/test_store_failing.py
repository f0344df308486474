"""When nothing can be stored no charger may believe that it was. RELIABILITY §2.1 rule 3"""

import asyncio

import pytest

from tests.support.csms import Csms, start
from tests.support.faults import FaultPlan
from tests.support.raw_charger import HandshakeRefused


async def test_a_start_that_cannot_be_stored_is_not_answered_and_every_socket_closed(
    failing: Csms, plan: FaultPlan
) -> None:
    charger, other = await failing.booted(), await failing.booted("CP-2")
    plan.word = "INSERT INTO session"
    await charger.say([2, "lost", "StartTransaction", start()])
    assert (await charger.ended(), await other.ended()) == (1013, 1013)
    assert all(frame[1] != "lost" for frame in charger.heard)
    assert failing.known().sessions == {}


async def test_a_handshake_is_refused_with_503_while_nothing_can_be_stored(failing: Csms, plan: FaultPlan) -> None:
    charger = await failing.booted()
    plan.word = "BEGIN"
    await charger.say([2, "lost", "StartTransaction", start()])
    await charger.ended()
    with pytest.raises(HandshakeRefused) as refused:
        await failing.dial()
    assert (refused.value.status, refused.value.headers["retry-after"]) == (503, "30")


async def test_when_the_disk_takes_writes_again_the_charger_comes_back_and_loses_nothing(
    failing: Csms, plan: FaultPlan
) -> None:
    charger = await failing.booted()
    plan.word = "BEGIN"
    await charger.say([2, "lost", "StartTransaction", start()])
    await charger.ended()
    plan.heal()
    async with asyncio.timeout(10):
        while True:
            try:
                charger = await failing.dial()
            except HandshakeRefused:
                await asyncio.sleep(0.02)
            else:
                break
    assert (await charger.call("StartTransaction", start()))["transactionId"] > 0
    assert await failing.count("session") == 1
    assert await failing.rows("SELECT 1 FROM connection WHERE closed_at IS NULL AND connection_id = 1") == []
