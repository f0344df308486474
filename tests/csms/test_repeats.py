"""What a charger tells twice: the same answer, and no second row. RELIABILITY §2.2, V-10, D-12"""

from typing import Any

import pytest

from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.tag.block import BlockTag
from tests.support.csms import Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


async def test_a_start_told_again_gets_the_same_answer_and_no_second_row(csms: Csms, charger: RawCharger) -> None:
    first = await charger.call("StartTransaction", start())
    assert await charger.call("StartTransaction", start()) == first
    charger = await csms.dial()
    assert await charger.call("StartTransaction", start()) == first
    await csms.restart()
    assert await (await csms.dial()).call("StartTransaction", start()) == first
    assert await csms.count("session") == 1


async def test_a_start_told_again_keeps_its_verdict_although_the_tag_was_blocked(
    csms: Csms, charger: RawCharger
) -> None:
    first = await charger.call("StartTransaction", start())
    await csms.do(BlockTag(tag="ANNA"))
    await csms.restart()
    assert await (await csms.dial()).call("StartTransaction", start()) == first


async def test_a_start_of_a_session_that_has_ended_is_still_the_same_session(csms: Csms, charger: RawCharger) -> None:
    first = await charger.call("StartTransaction", start())
    await charger.call("StopTransaction", stop(first["transactionId"]))
    await csms.restart()
    assert await (await csms.dial()).call("StartTransaction", start()) == first
    assert csms.known().sessions == {}


async def test_a_stop_told_again_changes_nothing(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    first = await charger.call("StopTransaction", stop(number, idTag="ANNA"))
    before = await csms.session()
    assert await charger.call("StopTransaction", stop(number, idTag="ANNA")) == first
    await csms.restart()
    assert await (await csms.dial()).call("StopTransaction", stop(number, idTag="ANNA")) == first
    assert await csms.session() == before
    assert await csms.count("orphan") + await csms.count("stop_conflict") == 0


async def test_a_second_stop_that_says_something_else_is_kept_beside_the_first(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number, 8000))
    for _ in range(2):
        assert await charger.call("StopTransaction", stop(number, 9000)) == {}
    assert ((await csms.session())["energy_wh"], await csms.count("stop_conflict")) == (7000, 1)


async def test_starts_without_a_time_are_different_sessions(csms: Csms, charger: RawCharger) -> None:
    payload = {"connectorId": 1, "idTag": "ANNA", "meterStart": 0}
    first = (await charger.call("StartTransaction", payload))["transactionId"]
    assert (await charger.call("StartTransaction", payload))["transactionId"] == first
    await charger.call("StopTransaction", stop(first))
    assert (await charger.call("StartTransaction", payload))["transactionId"] != first


async def test_a_whole_day_told_twice_more_adds_nothing(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    numbers: dict[int, int] = {}

    async def tell() -> None:
        charger = await csms.dial()
        for n in range(24):
            begun = await charger.call("StartTransaction", start(at=f"2026-11-21T{n:02}:00:00Z", meter=1000 * n))
            assert numbers.setdefault(n, begun["transactionId"]) == begun["transactionId"]
            for minute in (10, 20, 30):
                at = f"2026-11-21T{n:02}:{minute}:00Z"
                await charger.call("MeterValues", metered(begun["transactionId"], 1000 * n + minute, at))
            at = f"2026-11-21T{n:02}:45:00Z"
            await charger.call("StopTransaction", stop(begun["transactionId"], 1000 * n + 700, at))

    async def facts() -> list[Any]:
        names = ("session", "meter_value", "orphan", "stop_conflict")
        energy = await csms.rows("SELECT sum(energy_wh) AS wh FROM session")
        return [*[await csms.count(name) for name in names], energy]

    await tell()
    first = await facts()
    await tell()
    await csms.restart()
    await tell()
    assert await facts() == first == [24, 72, 0, 0, [{"wh": 24 * 700}]]


async def test_a_stop_told_again_keeps_its_verdict_although_the_tag_was_blocked(
    csms: Csms, charger: RawCharger
) -> None:
    begun = await charger.call("StartTransaction", start())
    stopped = stop(begun["transactionId"], idTag="ANNA")
    assert (await charger.call("StopTransaction", stopped))["idTagInfo"]["status"] == "Accepted"
    await csms.do(BlockTag(tag="ANNA"))
    assert (await charger.call("StopTransaction", stopped))["idTagInfo"]["status"] == "Accepted"
