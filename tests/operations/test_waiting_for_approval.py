"""What is asked of a charger that nobody has approved: it is told, with the way out. OCPP 1.6 §4.2"""

import asyncio

import pytest

from cpoctl.errors import NotFound, Refused
from cpoctl.operations.charger.approve import ApproveCharger
from cpoctl.operations.charger.pick import PickChargers
from cpoctl.operations.charger.reject import RejectCharger
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.session.start import StartSession
from tests.support.csms import BOOT, Csms
from tests.support.raw_charger import RawCharger


async def waiting(csms: Csms) -> RawCharger:
    """A charger that has knocked for the first time."""
    charger = await csms.dial("NEW-1")
    assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
    return charger


async def test_one_that_is_away_waits_for_approval(csms: Csms) -> None:
    await (await waiting(csms)).hang_up()
    await csms.until(lambda: not csms.known("NEW-1").connected)
    with pytest.raises(NotFound, match="NEW-1 waits for approval") as caught:
        await csms.do(Reset(charger="NEW-1"))
    assert caught.value.hints == ("cpoctl charger approve NEW-1    let it in",)


async def test_it_is_no_target_of_many_and_that_is_said(csms: Csms) -> None:
    await waiting(csms)
    with pytest.raises(NotFound, match="NEW-1 waits for approval"):
        await csms.central.store.bounded(PickChargers(targets=("NEW-1",)).select, 10)


async def test_a_start_before_approval_is_sent_and_said(csms: Csms) -> None:
    charger = await waiting(csms)
    csms.clock.move(11)  # whoever has not booted well is asked nothing at first
    doing = asyncio.create_task(csms.do(StartSession(charger="NEW-1:1", tag="ANNA")))
    await charger.reply({"status": "Accepted"})
    outcome = await doing
    assert outcome.note == "NEW-1 is Pending: before it is approved it cannot begin a session"
    assert outcome.hint == "cpoctl charger approve NEW-1"


async def test_of_a_charger_that_was_rejected_too(csms: Csms) -> None:
    charger = await csms.booted("CP-1")
    await csms.do(RejectCharger(charger="CP-1"))
    doing = asyncio.create_task(csms.do(StartSession(charger="CP-1:1", tag="ANNA")))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused, match="with Rejected") as caught:
        await doing
    assert caught.value.hints[0].startswith("cpoctl charger approve CP-1    CP-1 is Rejected")


async def test_globs_choose_among_those_that_wait_when_they_are_approved(csms: Csms) -> None:
    await csms.booted("CP-1")
    await waiting(csms)
    for chosen in ({"targets": ("*",)}, {"all": True}, {"targets": ("NEW-1", "new-*")}):
        found = await csms.central.store.bounded(PickChargers(waiting=True, **chosen).select, 10)
        assert [row.target for row in found] == ["NEW-1"]
    assert ApproveCharger.of_waiting and RejectCharger.of_waiting


async def test_one_that_has_been_rejected_is_approved_by_its_name_among_others(csms: Csms) -> None:
    await csms.booted("CP-1")
    await csms.do(RejectCharger(charger="CP-1"))
    await waiting(csms)
    chosen = PickChargers(waiting=True, targets=("CP-1,NEW-1",))
    found = await csms.central.store.bounded(chosen.select, 10)
    assert [row.target for row in found] == ["CP-1", "NEW-1"]
