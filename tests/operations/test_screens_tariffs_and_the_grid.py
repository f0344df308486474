"""What only newer chargers can be asked for: a screen's messages, tariffs, the grid's controls, batteries, payments."""

import asyncio
import json
from typing import Any

import pytest

from cpoctl import events
from cpoctl.csms.watching import Watching
from cpoctl.errors import NotFound, Refused, TimedOut, Unsupported, UsageProblem
from cpoctl.ocpp import Version, v2
from cpoctl.operations import Act
from cpoctl.operations.battery.swap import SwapBattery
from cpoctl.operations.charger.web_payment import TellWebPayment
from cpoctl.operations.der.clear import ClearControls
from cpoctl.operations.der.get import AskControls, settings
from cpoctl.operations.der.set import SetControl
from cpoctl.operations.der.signal import SendSignal
from cpoctl.operations.display.clear import ClearDisplay
from cpoctl.operations.display.list import AskDisplays
from cpoctl.operations.display.set import SetDisplay
from cpoctl.operations.session.tariff import ChangeTariff
from cpoctl.operations.tariff.clear import ClearTariffs
from cpoctl.operations.tariff.installed import AskTariffs
from cpoctl.operations.tariff.push import PushTariff
from tests.support.csms import Csms, start
from tests.support.raw_charger import RawCharger
from tests.wire.inbound_v2 import EXAMPLES

