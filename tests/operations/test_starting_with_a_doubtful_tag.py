"""Starting a session with a tag that our own rules would refuse: it is sent all the same, and said. OCPP 1.6 §5.11"""

import asyncio

import pytest

from cpoctl.errors import Refused
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.tag.block import BlockTag
from tests.support.csms import Csms


async def started(csms: Csms, tag: str, status: str = "Accepted") -> str | None:
    """What is said beside the charger's answer."""
    charger = await csms.booted()
    doing = asyncio.create_task(csms.do(StartSession(charger="CP-1:2", tag=tag)))
    asked = await charger.reply({"status": status})
    assert asked[3] == {"connectorId": 2, "idTag": tag}
    outcome = await doing
    assert (outcome.ok, outcome.status) == (True, "Accepted")
    note: str | None = outcome.note
    return note


async def test_of_a_good_tag_nothing_is_said(csms: Csms) -> None:
    assert await started(csms, "ANNA") is None


async def test_of_a_blocked_tag_it_is_said_that_it_would_be_refused(csms: Csms) -> None:
    await csms.do(BlockTag(tag="ANNA"))
    assert (await started(csms, "ANNA") or "").startswith("tag ANNA would be answered Blocked at CP-1: ")


async def test_of_an_unknown_tag_too(csms: Csms) -> None:
    assert "Invalid" in (await started(csms, "NOBODY") or "")


async def test_a_charger_that_refuses_may_have_been_told_to(csms: Csms) -> None:
    with pytest.raises(Refused) as refused:
        await started(csms, "NOBODY", "Rejected")
    assert refused.value.hints[0].startswith("cpoctl tag check NOBODY --charger CP-1:2    tag NOBODY would be")


async def test_of_an_evse_that_the_charger_never_told_of_it_is_said(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"})
    doing = asyncio.create_task(csms.do(StartSession(charger="CP-1:9", tag="ANNA")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as refused:
        await doing
    assert refused.value.hints[0] == "cpoctl charger show CP-1    it has told of EVSE 1, and not of 9"


async def test_of_a_faulted_evse_it_is_said_and_not_that_the_charger_as_a_whole_is_available(csms: Csms) -> None:
    charger = await csms.booted()
    for connector, error, status in ((0, "NoError", "Available"), (1, "GroundFailure", "Faulted")):
        told = {"connectorId": connector, "errorCode": error, "status": status}
        await charger.call("StatusNotification", told)
    doing = asyncio.create_task(csms.do(StartSession(charger="CP-1", tag="ANNA")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused) as refused:
        await doing
    assert refused.value.hints[0] == "cpoctl charger show CP-1    EVSE 1 is Faulted (GroundFailure)"
    assert "is Available" not in " ".join(refused.value.hints)
