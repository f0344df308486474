"""Chargers of OCPP 2.0.1 and 2.1 are told and asked as those of 1.6 are; and what only they have.

OCPP 2.0.1 A01, B09, B11, D01, F05, G04, H01, H04, N09
"""

import asyncio
from typing import Any

import pytest

from cpoctl import events
from cpoctl.errors import ChargerOffline, CpoctlError, Refused, TimedOut, Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.authlist.push import PushList
from cpoctl.operations.authlist.version import AskVersion
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.availability import SetAvailability
from cpoctl.operations.charger.customer_info import AskCustomer
from cpoctl.operations.charger.network import SetNetwork
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.show import ShowCharger
from cpoctl.operations.charger.trigger import Trigger
from cpoctl.operations.charger.unlock import Unlock
from cpoctl.operations.charger.wait import WaitForCharger
from cpoctl.operations.charger.watch import WatchChargers
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.reservation.add import AddReservation
from cpoctl.operations.reservation.list import ListReservations
from cpoctl.operations.session.status import AskStatus
from tests.operations.newer import ANNA, does, settled, step
from tests.support.csms import T0, T1, Csms
from tests.support.raw_charger import RawCharger


@pytest.fixture(params=[Version.V201, Version.V21])
async def charger(csms: Csms, request: pytest.FixtureRequest) -> RawCharger:
    """A connected charger of either version."""
    return await csms.booted("HQ-07", version=request.param)


@pytest.fixture
async def newer(csms: Csms) -> RawCharger:
    """A connected charger of 2.0.1."""
    return await csms.booted("HQ-07", version=Version.V201)


# The charger itself


async def test_one_connector_is_taken_out_of_service(csms: Csms, charger: RawCharger) -> None:
    act = SetAvailability(charger="HQ-07:2.1", inoperative=True)
    sent, outcome = await does(csms, charger, act, {"status": "Scheduled"})
    assert sent == ["ChangeAvailability", {"evse": {"id": 2, "connectorId": 1}, "operationalStatus": "Inoperative"}]
    assert (outcome.target, outcome.status) == ("HQ-07:2.1", "Scheduled")


async def status_of(charger: RawCharger, evse_id: int, connector_id: int, status: str = "Available") -> None:
    """Tell the status of a connector."""
    told = {"timestamp": T0, "connectorStatus": status, "evseId": evse_id, "connectorId": connector_id}
    await charger.call("StatusNotification", told)


async def test_of_several_connectors_one_must_be_named(csms: Csms, newer: RawCharger) -> None:
    await status_of(newer, 1, 1)
    await status_of(newer, 1, 2)
    with pytest.raises(UsageProblem, match=r"HQ-07:1\.1, HQ-07:1\.2"):
        await csms.do(Unlock(charger="HQ-07"))
    sent, _ = await does(csms, newer, Unlock(charger="HQ-07:1.2"), {"status": "Unlocked"})
    assert sent == ["UnlockConnector", {"evseId": 1, "connectorId": 2}]


async def test_why_a_charger_refuses_is_told_in_its_words(csms: Csms, charger: RawCharger) -> None:
    answer = {
        "status": "OngoingAuthorizedTransaction",
        "statusInfo": {"reasonCode": "TxInProgress", "additionalInfo": "stop it first"},
    }
    with pytest.raises(Refused, match="OngoingAuthorizedTransaction: TxInProgress, stop it first") as refused:
        await does(csms, charger, Unlock(charger="HQ-07:2"), answer)
    assert refused.value.hints[0].startswith("cpoctl session stop HQ-07:2 --yes")


async def test_an_evse_is_back_after_its_reset_when_it_is_unavailable_no_longer(csms: Csms, newer: RawCharger) -> None:
    act = Reset(charger="HQ-07:1")
    said = (status_of(newer, 2, 1), status_of(newer, 1, 1, "Unavailable"), status_of(newer, 1, 1))
    sent, told = await settled(csms, newer, act, {"status": "Accepted"}, *said)
    assert sent == ["Reset", {"type": "OnIdle", "evseId": 1}]
    assert (told.target, told.status) == ("HQ-07:1", "Restarted")


