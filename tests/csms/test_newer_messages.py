"""What only chargers of OCPP 2.x tell: screens, the grid, batteries, payments. Each is answered and kept as it was sent."""

import pytest

from cpoctl import events
from cpoctl.ocpp import Version, v2
from cpoctl.store import rows
from tests.csms.worlds import World
from tests.wire.inbound_v2 import EXAMPLES, NOW, TOKEN, TRANSACTION, VENDORS_OWN

OF_21 = EXAMPLES[Version.V21]


@pytest.fixture
def world() -> World:
    return World(Version.V21)


@pytest.mark.parametrize("version", v2.VERSIONS)
@pytest.mark.parametrize("tbc", [True, False, None])
def test_a_part_of_what_is_on_a_screen_is_kept_for_whoever_asked(version: Version, tbc: bool | None) -> None:
    world = World(version)
    message = {
        key: value for key, value in {"messageInfo": [], "requestId": 14, "tbc": tbc}.items() if value is not None
    }
    outcome = world.tell("NotifyDisplayMessages", message)
    assert outcome.answer == {}
    assert [(row.action, row.request_id) for row in world.of(rows.ReportPart)] == [("NotifyDisplayMessages", 14)]
    assert outcome.events == [
        events.ReportReceived(
            charger_id="CP-1", action="NotifyDisplayMessages", request_id=14, seq_no=None, last=tbc is not True
        )
    ]


def test_a_part_of_the_grids_controls_is_kept_for_whoever_asked(world: World) -> None:
    outcome = world.tell("ReportDERControl", OF_21["ReportDERControl"])
    assert [type(event) for event in outcome.events] == [events.ReportReceived]
    (part,) = world.of(rows.ReportPart)
    assert '"pctMaxDischargePower":50' in part.payload


def test_a_fault_in_the_grid_is_told(world: World) -> None:
    outcome = world.tell("NotifyDERAlarm", {**OF_21["NotifyDERAlarm"], **VENDORS_OWN})
    assert outcome.answer == {}
    assert outcome.events == [
        events.GridAlarmReported(
            charger_id="CP-1", control="HVMustTrip", fault="OverVoltage", ended=False, charger_time=NOW,
            info="255 V on L2", other=VENDORS_OWN,
        )
    ]  # fmt: skip


def test_a_control_that_begins_is_told_with_those_whose_place_it_takes(world: World) -> None:
    assert world.tell("NotifyDERStartStop", OF_21["NotifyDERStartStop"]).events == [
        events.GridControlSwitched(
            charger_id="CP-1", control_id="c-1", started=True, charger_time=NOW, superseded=("c-0",), other={}
        )
    ]


def test_a_battery_is_told_with_whatever_is_known_of_it_and_of_who_brought_it(world: World) -> None:
    (event,) = world.tell("BatterySwap", OF_21["BatterySwap"]).events
    assert event == events.BatterySwapped(
        charger_id="CP-1", step="BatteryIn", request_id=21, tag_id="04A1B2C3D4E5F6",
        batteries=tuple(OF_21["BatterySwap"]["batteryData"]), other={"idToken": TOKEN},
    )  # fmt: skip


def test_a_settled_payment_is_told_with_its_transaction_and_the_company_of_its_receipt(world: World) -> None:
    sent = OF_21["NotifySettlement"]
    (event,) = world.tell("NotifySettlement", sent).events
    assert event == events.SettlementReported(
        charger_id="CP-1", transaction_id=TRANSACTION, reference="PSP-0815", status="Settled", amount=12.34,
        charger_time=NOW, receipt_id="R-1", receipt_url="https://receipts.example.com/R-1",
        other={name: sent[name] for name in ("statusInfo", "vatCompany", "vatNumber")},
    )  # fmt: skip


def test_a_vat_number_is_refused_with_the_reason_because_nobody_can_be_asked(world: World) -> None:
    outcome = world.tell("VatNumberValidation", {"vatNumber": "DE123456789", "evseId": 2})
    assert (outcome.answer["status"], outcome.answer["vatNumber"], outcome.answer["evseId"]) == (
        "Rejected", "DE123456789", 2,
    )  # fmt: skip
    assert "cannot be checked" in outcome.answer["statusInfo"]["additionalInfo"]
    assert outcome.events == [
        events.VatNumberAsked(charger_id="CP-1", vat_number="DE123456789", evse_id=2, status="Rejected", other={})
    ]


def test_a_vat_number_that_is_longer_than_any_is_kept_whole_and_answered_short(world: World) -> None:
    outcome = world.tell("VatNumberValidation", {"vatNumber": "DE" + "1" * 40, "evseId": -1})
    assert outcome.answer["vatNumber"] == "DE" + "1" * 18
    assert "evseId" not in outcome.answer
    (event,) = outcome.events
    assert isinstance(event, events.VatNumberAsked)
    assert (event.vat_number, event.evse_id) == ("DE" + "1" * 40, -1)


def test_what_is_of_the_wrong_type_stands_in_the_event_as_it_was_sent(world: World) -> None:
    wrong = {"controlType": 7, "gridEventFault": ["?"], "alarmEnded": "yes", "timestamp": None, "extraInfo": {"a": 1}}
    (event,) = world.tell("NotifyDERAlarm", wrong).events
    assert isinstance(event, events.GridAlarmReported)
    assert (event.control, event.fault, event.ended, event.info) == ("7", None, False, None)
    assert event.other == {name: value for name, value in wrong.items() if value is not None}


def test_a_secret_in_what_a_vendor_adds_is_kept_out_of_the_event(world: World) -> None:
    sent = {**OF_21["NotifyDERStartStop"], "customData": {"vendorId": "com.acme", "password": "hunter22"}}
    (event,) = world.tell("NotifyDERStartStop", sent).events
    assert isinstance(event, events.GridControlSwitched)
    assert "hunter22" not in str(event.other)
    assert event.other["customData"]["vendorId"] == "com.acme"
