"""What the messages of every version say to whoever looks at frames. OCPP 1.6 §4 · OCPP 2.0.1 B01, E01 to E08, G01, J02"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.ocpp import heard
from cpoctl.ocpp.heard import BEGUN, ENDED, GOES_ON, Boot, State, Step

AT = "2026-11-22T12:00:00Z"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(
        {"timestamp", "evseId", "connectorId", "connectorStatus", "status", "eventData", "component", "variable", "evse",
         "id", "eventType", "transactionInfo", "transactionId", "meterValue", "sampledValue", "value", "unit", "phase",
         "unitOfMeasure", "multiplier", "measurand", "chargingStation", "idTokenInfo", "meterStart"}
    )), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


def event(kind: str, *values: Any, **more: Any) -> dict[str, Any]:
    """A TransactionEvent."""
    metered = {"meterValue": [{"timestamp": AT, "sampledValue": list(values)}]} if values else {}
    return {"eventType": kind, "timestamp": AT, "transactionInfo": {"transactionId": "T-1", **more}, **metered}


@pytest.mark.parametrize(
    "payload",
    [
        {"chargePointVendor": "A", "chargePointModel": "B", "chargeBoxSerialNumber": "S", "firmwareVersion": "1"},
        {"chargingStation": {"vendorName": "A", "model": "B", "serialNumber": "S", "firmwareVersion": "1"}},
    ],
)
def test_a_boot_says_what_the_charger_is(payload: dict[str, Any]) -> None:
    assert heard.boot(payload) == Boot("A", "B", "S", "1")


@pytest.mark.parametrize(
    ("action", "payload", "state"),
    [
        ("StatusNotification", {"connectorId": 2, "status": "Faulted", "errorCode": "GroundFailure", "timestamp": AT},
         State(2, 1, "Faulted", "GroundFailure", AT)),
        ("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
         State(1, 1, "Available", None, None)),
        ("StatusNotification", {"evseId": 1, "connectorId": 2, "connectorStatus": "Occupied", "timestamp": AT},
         State(1, 2, "Occupied", None, AT)),
        ("NotifyEvent", {"eventData": [{"timestamp": AT, "actualValue": "Occupied",
                                        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
                                        "variable": {"name": "AvailabilityState"}}]},
         State(1, 2, "Occupied", None, AT)),
    ],
)  # fmt: skip
def test_a_connector_tells_its_state(action: str, payload: dict[str, Any], state: State) -> None:
    assert heard.states(action, payload) == [state]
    assert heard.times(action, payload) == ([state.at] if state.at else [])


REGISTER = {"value": 1.5, "context": "Transaction.Begin", "unitOfMeasure": {"unit": "kWh"}}


@pytest.mark.parametrize(
    ("action", "payload", "answer", "step"),
    [
        ("StartTransaction", {"connectorId": 1, "meterStart": 100},
         {"transactionId": 7, "idTagInfo": {"status": "Accepted"}}, Step(BEGUN, "7", 1, None, "Accepted", 100)),
        ("StopTransaction", {"transactionId": 7, "meterStop": 200}, {}, Step(ENDED, "7", None, None, None, 200)),
        ("MeterValues", {"connectorId": 1, "transactionId": 7}, {}, Step(GOES_ON, "7", 1, None, None, None)),
        ("TransactionEvent", event("Started", REGISTER) | {"evse": {"id": 1}}, {},
         Step(BEGUN, "T-1", 1, None, None, 1500)),
        ("TransactionEvent", event("Updated", remoteStartId=9), {"idTokenInfo": {"status": "Blocked"}},
         Step(GOES_ON, "T-1", None, 9, "Blocked", None)),
        ("TransactionEvent", event("Ended", {"value": 16}, {"value": 17, "unitOfMeasure": {"multiplier": 2}}), {},
         Step(ENDED, "T-1", None, None, None, 1700)),
    ],
)  # fmt: skip
def test_a_session_begins_goes_on_and_ends(
    action: str, payload: dict[str, Any], answer: dict[str, Any], step: Step
) -> None:
    assert heard.step(action, payload, answer) == step


def test_a_car_charges_by_status_or_by_transaction() -> None:
    assert heard.charges("StatusNotification", {"connectorId": 1, "status": "Charging"}, 1, "7")
    assert not heard.charges("StatusNotification", {"connectorId": 2, "status": "Charging"}, 1, "7")
    assert heard.charges("TransactionEvent", event("Updated", chargingState="Charging"), 1, "T-1")
    assert not heard.charges("TransactionEvent", event("Updated", chargingState="Charging"), 1, "T-2")


def test_readings_are_told_with_phase_and_unit() -> None:
    old = {"meterValue": [{"sampledValue": [{"value": "7", "measurand": "Voltage", "phase": "L1", "unit": "V"}]}]}
    new = event("Updated", {"value": 7.5, "measurand": "Voltage", "phase": "L1", "unitOfMeasure": {"unit": "V"}})
    assert list(heard.readings(old)) == [("Voltage L1", "7 V")]
    assert list(heard.readings(new)) == [("Voltage L1", "7.5 V")]


def test_the_time_of_what_happened_offline_is_no_clock() -> None:
    assert heard.times("TransactionEvent", event("Started")) == [AT]
    assert heard.times("TransactionEvent", event("Started") | {"offline": True}) == []


@given(
    st.sampled_from(["StatusNotification", "NotifyEvent", "TransactionEvent", "StartTransaction", "MeterValues"]),
    JSON,
    JSON,
)
def test_whatever_a_frame_holds_is_read(action: str, payload: Any, answer: Any) -> None:
    whole, said = (
        each if isinstance(each, dict) else {"meterValue": each, "eventData": each} for each in (payload, answer)
    )
    heard.boot(whole)
    heard.step(action, whole, said)
    heard.times(action, whole)
    heard.charges(action, whole, 1, "1")
    heard.place(whole)
    list(heard.readings(whole))