async def test_of_an_evse_that_is_out_of_service_there_is_nothing_to_wait_for(csms: Csms, newer: RawCharger) -> None:
    await status_of(newer, 1, 1, "Unavailable")
    _, told = await settled(csms, newer, Reset(charger="HQ-07:1"), {"status": "Accepted"})
    assert told.status == "Accepted"


async def test_a_refused_variable_is_a_refusal_also_of_a_password(csms: Csms, charger: RawCharger) -> None:
    refusal = {
        "attributeStatus": "Rejected", "attributeStatusInfo": {"reasonCode": "TooShort"},
        "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"},
    }  # fmt: skip
    with pytest.raises(Refused, match="SetVariables with Rejected: TooShort"):
        await does(csms, charger, SetPassword(charger="HQ-07", rotate=True), {"setVariableResult": [refusal]})
    assert csms.known("HQ-07").password_next_hash is None


@pytest.mark.parametrize(("status", "kept"), [("Accepted", "current"), ("RebootRequired", "next")])
async def test_a_password_that_is_taken_counts_at_once_or_from_the_next_connection_on(
    csms: Csms, charger: RawCharger, status: str, kept: str
) -> None:
    result = {
        "attributeStatus": status,
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
    }
    await does(csms, charger, SetPassword(charger="HQ-07", rotate=True), {"setVariableResult": [result]})
    known = csms.known("HQ-07")
    assert (known.password_hash is not None, known.password_next_hash is not None) == (
        kept == "current",
        kept == "next",
    )


async def test_a_charger_is_told_how_to_reach_its_csms(csms: Csms, newer: RawCharger) -> None:
    act = SetNetwork(charger="HQ-07", slot=1, url="wss://c.example/", security_profile=2, more='{"apn": {"apn": "m2m", "apnAuthentication": "AUTO"}}')  # fmt: skip
    (action, payload), _ = await does(csms, newer, act, {"status": "Accepted"})
    assert (action, payload["configurationSlot"]) == ("SetNetworkProfile", 1)
    assert payload["connectionData"]["apn"]["apn"] == "m2m"


# Customers


def part(number: int, data: str, request_id: int, *, more: bool) -> dict[str, Any]:
    """A NotifyCustomerInformation."""
    return {"data": data, "tbc": more, "seqNo": number, "generatedAt": T0, "requestId": request_id}


async def test_what_a_charger_knows_of_a_customer_is_told_whole(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(AskCustomer(charger="HQ-07", tag="ANNA")))
    action, payload = (await charger.reply({"status": "Accepted"}))[2:]
    number = payload.pop("requestId")
    assert (action, payload) == ("CustomerInformation", {"idToken": ANNA, "report": True, "clear": False})
    await charger.call("NotifyCustomerInformation", part(1, "twice", number, more=False))
    await charger.call("NotifyCustomerInformation", part(0, "charged ", number, more=True))
    assert (await doing).told == "charged twice"


async def test_what_does_not_come_whole_is_told_as_such(csms: Csms, newer: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(AskCustomer(charger="HQ-07", tag="ANNA", timeout=0.2)))
    number = (await newer.reply({"status": "Accepted"}))[3]["requestId"]
    await newer.call("NotifyCustomerInformation", part(0, "charged ", number, more=True))
    with pytest.raises(TimedOut, match="did not tell all") as late:
        await doing
    assert late.value.detail["told"] == "charged "


async def test_a_customer_can_be_forgotten_without_a_word(csms: Csms, newer: RawCharger) -> None:
    act = AskCustomer(charger="HQ-07", identifier="4711", clear=True, silent=True)
    sent, outcome = await does(csms, newer, act, {"status": "Accepted"})
    assert (sent[1]["report"], sent[1]["clear"], outcome.told) == (False, True, None)


@pytest.mark.parametrize("given", [{}, {"tag": "A", "identifier": "B"}, {"tag": "A", "silent": True}])
async def test_a_customer_is_named_once_and_something_is_asked(csms: Csms, newer: RawCharger, given: Any) -> None:
    with pytest.raises(UsageProblem):
        await csms.do(AskCustomer(charger="HQ-07", **given))


