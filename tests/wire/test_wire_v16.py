"""Every 1.6 message that cpoctl reads, as it is on the wire: judged by the official schema, read, and written back."""

import json
from typing import Any

import msgspec
import pytest

from cpoctl.ocpp import Version, v16
from cpoctl.ocpp.frames import Call, CallResult, encode_call, encode_result, parse
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import judge

NOW = "2026-01-01T12:00:00Z"

REQUESTS: list[tuple[str, v16.Request]] = [
    ('[2,"1","Authorize",{"idTag":"04A1B2C3"}]', v16.Authorize(id_tag="04A1B2C3")),
    (
        '[2,"1","BootNotification",{"chargePointVendor":"Acme","chargePointModel":"One","chargePointSerialNumber":"S1",'
        '"chargeBoxSerialNumber":"B1","firmwareVersion":"1.2","iccid":"89","imsi":"26","meterType":"M","meterSerialNumber":"MS"}]',
        v16.BootNotification("Acme", "One", "S1", "B1", "1.2", "89", "26", "M", "MS"),
    ),
    (
        '[2,"1","DataTransfer",{"vendorId":"com.acme","messageId":"ping","data":"{\\"a\\":1}"}]',
        v16.DataTransfer("com.acme", "ping", '{"a":1}'),
    ),
    (
        '[2,"1","DiagnosticsStatusNotification",{"status":"Uploaded"}]',
        v16.DiagnosticsStatusNotification("Uploaded"),
    ),
    ('[2,"1","FirmwareStatusNotification",{"status":"Installed"}]', v16.FirmwareStatusNotification("Installed")),
    ('[2,"1","Heartbeat",{}]', v16.Heartbeat()),
    (
        '[2,"1","LogStatusNotification",{"status":"Uploading","requestId":7}]',
        v16.LogStatusNotification("Uploading", 7),
    ),
    (
        '[2,"1","MeterValues",{"connectorId":1,"transactionId":9,"meterValue":[{"timestamp":"2026-01-01T12:00:00Z",'
        '"sampledValue":[{"value":"12.5","context":"Sample.Periodic","format":"Raw","measurand":"Current.Import",'
        '"phase":"L1","location":"Outlet","unit":"A"},{"value":"1500"}]}]}]',
        v16.MeterValues(
            1,
            9,
            [
                v16.MeterValue(
                    NOW,
                    [
                        v16.SampledValue("12.5", "Sample.Periodic", "Raw", "Current.Import", "L1", "Outlet", "A"),
                        v16.SampledValue("1500"),
                    ],
                )
            ],
        ),
    ),
    (
        '[2,"1","SecurityEventNotification",{"type":"StartupOfTheDevice","timestamp":"2026-01-01T12:00:00Z","techInfo":"x"}]',
        v16.SecurityEventNotification("StartupOfTheDevice", NOW, "x"),
    ),
    ('[2,"1","SignCertificate",{"csr":"-----BEGIN"}]', v16.SignCertificate("-----BEGIN")),
    (
        '[2,"1","SignedFirmwareStatusNotification",{"status":"SignatureVerified","requestId":3}]',
        v16.SignedFirmwareStatusNotification("SignatureVerified", 3),
    ),
    (
        '[2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":100,"reservationId":5,'
        '"timestamp":"2026-01-01T12:00:00Z"}]',
        v16.StartTransaction(1, "A", 100, 5, NOW),
    ),
    (
        '[2,"1","StatusNotification",{"connectorId":0,"errorCode":"OtherError","info":"i","status":"Faulted",'
        '"timestamp":"2026-01-01T12:00:00Z","vendorId":"v","vendorErrorCode":"E7"}]',
        v16.StatusNotification(0, "OtherError", "i", "Faulted", NOW, "v", "E7"),
    ),
    (
        '[2,"1","StopTransaction",{"idTag":"A","meterStop":900,"timestamp":"2026-01-01T12:00:00Z","transactionId":9,'
        '"reason":"EVDisconnected","transactionData":[{"timestamp":"2026-01-01T12:00:00Z","sampledValue":[{"value":"9"}]}]}]',
        v16.StopTransaction("A", 900, NOW, 9, "EVDisconnected", [v16.MeterValue(NOW, [v16.SampledValue("9")])]),
    ),
]

ANSWERS: list[tuple[str, str, v16.Message]] = [
    (
        "GetConfiguration",
        '[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}],"unknownKey":["Foo"]}]',
        v16.GetConfigurationAnswer([v16.KeyValue("HeartbeatInterval", False, "300")], ["Foo"]),
    ),
    *((action, '[3,"1",{"status":"Accepted"}]', v16.Status("Accepted")) for action in (
        "ChangeConfiguration", "RemoteStartTransaction", "RemoteStopTransaction", "Reset", "ClearCache",
        "ChangeAvailability", "TriggerMessage", "SetChargingProfile", "ReserveNow", "CancelReservation", "SendLocalList",
    )),
]  # fmt: skip


def sent(struct: v16.Message) -> Any:
    """Show a struct as its sender would have: by the standard's names, without what is missing."""
    pairs = zip(struct.__struct_encode_fields__, msgspec.structs.astuple(struct), strict=True)
    return {key: _sent(value) for key, value in pairs if value is not None}


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        return [_sent(each) for each in value]
    return sent(value) if isinstance(value, v16.Message) else value


@pytest.mark.parametrize(("text", "struct"), REQUESTS, ids=lambda each: type(each).__name__)
def test_a_request_is_valid_and_read(text: str, struct: v16.Request) -> None:
    action = type(struct).__name__
    call = parse(text, Version.V16)
    assert isinstance(call, Call)
    judged = judge(Version.V16, action)
    assert judged is not None
    assert (call.action, judged.violations(call.payload)) == (action, [])
    assert read(v16.REQUESTS[action], call.payload) == (struct, [])


@pytest.mark.parametrize(("text", "struct"), REQUESTS, ids=lambda each: type(each).__name__)
def test_a_request_is_written_as_it_came(text: str, struct: v16.Request) -> None:
    assert encode_call("1", type(struct).__name__, sent(struct)) == text.encode()


@pytest.mark.parametrize(("action", "text", "struct"), ANSWERS)
def test_an_answer_is_valid_and_read_and_written_as_it_came(action: str, text: str, struct: v16.Message) -> None:
    result = parse(text, Version.V16)
    assert isinstance(result, CallResult)
    judged = judge(Version.V16, action, answer=True)
    assert judged is not None
    assert judged.violations(result.payload) == []
    assert read(type(struct), result.payload) == (struct, [])
    assert encode_result("1", sent(struct)) == text.encode()


def test_every_request_that_is_read_is_shown_here() -> None:
    assert sorted(type(struct).__name__ for _, struct in REQUESTS) == sorted(v16.REQUESTS)


@pytest.mark.parametrize("action", v16.REQUESTS)
def test_a_struct_has_exactly_the_fields_of_the_standard(action: str) -> None:
    from cpoctl.ocpp.schemas import schema

    assert set(v16.REQUESTS[action].__struct_encode_fields__) == set(schema(Version.V16, action).get("properties", {}))


@pytest.mark.parametrize("action", v16.REQUESTS)
def test_without_any_field_the_official_judge_and_the_reader_agree_on_what_is_missing(action: str) -> None:
    judged = judge(Version.V16, action)
    assert judged is not None
    required = json.loads(json.dumps(judged.violations({}), default=lambda each: each.path))
    assert set(required) <= set(v16.REQUESTS[action].__struct_encode_fields__)
    assert read(v16.REQUESTS[action], {}) == (v16.REQUESTS[action](), [])
