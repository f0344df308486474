"""The official schemas as judge."""

import subprocess
import sys
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.ocpp.schemas import Judge, actions, judge, nearest_action, schema

V16, V201, V21 = Version


def of(version: Version, action: str, answer: bool = False) -> Judge:
    found = judge(version, action, answer)
    assert found is not None
    return found


def told(action: str, payload: Any) -> list[tuple[str, str]]:
    return [(each.path, each.rule) for each in of(V16, action).violations(payload)]


def test_every_action_of_every_version_has_a_judge_both_ways() -> None:
    assert [len(actions(version)) for version in Version] == [39, 64, 90]
    for version in Version:
        for action in actions(version):
            assert judge(version, action) and judge(version, action, answer=True)


def test_an_unknown_action_has_no_judge() -> None:
    for name in ("Foo", "", "../v201/Reset", "ResetResponse", "heartbeat"):
        assert judge(V16, name) is None
        with pytest.raises(KeyError):
            schema(V16, name)


def test_a_schema_can_be_shown() -> None:
    assert schema(V16, "Reset")["properties"]["type"]["enum"] == ["Hard", "Soft"]
    assert "status" in schema(V201, "Reset", answer=True)["properties"]


def test_a_mistyped_action_has_a_nearest_one() -> None:
    assert nearest_action(V16, "remotestartTransacton") == "RemoteStartTransaction"
    assert nearest_action(V16, "zzz") is None


def test_violations_name_the_place_and_the_rule() -> None:
    sample = {"value": 5, "unit": "Hz"}  # OpenEVSE ha#210, ChargeAmps ha#1576
    assert sorted(told("MeterValues", {"meterValue": [{"sampledValue": [sample], "x": 1}]})) == [
        ("connectorId", "required"),
        ("meterValue[0].sampledValue[0].unit", "enum"),
        ("meterValue[0].sampledValue[0].value", "type"),
        ("meterValue[0].timestamp", "required"),
        ("meterValue[0].x", "additionalProperties"),
    ]


def test_an_overlong_text_is_a_violation() -> None:  # steve#1259
    assert told("Authorize", {"idTag": "x" * 21}) == [("idTag", "maxLength")]


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_what_is_no_integer_is_a_type_violation(value: Any) -> None:  # F-13
    assert told("StatusNotification", {"connectorId": value, "errorCode": "NoError", "status": "Available"}) == [
        ("connectorId", "type")
    ]


def test_the_form_of_a_time_is_left_to_its_reader() -> None:  # V-04, Growatt evcc#10399
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": "2026-01-01 00:00"}
    assert of(V16, "StatusNotification").valid(status)


def limit_payload(tenths: int) -> dict[str, Any]:
    period = {"startPeriod": 0, "limit": tenths / 10}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    profile = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile"}
    return {
        "connectorId": 1,
        "csChargingProfiles": {**profile, "chargingProfileKind": "Absolute", "chargingSchedule": schedule},
    }


def test_every_limit_with_one_decimal_is_a_multiple_of_a_tenth() -> None:  # core#959: 8.1 was refused
    assert [tenths for tenths in range(4010) if not of(V16, "SetChargingProfile").valid(limit_payload(tenths))] == []
    assert not of(V16, "SetChargingProfile").valid(limit_payload(1) | {"connectorId": 8.15})


def test_violations_are_short_printable_and_not_endless() -> None:
    hostile = {f"\x1b[3{number}m" + "x" * 500: 1 for number in range(1000)}
    violations = of(V16, "Heartbeat").violations(hostile)
    assert 0 < len(violations) <= 50
    assert all(each.path.isprintable() and len(each.path) <= 200 for each in violations)
    long = of(V16, "Reset").violations({"type": "\x07" + "y" * 999})[0]
    assert long.message.isprintable() and len(long.message) <= 200


def test_the_messages_of_the_ocpp_package_are_not_imported() -> None:
    code = "import sys; from cpoctl.ocpp import *; from cpoctl.ocpp import Version, schemas; schemas.judge(Version.V16, 'Reset'); print([m for m in sys.modules if m.startswith('ocpp.')])"  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