# Reservations and local lists


@pytest.mark.parametrize(
    ("word", "state"), [("Expired", "expired"), ("Removed", "removed"), ("NoTransaction", "unused")]
)
async def test_a_charger_tells_the_end_of_a_reservation(csms: Csms, charger: RawCharger, word: str, state: str) -> None:
    act = AddReservation(charger="HQ-07", tag="ANNA", until="2099-01-01T00:00:00Z", id=7, connector_type="cCCS2")
    sent, _ = await does(csms, charger, act, {"status": "Accepted"})
    assert sent == ["ReserveNow", {"id": 7, "expiryDateTime": "2099-01-01T00:00:00Z", "connectorType": "cCCS2", "idToken": ANNA}]  # fmt: skip
    (row,) = await csms.store.reading(ListReservations().select)
    assert (row.state, row.connector_type) == ("active", "cCCS2")
    await charger.call("ReservationStatusUpdate", {"reservationId": 7, "reservationUpdateStatus": word})
    await csms.rows("SELECT 1")
    (row,) = await csms.store.reading(ListReservations().select)
    assert row.state == state


async def test_a_list_goes_in_as_many_parts_as_the_charger_says(csms: Csms, charger: RawCharger) -> None:
    await csms.tag("T1", "T2")
    doing = asyncio.create_task(csms.do(PushList(charger="HQ-07")))
    await charger.reply({"versionNumber": 4})
    asked = await charger.asked()
    assert asked[2] == "GetVariables"
    result = {"attributeStatus": "Accepted", "attributeValue": "2"}
    place = {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "ItemsPerMessage"}}
    await charger.reply({"getVariableResult": [{**result, **place}]}, to=asked)
    parts = [(await charger.reply({"status": "Accepted"}))[3] for _ in range(2)]
    assert [(part["versionNumber"], part["updateType"], len(part["localAuthorizationList"])) for part in parts] == [
        (5, "Full", 2), (6, "Differential", 1),
    ]  # fmt: skip
    outcome = await doing
    assert (outcome.version, outcome.tags) == (6, 3)


async def test_a_list_that_is_switched_off_is_told_with_the_command_that_switches_it_on(
    csms: Csms, charger: RawCharger
) -> None:  # D01.FR.10
    doing = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=1)))
    await charger.reply({"getVariableResult": []})
    await charger.reply({"status": "Failed", "statusInfo": {"reasonCode": "NotEnabled"}})
    with pytest.raises(Refused, match="Failed: NotEnabled") as refused:
        await doing
    assert refused.value.hints[0].startswith("cpoctl var set HQ-07 LocalAuthListCtrlr.Enabled true --yes ")
    assert refused.value.detail["why"][0] == "NotEnabled: the feature is there and switched off"


async def test_the_version_of_a_list_is_asked(csms: Csms, charger: RawCharger) -> None:
    sent, row = await does(csms, charger, AskVersion(charger="HQ-07"), {"versionNumber": 0})
    assert sent == ["GetLocalListVersion", {}]
    assert (row.version, row.meaning) == (0, "the local list is empty, or there is none")


# Calls


async def test_a_call_is_judged_by_the_schema_of_the_chargers_version(csms: Csms, charger: RawCharger) -> None:
    act = CallAction(charger="HQ-07", action="Reset", payload='{"type":"OnIdle"}')
    sent, _ = await does(csms, charger, act, {"status": "Accepted"})
    assert sent == ["Reset", {"type": "OnIdle"}]
    with pytest.raises(UsageProblem, match="Soft"):
        await csms.do(CallAction(charger="HQ-07", action="Reset", payload='{"type":"Soft"}'))


# What a version lacks


