"""Sessions at chargers of OCPP 2.0.1 and 2.1: asked for, stopped, asked about, and told what they cost.

OCPP 2.0.1 E14, F01 to F03, I02
"""

import asyncio
from typing import Any

import pytest

from cpoctl.csms.watching import Watching
from cpoctl.ocpp import Version
from cpoctl.operations.session.cost import TellCost
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.status import AskStatus
from cpoctl.operations.session.stop import StopSession
from tests.operations.newer import ANNA, does, settled, step
from tests.support.csms import T1, Csms
from tests.support.raw_charger import RawCharger


@pytest.fixture(params=[Version.V201, Version.V21])
async def charger(csms: Csms, request: pytest.FixtureRequest) -> RawCharger:
    """A connected charger of either version."""
    return await csms.booted("HQ-07", version=request.param)


@pytest.fixture
async def newer(csms: Csms) -> RawCharger:
    """A connected charger of 2.0.1."""
    return await csms.booted("HQ-07", version=Version.V201)


async def test_a_session_that_was_asked_for_is_known_by_our_number(csms: Csms, charger: RawCharger) -> None:
    """The charger tells no tag, which only our number ties to what was asked. F01.FR.25"""
    start = StartSession(charger="HQ-07:1", tag="ANNA")
    with Watching(csms.central.ledger.bus, csms.central.ledger.live, "HQ-07") as watch:
        (action, payload), outcome = await does(csms, charger, start, {"status": "Accepted"})
        assert (action, payload["evseId"], payload["idToken"]) == ("RequestStartTransaction", 1, ANNA)
        number = payload["remoteStartId"]
        waiting = asyncio.create_task(start.settled(outcome, watch))
        other = step("Started", 0, info={"remoteStartId": number - 1}, idToken=ANNA) | {"evse": {"id": 2}}
        other["transactionInfo"] |= {"transactionId": "tx-0"}
        await charger.call("TransactionEvent", other)
        await charger.call("TransactionEvent", step("Started", 0, info={"remoteStartId": number}))
        async with asyncio.timeout(5):
            told: Any = await waiting
    assert (told.status, told.session_id) == ("Started", "2")
    assert (await csms.session(2))["remote_start_id"] == number


async def test_a_transaction_that_runs_already_is_the_one_that_was_asked_for(csms: Csms, newer: RawCharger) -> None:
    """The cable came first: F02."""
    await newer.call("TransactionEvent", step("Started", 0) | {"triggerReason": "CablePluggedIn"})
    start = StartSession(charger="HQ-07:1", tag="ANNA")
    with Watching(csms.central.ledger.bus, csms.central.ledger.live, "HQ-07") as watch:
        (_, payload), outcome = await does(csms, newer, start, {"status": "Accepted", "transactionId": "tx-1"})
        waiting = asyncio.create_task(start.settled(outcome, watch))
        again = step("Updated", 1, T1, info={"remoteStartId": payload["remoteStartId"]}, idToken=ANNA)
        await newer.call("TransactionEvent", again)
        async with asyncio.timeout(5):
            told: Any = await waiting
    assert told.session_id == "1"


async def test_a_charger_that_leaves_our_number_out_is_understood_by_tag_and_place(
    csms: Csms, newer: RawCharger
) -> None:
    said = newer.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    _, told = await settled(csms, newer, StartSession(charger="HQ-07:1", tag="ANNA"), {"status": "Accepted"}, said)
    assert told.session_id == "1"


async def test_a_session_is_stopped_by_the_chargers_own_number(csms: Csms, charger: RawCharger) -> None:
    await charger.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    sent, outcome = await does(csms, charger, StopSession(session="1"), {"status": "Accepted"})
    assert sent == ["RequestStopTransaction", {"transactionId": "tx-1"}]
    assert outcome.target == "1"


@pytest.mark.parametrize(
    ("session", "answer", "payload", "says"),
    [
        ("1", {"ongoingIndicator": True, "messagesInQueue": False}, {"transactionId": "tx-1"}, "it goes on; nothing waits"),
        ("HQ-07:1", {"ongoingIndicator": False, "messagesInQueue": True}, {"transactionId": "tx-1"}, "has ended; messages wait"),
        ("HQ-07", {"ongoingIndicator": False, "messagesInQueue": True}, {}, "messages wait"),
        ("1", {}, {"transactionId": "tx-1"}, "does not say whether it goes on"),
    ],
)  # fmt: skip
async def test_whether_a_session_goes_on_is_asked_and_explained(
    csms: Csms, newer: RawCharger, session: str, answer: dict[str, Any], payload: dict[str, Any], says: str
) -> None:
    await newer.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    sent, row = await does(csms, newer, AskStatus(session=session), answer)
    assert sent == ["GetTransactionStatus", payload]
    assert says in row.meaning


async def test_a_session_that_has_ended_can_be_asked_about_as_well(csms: Csms, newer: RawCharger) -> None:
    await newer.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    await newer.call("TransactionEvent", step("Ended", 1, T1))
    sent, row = await does(csms, newer, AskStatus(session="1"), {"ongoingIndicator": False, "messagesInQueue": False})
    assert sent == ["GetTransactionStatus", {"transactionId": "tx-1"}]
    assert row.meaning == "it has ended; nothing waits to be sent"


async def test_a_charger_is_told_what_a_session_costs(csms: Csms, charger: RawCharger) -> None:
    await charger.call("TransactionEvent", step("Started", 0, idToken=ANNA))
    sent, outcome = await does(csms, charger, TellCost(session="HQ-07:1", amount=3.75), {})
    assert sent == ["CostUpdated", {"totalCost": 3.75, "transactionId": "tx-1"}]
    assert (outcome.ok, outcome.target) == (True, "1")
