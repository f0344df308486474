"""What chargers are told to do, in the words of each version. OCPP 1.6 §5.2 to §5.18 · OCPP 2.0.1 A01, C11, F05, F06, G03, G04"""

from typing import Any

import pytest

from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.chargers import ChangeAvailability, ClearCache, SetPassword, Trigger, Unlock
from cpoctl.ocpp.asks.reset import Reset
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

PASSWORD = "0123456789abcdef"


def trigger(message: str, **more: Any) -> Becomes:
    """What 2.x is asked for."""
    return both("TriggerMessage", {**more, "requestedMessage": message})


CASES: list[tuple[Ask, Becomes]] = [
    (
        ChangeAvailability(operative=False),
        {
            V16: ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
            **both("ChangeAvailability", {"operationalStatus": "Inoperative"}),
        },
    ),
    (
        ChangeAvailability(operative=True, evse_id=2),
        {
            V16: ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
            **both("ChangeAvailability", {"evse": {"id": 2}, "operationalStatus": "Operative"}),
        },
    ),
    (
        ChangeAvailability(operative=True, evse_id=2, connector_id=1),
        {
            V16: ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
            **both("ChangeAvailability", {"evse": {"id": 2, "connectorId": 1}, "operationalStatus": "Operative"}),
        },
    ),
    (
        ChangeAvailability(operative=True, evse_id=2, connector_id=3),
        both("ChangeAvailability", {"evse": {"id": 2, "connectorId": 3}, "operationalStatus": "Operative"}),
    ),
    (
        Unlock(evse_id=2),
        {V16: ("UnlockConnector", {"connectorId": 2}), **both("UnlockConnector", {"evseId": 2, "connectorId": 1})},
    ),
    (Unlock(evse_id=2, connector_id=2), both("UnlockConnector", {"evseId": 2, "connectorId": 2})),
    (ClearCache(), {V16: ("ClearCache", {}), **both("ClearCache", {})}),
    (
        SetPassword(password=PASSWORD),
        {
            V16: ("ChangeConfiguration", {"key": "AuthorizationKey", "value": PASSWORD}),
            **both(
                "SetVariables",
                {
                    "setVariableData": [
                        {
                            "attributeValue": PASSWORD,
                            "component": {"name": "SecurityCtrlr"},
                            "variable": {"name": "BasicAuthPassword"},
                        }
                    ]
                },
            ),
        },
    ),
    (
        Trigger(message="MeterValues", evse_id=2),
        {
            V16: ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2}),
            **trigger("MeterValues", evse={"id": 2}),
        },
    ),
    (
        Trigger(message="StatusNotification", extended=True),
        {V16: ("ExtendedTriggerMessage", {"requestedMessage": "StatusNotification"}), **trigger("StatusNotification")},
    ),
    (
        Trigger(message="SignChargePointCertificate"),
        {
            V16: ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}),
            **trigger("SignChargingStationCertificate"),
        },
    ),
    (
        Trigger(message="DiagnosticsStatusNotification"),
        {
            V16: ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}),
            **trigger("LogStatusNotification"),
        },
    ),
    (
        Trigger(message="TransactionEvent", evse_id=1, connector_id=2),
        trigger("TransactionEvent", evse={"id": 1, "connectorId": 2}),
    ),
    (
        Trigger(message="CustomTrigger", custom="Siren"),
        {V21: ("TriggerMessage", {"requestedMessage": "CustomTrigger", "customTrigger": "Siren"})},
    ),
    (Reset(hard=True), {V16: ("Reset", {"type": "Hard"}), **both("Reset", {"type": "Immediate"})}),
    (Reset(), {V16: ("Reset", {"type": "Soft"}), **both("Reset", {"type": "OnIdle"})}),
    (Reset(evse_id=1), both("Reset", {"type": "OnIdle", "evseId": 1})),
    (Reset(hard=True, resume=True), {V21: ("Reset", {"type": "ImmediateAndResume"})}),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


def test_only_what_1_6_can_be_asked_for_in_two_ways_is_said_to_have_two() -> None:
    assert Trigger(message="Heartbeat").two_ways(V16)
    assert not Trigger(message="Heartbeat").two_ways(V201)
    assert not Trigger(message="LogStatusNotification").two_ways(V16)


def test_of_what_is_lacking_it_is_told_which_versions_have_it() -> None:
    with pytest.raises(Unsupported, match="knows one connector") as lacking:
        Unlock(evse_id=1, connector_id=2).request(Version.V16)
    assert lacking.value.detail["needs"] == ["2.0.1", "2.1"]