LACKING: list[tuple[Version, Act, str]] = [
    (Version.V16, Reset(charger="HQ-07:1"), "2.0.1 or 2.1"),
    (Version.V16, AskStatus(session="HQ-07"), "2.0.1 or 2.1"),
    (Version.V16, AskCustomer(charger="HQ-07", tag="ANNA"), "2.0.1 or 2.1"),
    (Version.V16, SetNetwork(charger="HQ-07", slot=1, url="ws://c/", security_profile=0), "2.0.1 or 2.1"),
    (Version.V16, Trigger(charger="HQ-07", message="TransactionEvent"), "2.0.1 or 2.1"),
    (Version.V16, CallAction(charger="HQ-07", action="GetVariables"), "2.0.1 or 2.1"),
    (Version.V201, Trigger(charger="HQ-07", message="CustomTrigger", custom="Siren"), "2.1"),
    (Version.V201, Reset(charger="HQ-07", hard=True, resume=True), "2.1"),
    (Version.V201, CallAction(charger="HQ-07", action="GetTariffs"), "2.1"),
    (Version.V21, CallAction(charger="HQ-07", action="GetConfiguration"), "1.6"),
]


@pytest.mark.parametrize(("version", "act", "needs"), LACKING)
async def test_what_a_version_lacks_is_told_with_the_version_that_has_it(
    csms: Csms, version: Version, act: Act, needs: str
) -> None:
    charger = await csms.booted("HQ-07", version=version)
    with pytest.raises(Unsupported) as lacking:
        await csms.do(act)
    error: CpoctlError = lacking.value
    assert error.message.startswith("HQ-07 cannot: ")
    assert (error.exit_code, error.target, charger.unasked) == (7, "HQ-07", 0)
    assert error.hints[0] == f"needs OCPP {needs}, HQ-07 speaks {version}"
    assert "{charger}" not in str(error.hints)


# What is shown


async def test_the_connectors_of_an_evse_are_shown_and_waited_for_one_by_one(csms: Csms, newer: RawCharger) -> None:
    await status_of(newer, 1, 1, "Faulted")
    await status_of(newer, 1, 2)
    await csms.rows("SELECT 1")
    (shown,) = await csms.store.reading(ShowCharger(charger="HQ-07").select)
    assert [evse.connectors for evse in shown.evses or ()] == [{"1": "Faulted", "2": "Available"}]
    assert (await csms.do(WaitForCharger(charger="HQ-07:1.2", condition="available", timeout=0))).ok
    with pytest.raises(TimedOut):
        await csms.do(WaitForCharger(charger="HQ-07:1.1", condition="available", timeout=0))


async def test_a_connector_is_out_of_service_when_it_says_so(csms: Csms, newer: RawCharger) -> None:
    await status_of(newer, 1, 1)
    act = SetAvailability(charger="HQ-07:1.2", inoperative=True)
    said = status_of(newer, 1, 2, "Unavailable")
    _, told = await settled(csms, newer, act, {"status": "Accepted"}, said)
    assert (told.target, told.status) == ("HQ-07:1.2", "Inoperative")


async def test_a_watch_tells_whose_session_it_is_and_which_connector(csms: Csms, newer: RawCharger) -> None:
    told: list[tuple[int | None, str, str]] = []

    def note(seq: int | None, event: events.Event) -> None:
        if row := WatchChargers().take(event):
            told.append((row.evse_id, row.what, row.detail))

    stop = csms.central.ledger.bus.listen(note)
    await status_of(newer, 1, 1)
    await status_of(newer, 1, 2, "Faulted")
    await status_of(newer, 1, 1, "Available")
    await newer.call("TransactionEvent", step("Started", 0) | {"triggerReason": "CablePluggedIn"})
    await newer.call("TransactionEvent", step("Updated", 1, T1, idToken=ANNA))
    stop()
    assert (1, "status", "Faulted, connector 1 Available") in told
    assert (1, "session amended", "session 1, tag ANNA (Accepted)") in told


async def test_a_charger_that_never_connected_speaks_nothing_yet(csms: Csms) -> None:
    await csms.do(AddCharger(charger="NEW-1"))
    with pytest.raises(ChargerOffline, match="NEW-1 is not connected"):
        await csms.do(SetNetwork(charger="NEW-1", slot=1, url="wss://c.example/", security_profile=2))
