"""A tag or a place that comes after its session began is judged as at a start. OCPP 2.0.1 E02 · RELIABILITY V-03"""

import asyncio
import json
from typing import Any

from cpoctl.ocpp import Version
from cpoctl.operations.tag.add import AddTag
from tests.operations.newer import step
from tests.support.csms import T1, Csms
from tests.support.raw_charger import RawCharger

ONCE: dict[str, Any] = {"idToken": {"idToken": "ONCE", "type": "ISO14443"}}


async def plugged_in(csms: Csms, *names: str, **more: Any) -> list[RawCharger]:
    """Chargers at which a session has begun without a tag."""
    chargers = [await csms.booted(name, version=Version.V201) for name in names]
    for charger in chargers:
        await charger.call("TransactionEvent", step("Started", 0, triggerReason="CablePluggedIn", **more))
    return chargers


async def flags(csms: Csms) -> list[list[str]]:
    """What each session is flagged with."""
    await csms.store.write([])
    return [json.loads(row["flags"]) for row in await csms.rows("SELECT flags FROM session ORDER BY session_id")]


async def test_two_tags_that_come_late_in_one_commit_are_both_kept_and_the_second_is_flagged(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONCE", sessions_most=1))
    one, two = await plugged_in(csms, "CP-1", "CP-2")
    tagged = step("Updated", 1, T1, triggerReason="Authorized", **ONCE)
    told = await asyncio.gather(one.call("TransactionEvent", tagged), two.call("TransactionEvent", tagged))
    assert [answer["idTokenInfo"]["status"] for answer in told] == ["Accepted", "Accepted"]
    assert await flags(csms) == [[], ["sessions_exceeded"]]


async def test_what_comes_later_of_the_first_of_them_does_not_flag_it(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONCE", sessions_most=1))
    one, two = await plugged_in(csms, "CP-1", "CP-2")
    tagged = step("Updated", 1, T1, triggerReason="Authorized", **ONCE)
    await asyncio.gather(one.call("TransactionEvent", tagged), two.call("TransactionEvent", tagged))
    await one.call("TransactionEvent", step("Updated", 2, T1, triggerReason="RemoteStart", info={"remoteStartId": 7}))
    assert await flags(csms) == [[], ["sessions_exceeded"]]


async def test_a_session_at_a_place_that_its_tag_may_not_use_is_flagged_when_the_place_comes_late(csms: Csms) -> None:
    await csms.booted("CP-1", version=Version.V201)
    await csms.do(AddTag(tag="ONCE", place=("CP-1:2",)))
    charger = await csms.booted("CP-1", version=Version.V201)
    begun = step("Started", 0, triggerReason="Authorized", **ONCE)
    del begun["evse"]
    answer = await charger.call("TransactionEvent", begun)
    assert answer["idTokenInfo"] == {"status": "Accepted", "evseId": [2]}
    await charger.call("TransactionEvent", step("Updated", 1, T1, triggerReason="CablePluggedIn"))
    assert await flags(csms) == [["tag_elsewhere"]]
