"""A session that its charger cannot end, because it came back with another version of OCPP. RELIABILITY V-03"""

from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.ocpp import Version
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.review import ReviewSessions
from tests.operations.newer import ANNA, step
from tests.support.csms import T1, Csms, start
from tests.support.raw_charger import RawCharger

OLD, NEW = Version.V16, Version.V201


async def begun(csms: Csms, version: Version) -> RawCharger:
    """A charger with a session."""
    charger = await csms.booted("CP-1", version=version)
    if version is Version.V16:
        await charger.call("StartTransaction", start())
    else:
        await charger.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    return charger


async def inbox(csms: Csms) -> list[Any]:
    """What needs somebody."""
    await csms.store.write([])
    return await Face(csms.central).query(ReviewSessions())


@pytest.mark.parametrize(("version", "then"), [(OLD, NEW), (NEW, OLD), (Version.V21, OLD)])
async def test_a_session_that_its_charger_cannot_end_waits_for_somebody_at_its_boot(
    csms: Csms, version: Version, then: Version
) -> None:
    await (await begun(csms, version)).hang_up()
    await csms.booted("CP-1", version=then)
    (row,) = await inbox(csms)
    assert (row.item, row.kind) == ("session-1", "stuck session")
    assert row.evidence == ["its charger came back with another version of OCPP, in which it cannot tell its end"]
    assert row.ways[0] == "cpoctl session close 1 --reason TEXT --yes"
    assert not any("session stop" in way for way in row.ways)
    (stuck,) = await Face(csms.central).query(ListSessions(stuck=True))
    assert (stuck.session_id, stuck.stopped_at) == ("1", None)  # nobody invents an end
    await csms.do(CloseSession(session="1", reason="the charger was updated"))
    (row,) = await inbox(csms)
    assert row.evidence == ["its energy is unknown: no reading of its start or its end"]


@pytest.mark.parametrize("version", [OLD, NEW])
async def test_a_charger_that_only_probed_with_another_version_goes_on(csms: Csms, version: Version) -> None:
    await (await begun(csms, version)).hang_up()
    await (await csms.booted("CP-1", version=NEW if version is OLD else OLD)).hang_up()
    await csms.booted("CP-1", version=version)
    assert await inbox(csms) == []


async def test_the_two_newer_versions_are_one_to_a_session(csms: Csms) -> None:
    await (await begun(csms, NEW)).hang_up()
    await csms.booted("CP-1", version=Version.V21)
    assert await inbox(csms) == []


async def test_a_session_that_ended_after_all_needs_nobody(csms: Csms) -> None:
    await (await begun(csms, NEW)).hang_up()
    await (await csms.booted("CP-1", version=OLD)).hang_up()
    charger = await csms.dial("CP-1", (("Sec-WebSocket-Protocol", NEW.subprotocol),))  # without a boot
    meter = [{"timestamp": T1, "sampledValue": [{"value": 5, "measurand": "Energy.Active.Import.Register"}]}]
    await charger.call("TransactionEvent", step("Ended", 1, T1, meterValue=meter))
    assert [row.evidence for row in await inbox(csms)] == [
        ["its energy is unknown: no reading of its start or its end"]
    ]


async def test_a_session_of_the_version_that_is_spoken_is_none_of_it(csms: Csms) -> None:
    charger = await begun(csms, OLD)
    await charger.hang_up()
    newer = await csms.booted("CP-1", version=NEW)
    await newer.call("TransactionEvent", step("Started", 0, idToken=ANNA, evse={"id": 2, "connectorId": 1}))
    await newer.hang_up()
    await csms.restart()
    await csms.booted("CP-1", version=NEW)
    assert [row.item for row in await inbox(csms)] == ["session-1"]