ACCEPTED = {"status": "Accepted"}
TARIFF = {"tariffId": "day-dc", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.25}]}}
VOLT_VAR = {
    "controlType": "VoltVar",
    "curve": {"curveData": [{"x": 95, "y": 44}], "priority": 0, "yUnit": "PctMaxVar"},
}


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A connected charger of OCPP 2.1."""
    return await csms.booted("HQ-07", version=Version.V21)


async def sent(csms: Csms, charger: RawCharger, act: Act, answer: dict[str, Any]) -> tuple[list[Any], Any]:
    """What an act asks of the charger, and what it makes of the answer."""
    doing = asyncio.create_task(csms.do(act))
    call = await charger.reply(answer)
    return call[2:], await doing


async def session(charger: RawCharger) -> None:
    """A session of the transaction tx-1 begins."""
    await charger.call(
        "TransactionEvent",
        {
            "eventType": "Started", "timestamp": "2026-11-22T13:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
            "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 1, "connectorId": 1},
            "idToken": {"idToken": "ANNA", "type": "Central"},
        },
    )  # fmt: skip


# Screens


@pytest.mark.parametrize("version", v2.VERSIONS)
async def test_a_message_gets_a_number_by_which_it_is_cleared(csms: Csms, version: Version) -> None:
    charger = await csms.booted("HQ-07", version=version)
    act = SetDisplay(charger="HQ-07:2", text="Free", priority="in-front", until="2099-01-01T00:00:00Z", language="en")
    (action, payload), outcome = await sent(csms, charger, act, ACCEPTED)
    assert (action, outcome.target, outcome.ok) == ("SetDisplayMessage", "HQ-07:2", True)
    assert payload["message"] == {
        "display": {"evse": {"id": 2}, "name": "Display"}, "id": outcome.message_id, "priority": "InFront",
        "endDateTime": "2099-01-01T00:00:00Z", "message": {"format": "UTF8", "language": "en", "content": "Free"},
    }  # fmt: skip
    clear = ClearDisplay(charger="HQ-07", id=outcome.message_id)
    call, cleared = await sent(csms, charger, clear, ACCEPTED)
    assert (call, cleared.ok) == (["ClearDisplayMessage", {"id": outcome.message_id}], True)


async def test_a_message_of_a_session_names_its_transaction(csms: Csms, charger: RawCharger) -> None:
    await session(charger)
    act = SetDisplay(charger="HQ-07", text="0.50 EUR/kWh", session="1", id=7)
    (_, payload), _ = await sent(csms, charger, act, ACCEPTED)
    assert (payload["message"]["transactionId"], payload["message"]["id"]) == ("tx-1", 7)
    await csms.booted("HQ-08", version=Version.V21)
    with pytest.raises(NotFound, match="runs at HQ-07, not at HQ-08"):
        await csms.do(SetDisplay(charger="HQ-08", text="x", session="1"))
    with pytest.raises(NotFound, match="no session 9"):
        await csms.do(SetDisplay(charger="HQ-07", text="x", session="9"))


async def test_a_screen_that_refuses_is_told_of_with_what_it_takes(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(Refused, match="NotSupportedPriority") as refused:
        await sent(csms, charger, SetDisplay(charger="HQ-07", text="x"), {"status": "NotSupportedPriority"})
    assert any("DisplayMessageCtrlr" in hint for hint in refused.value.hints)
    with pytest.raises(Refused, match="Unknown"):
        await sent(csms, charger, ClearDisplay(charger="HQ-07", id=7), {"status": "Unknown"})


async def test_the_messages_of_a_screen_come_in_parts(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(AskDisplays(charger="HQ-07", ids=(7, 8), state="idle")))
    _, _, action, asked = await charger.reply(ACCEPTED)
    assert (action, asked["id"], asked["state"]) == ("GetDisplayMessages", [7, 8], "Idle")
    part = {**EXAMPLES[Version.V201]["NotifyDisplayMessages"], "requestId": asked["requestId"]}
    await charger.call("NotifyDisplayMessages", {**part, "tbc": True})
    await charger.call("NotifyDisplayMessages", {"messageInfo": [{"id": 8}], "requestId": asked["requestId"]})
    first, second = await doing
    assert (first.message_id, first.text, first.priority, first.evse_id) == (7, "Frohe Weihnachten", "in-front", 1)
    assert (second.message_id, second.text) == (8, None)


async def test_a_screen_without_messages_is_an_empty_list(csms: Csms, charger: RawCharger) -> None:
    assert (await sent(csms, charger, AskDisplays(charger="HQ-07"), {"status": "Unknown"}))[1] == []


async def test_a_list_of_which_a_part_is_missing_is_no_list(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(AskDisplays(charger="HQ-07", timeout=0.3)))
    _, _, _, asked = await charger.reply(ACCEPTED)
    part = {**EXAMPLES[Version.V201]["NotifyDisplayMessages"], "requestId": asked["requestId"], "tbc": True}
    await charger.call("NotifyDisplayMessages", part)
    with pytest.raises(TimedOut, match="not told all of it in time: 1 messages came"):
        await doing


# Tariffs


@pytest.mark.parametrize(("place", "evse"), [("HQ-07", 0), ("HQ-07:2", 2)])
async def test_a_tariff_goes_out_as_it_was_written(csms: Csms, charger: RawCharger, place: str, evse: int) -> None:
    act = PushTariff(charger=place, tariff=json.dumps(TARIFF))
    call, outcome = await sent(csms, charger, act, ACCEPTED)
    assert call == ["SetDefaultTariff", {"evseId": evse, "tariff": TARIFF}]
    assert (outcome.target, outcome.tariff_id) == (place, "day-dc")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object is wanted, not list"),
        ('{"tariffId":"x"}', "currency: is missing"),
        ('{"tariffId":"x","currency":"EUR","energy":{"prices":[{"priceKwh":1e999}]}}', "not JSON"),
        ('{"tariffId":"x","currency":"EUR","energy":{"prices":[]}}', "energy.prices: "),
    ],
)
async def test_what_is_no_tariff_is_not_sent(csms: Csms, charger: RawCharger, text: str, why: str) -> None:
    with pytest.raises(UsageProblem, match="that is no tariff: ") as problem:
        await csms.do(PushTariff(charger="HQ-07", tariff=text))
    assert why in problem.value.message
    assert charger.unasked == 0


@pytest.mark.parametrize("status", ["Rejected", "TooManyElements", "ConditionNotSupported", "DuplicateTariffId"])
async def test_a_tariff_that_is_not_taken_is_refused_with_the_reason(
    csms: Csms, charger: RawCharger, status: str
) -> None:
    answer = {"status": status, "statusInfo": {"reasonCode": "TooLong", "additionalInfo": "at most 3 prices"}}
    with pytest.raises(Refused, match=f"{status}: TooLong, at most 3 prices"):
        await sent(csms, charger, PushTariff(charger="HQ-07", tariff=json.dumps(TARIFF)), answer)


async def test_the_tariffs_of_a_charger_are_listed(csms: Csms, charger: RawCharger) -> None:
    assigned = {"tariffId": "day-dc", "tariffKind": "DefaultTariff", "evseIds": [1, 2]}
    call, rows = await sent(csms, charger, AskTariffs(charger="HQ-07:1"), {**ACCEPTED, "tariffAssignments": [assigned]})
    assert call == ["GetTariffs", {"evseId": 1}]
    assert [(row.target, row.tariff_id, row.kind, row.evse_ids) for row in rows] == [
        ("HQ-07", "day-dc", "default", [1, 2])
    ]
    assert (await sent(csms, charger, AskTariffs(charger="HQ-07"), {"status": "NoTariff"}))[1] == []


async def test_all_tariffs_are_cleared_and_that_there_were_none_is_well(csms: Csms, charger: RawCharger) -> None:
    gone = {"clearTariffsResult": [{"tariffId": "day-dc", "status": "Accepted"}]}
    call, outcome = await sent(csms, charger, ClearTariffs(charger="HQ-07"), gone)
    assert call == ["ClearTariffs", {}]
    assert (outcome.ok, outcome.status, outcome.cleared) == (True, "Accepted", ["day-dc"])
    none = {"clearTariffsResult": [{"status": "NoTariff"}]}
    assert (await sent(csms, charger, ClearTariffs(charger="HQ-07:2"), none))[1].status == "NoTariff"


async def test_a_named_tariff_that_is_not_there_was_not_cleared(csms: Csms, charger: RawCharger) -> None:
    answer = {"clearTariffsResult": [
        {"tariffId": "day-dc", "status": "Accepted"}, {"tariffId": "night-dc", "status": "NoTariff"},
    ]}  # fmt: skip
    with pytest.raises(Refused, match="NoTariff"):
        await sent(csms, charger, ClearTariffs(charger="HQ-07", ids=("day-dc", "night-dc")), answer)


async def test_the_tariff_of_a_running_session_is_changed(csms: Csms, charger: RawCharger) -> None:
    act = ChangeTariff(session="1", tariff=json.dumps(TARIFF))
    with pytest.raises(NotFound, match="no session 1"):
        await csms.do(act)
    await session(charger)
    call, outcome = await sent(csms, charger, act, ACCEPTED)
    assert call == ["ChangeTransactionTariff", {"tariff": TARIFF, "transactionId": "tx-1"}]
    assert (outcome.target, outcome.tariff_id) == ("1", "day-dc")
    with pytest.raises(Refused, match="NoCurrencyChange"):
        await sent(csms, charger, act, {"status": "NoCurrencyChange"})


async def test_the_session_of_an_older_charger_keeps_its_tariff(csms: Csms) -> None:
    await (await csms.booted("HQ-07")).call("StartTransaction", start())
    with pytest.raises(Unsupported) as lacking:
        await csms.do(ChangeTariff(session="1", tariff=json.dumps(TARIFF)))
    assert lacking.value.message == "HQ-07 cannot: OCPP 1.6 has no such message"
    assert lacking.value.hints[0] == "needs OCPP 2.1, HQ-07 speaks 1.6"


# The grid


async def test_a_plain_limit_holds_from_now_on_for_a_time(csms: Csms, charger: RawCharger) -> None:
    act = SetControl(charger="HQ-07", limit_max_discharge="50%", span=7200.0, id="c-1")
    call, outcome = await sent(csms, charger, act, {**ACCEPTED, "supersededIds": ["c-0"]})
    (begin,) = {payload.pop("startTime") for payload in [call[1]["limitMaxDischarge"]]}
    assert begin.startswith(csms.clock.now().strftime("%Y-%m-%dT%H:%M"))
    assert call == ["SetDERControl", {
        "isDefault": False, "controlId": "c-1", "controlType": "LimitMaxDischarge",
        "limitMaxDischarge": {"priority": 0, "pctMaxDischargePower": 50, "duration": 7200},
    }]  # fmt: skip
    assert (outcome.control_id, outcome.superseded) == ("c-1", ["c-0"])


async def test_a_default_control_has_no_time(csms: Csms, charger: RawCharger) -> None:
    call, outcome = await sent(csms, charger, SetControl(charger="HQ-07", fixed_var="-30", default=True), ACCEPTED)
    assert call[1]["isDefault"] is True
    assert call[1]["fixedVar"] == {"priority": 0, "setpoint": -30, "unit": "PctMaxVar"}
    assert (call[1]["controlId"], outcome.superseded) == (outcome.control_id, [])


async def test_a_whole_control_goes_out_as_it_was_written(csms: Csms, charger: RawCharger) -> None:
    act = SetControl(charger="HQ-07", control=json.dumps(VOLT_VAR), id="c-9")
    call, outcome = await sent(csms, charger, act, ACCEPTED)
    assert call == ["SetDERControl", {"isDefault": False, "controlId": "c-9", **VOLT_VAR}]
    assert outcome.control_id == "c-9"
    own = json.dumps({**VOLT_VAR, "isDefault": True, "controlId": "mine"})
    call, outcome = await sent(csms, charger, SetControl(charger="HQ-07", control=own), ACCEPTED)
    assert (call[1]["isDefault"], call[1]["controlId"], outcome.control_id) == (True, "mine", "mine")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "say what it sets"),
        ({"limit_max_discharge": "50%", "fixed_var": "10", "default": True}, "one control sets one thing"),
        ({"limit_max_discharge": "50%"}, "how long it holds"),
        ({"limit_max_discharge": "50%", "default": True, "span": 60.0}, "--from and --for do not fit"),
        ({"limit_max_discharge": "101", "default": True}, "no percentage from 0 to 100"),
        ({"limit_max_discharge": "-1", "default": True}, "no percentage from 0 to 100"),
        ({"fixed_var": "half", "default": True}, "no percentage from -100 to 100"),
        ({"fixed_pf_inject": 1.2, "default": True}, "no power factor"),
        ({"control": "{}", "priority": 1}, "says that itself: --priority"),
        ({"control": "{}", "default": True}, "says that itself: --default"),
        ({"control": '{"controlType":"Gentle"}'}, "that is no DER control: controlType"),
    ],
)
async def test_a_control_that_makes_no_sense_is_not_sent(
    csms: Csms, charger: RawCharger, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(UsageProblem) as problem:
        await csms.do(SetControl(charger="HQ-07", **given))
    assert why in problem.value.message
    assert charger.unasked == 0


async def test_the_controls_of_a_charger_are_listed(csms: Csms, charger: RawCharger) -> None:
    doing = asyncio.create_task(csms.do(AskControls(charger="HQ-07", type="VoltVar", default=False)))
    _, _, action, asked = await charger.reply(ACCEPTED)
    number = asked.pop("requestId")
    assert (action, asked) == ("GetDERControl", {"isDefault": False, "controlType": "VoltVar"})
    await charger.call("ReportDERControl", {**EXAMPLES[Version.V21]["ReportDERControl"], "requestId": number})
    rows = await doing
    assert [row.type for row in rows][:2] == ["FreqWatt", "EnterService"]
    assert settings({"priority": 0, "excitation": True, "curveData": []}) == "priority=0 excitation=true curveData=…"
    assert (await sent(csms, charger, AskControls(charger="HQ-07"), {"status": "NotFound"}))[1] == []


async def test_that_there_are_no_controls_to_clear_is_well_but_of_a_named_one(csms: Csms, charger: RawCharger) -> None:
    none = {"status": "NotFound"}
    call, outcome = await sent(csms, charger, ClearControls(charger="HQ-07", default=True), none)
    assert (call, outcome.ok) == (["ClearDERControl", {"isDefault": True}], True)
    with pytest.raises(Refused, match="NotFound"):
        await sent(csms, charger, ClearControls(charger="HQ-07", id="c-1"), none)


async def test_a_signal_of_the_grid_is_sent(csms: Csms, charger: RawCharger) -> None:
    act = SendSignal(charger="HQ-07", value=-20, at="2099-01-01T00:00:00Z")
    call, outcome = await sent(csms, charger, act, ACCEPTED)
    assert call == ["AFRRSignal", {"timestamp": "2099-01-01T00:00:00Z", "signal": -20}]
    assert outcome.ok


# Batteries and payments


@pytest.mark.parametrize(("step", "ends"), [("BatteryOut", True), ("BatteryOutTimeout", False)])
async def test_a_swap_has_ended_when_the_battery_was_taken(
    csms: Csms, charger: RawCharger, step: str, ends: bool
) -> None:
    act = SwapBattery(charger="HQ-07", tag="ANNA")
    with Watching(csms.central.ledger.bus, csms.central.fleet.live, "HQ-07") as watch:
        (action, payload), outcome = await sent(csms, charger, act, ACCEPTED)
        assert (action, payload["idToken"]["idToken"]) == ("RequestBatterySwap", "ANNA")
        told = {**EXAMPLES[Version.V21]["BatterySwap"], "requestId": payload["requestId"]}
        for event_type in ("BatteryIn", step):
            await charger.call("BatterySwap", {**told, "eventType": event_type})
        if ends:
            assert (await act.settled(outcome, watch)).status == "BatteryOut"
            return
        with pytest.raises(Refused, match="nobody took the battery"):
            await act.settled(outcome, watch)


async def test_a_charger_is_told_that_somebody_pays(csms: Csms, charger: RawCharger) -> None:
    call, outcome = await sent(csms, charger, TellWebPayment(charger="HQ-07:2", within=90.0), {})
    assert call == ["NotifyWebPaymentStarted", {"evseId": 2, "timeout": 90}]
    assert (outcome.target, outcome.ok, outcome.status) == ("HQ-07:2", True, "Answered")
    with pytest.raises(UsageProblem, match="for one EVSE"):
        await csms.do(TellWebPayment(charger="HQ-07"))


async def test_what_chargers_tell_of_payments_is_listed_with_the_events(csms: Csms, charger: RawCharger) -> None:
    assert await charger.call("NotifySettlement", EXAMPLES[Version.V21]["NotifySettlement"]) == {}
    answer = await charger.call("VatNumberValidation", EXAMPLES[Version.V21]["VatNumberValidation"])
    assert answer["status"] == "Rejected"
    found = await csms.rows("SELECT type, data FROM event WHERE type IN ('SettlementReported', 'VatNumberAsked')")
    assert [record["type"] for record in found] == [events.SettlementReported.__name__, events.VatNumberAsked.__name__]
    assert json.loads(found[0]["data"])["other"]["vatCompany"]["city"] == "Berlin"


ONLY_NEWER: list[tuple[Act, tuple[Version, ...]]] = [
    (SetDisplay(charger="HQ-07", text="x"), (Version.V16,)),
    (ClearDisplay(charger="HQ-07", id=7), (Version.V16,)),
    (AskDisplays(charger="HQ-07"), (Version.V16,)),
    (PushTariff(charger="HQ-07", tariff=json.dumps(TARIFF)), (Version.V16, Version.V201)),
    (AskTariffs(charger="HQ-07"), (Version.V16, Version.V201)),
    (ClearTariffs(charger="HQ-07"), (Version.V16, Version.V201)),
    (SetControl(charger="HQ-07", limit_max_discharge="50%", default=True), (Version.V16, Version.V201)),
    (AskControls(charger="HQ-07"), (Version.V16, Version.V201)),
    (ClearControls(charger="HQ-07"), (Version.V16, Version.V201)),
    (SendSignal(charger="HQ-07", value=1), (Version.V16, Version.V201)),
    (SwapBattery(charger="HQ-07", tag="ANNA"), (Version.V16, Version.V201)),
    (TellWebPayment(charger="HQ-07:1"), (Version.V16, Version.V201)),
]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
async def test_what_an_older_charger_lacks_is_told_with_the_version_that_it_needs(csms: Csms, version: Version) -> None:
    charger = await csms.booted("HQ-07", version=version)
    for act, too_old in ONLY_NEWER:
        if version in too_old:
            with pytest.raises(Unsupported) as lacking:
                await csms.do(act)
            assert lacking.value.message == f"HQ-07 cannot: OCPP {version} has no such message"
            assert lacking.value.hints[0].endswith(f"HQ-07 speaks {version}")
    assert charger.unasked == 0
