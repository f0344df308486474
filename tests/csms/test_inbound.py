"""The other messages of a 1.6 charger, over the wire and judged by the official schemas. OCPP 1.6 §4"""

import json
from typing import Any

import pytest

from cpoctl.csms.actions import ACTIONS
from cpoctl.ocpp import Version, v16
from tests.csms.conftest import Make
from tests.support.csms import BOOT, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


def status(word: str, at: str | None = None, connector: int = 1, **more: Any) -> dict[str, Any]:
    """A StatusNotification."""
    told = {"connectorId": connector, "errorCode": "NoError", "status": word, **more}
    return {**told, "timestamp": at} if at else told


def test_every_message_that_a_1_6_charger_may_send_is_served() -> None:
    assert sorted(ACTIONS[Version.V16]) == sorted(v16.REQUESTS)


@pytest.mark.parametrize(
    ("action", "payload", "answer"),
    [
        ("DataTransfer", {"vendorId": "nobody", "data": "x"}, {"status": "UnknownVendorId"}),
        ("DiagnosticsStatusNotification", {"status": "Uploading"}, {}),
        ("FirmwareStatusNotification", {"status": "Downloading"}, {}),
        ("LogStatusNotification", {"status": "Uploading", "requestId": 7}, {}),
        ("SignedFirmwareStatusNotification", {"status": "SignatureVerified", "requestId": 7}, {}),
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": "2026-11-22T13:00:00Z"}, {}),
        ("SignCertificate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----"}, {"status": "Rejected"}),
        ("Heartbeat", {}, {"currentTime": "2026-11-22T14:00:00Z"}),
    ],
)
async def test_a_message_is_answered_and_leaves_its_trace(
    csms: Csms, charger: RawCharger, action: str, payload: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert await charger.call(action, payload) == answer
    exchange = (await csms.rows("SELECT request, answer, outcome FROM journal WHERE action = ?", action))[0]
    assert (json.loads(exchange["request"])[3], exchange["outcome"]) == (payload, "result")
    assert json.loads(exchange["answer"])[2] == answer


async def test_each_report_of_a_charger_becomes_an_event(csms: Csms, charger: RawCharger) -> None:
    await charger.call("FirmwareStatusNotification", {"status": "Installed"})
    await charger.call("LogStatusNotification", {"status": "Uploaded", "requestId": 7})
    await charger.call("SignCertificate", {"csr": "c"})
    await charger.call("DataTransfer", {"vendorId": "v", "messageId": "m"})
    told = await csms.rows("SELECT type FROM event ORDER BY seq DESC LIMIT 4")
    assert {row["type"] for row in told} == {
        "FirmwareStatusReported", "DiagnosticsStatusReported", "CertificateRequested", "DataReceived",
    }  # fmt: skip
    assert await csms.rows("SELECT csr, status FROM signing_request") == [{"csr": "c", "status": "Rejected"}]


async def test_a_known_vendor_is_answered_by_its_file(charger: RawCharger) -> None:
    payload = {"vendorId": "org.openchargealliance.costmsg", "messageId": "ConnectorUnplugged", "data": "{}"}
    assert (await charger.call("DataTransfer", payload))["status"] == "Accepted"
    assert (await charger.call("DataTransfer", payload | {"messageId": "x"}))["status"] == "UnknownMessageId"


async def test_a_boot_is_remembered(csms: Csms, charger: RawCharger) -> None:
    told = BOOT | {"firmwareVersion": "1.2", "chargeBoxSerialNumber": "S1", "meterType": "M", "iccid": "8944"}
    answer = await charger.call("BootNotification", told)
    assert answer == {"status": "Accepted", "currentTime": "2026-11-22T14:00:00Z", "interval": 300}
    await csms.restart()
    known = csms.known()
    assert (known.vendor, known.model, known.firmware, known.serial) == ("Acme", "AC-22", "1.2", "S1")


async def test_the_heartbeat_interval_is_told_at_the_boot(make_csms: Make) -> None:
    csms = await make_csms(heartbeat=42, accept_all=True)
    assert (await (await csms.dial()).call("BootNotification", BOOT))["interval"] == 42


async def test_times_are_told_in_whole_seconds_of_utc(csms: Csms, charger: RawCharger) -> None:
    csms.clock.move(1.987)
    assert (await charger.call("Heartbeat", {}))["currentTime"] == "2026-11-22T14:00:01Z"


async def test_answers_are_compact(charger: RawCharger, csms: Csms) -> None:
    await charger.call("BootNotification", BOOT, "b")
    answer = (await csms.rows("SELECT answer FROM journal WHERE message_id = 'b'"))[0]["answer"]
    assert " " not in answer


@pytest.mark.parametrize(
    ("action", "code"), [("Reset", "NotSupported"), ("Bogus", "NotImplemented"), ("TransactionEvent", "NotImplemented")]
)
async def test_an_action_that_is_not_for_us_is_refused(charger: RawCharger, action: str, code: str) -> None:
    assert (await charger.exchange(action, {}))[2] == code
    await charger.synced()


# Status


async def test_the_newest_status_is_shown_and_all_are_kept(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", status("Preparing", "2026-11-22T13:00:00Z"))
    await charger.call("StatusNotification", status("Charging", "2026-11-22T13:01:00Z"))
    await charger.call("StatusNotification", status("Available", "2026-11-22T12:00:00Z"))  # replayed late
    assert csms.known().evses[1].status == "Charging"
    assert [row["status"] for row in await csms.rows("SELECT status FROM evse")] == ["Charging"]
    assert await csms.count("status_change") == 3


async def test_a_status_without_a_believable_time_is_the_newest(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", status("Charging", "2026-11-22T13:01:00Z"))
    await charger.call("StatusNotification", status("Finishing", "1970-01-01T00:00:00Z"))
    assert csms.known().evses[1].status == "Finishing"
    await charger.call("StatusNotification", status("Available"))
    assert csms.known().evses[1].status == "Available"


async def test_an_unknown_status_and_error_are_kept_as_sent_and_noted_as_quirks(
    csms: Csms, charger: RawCharger
) -> None:
    await charger.call("StatusNotification", status("Dozing", errorCode="Error", vendorErrorCode="E" * 60))
    evse = csms.known().evses[1]
    assert (evse.status, evse.error_code, evse.vendor_error_code) == ("Dozing", "Error", "E" * 60)
    paths = await csms.rows("SELECT path FROM violation ORDER BY path")
    assert [row["path"] for row in paths] == ["errorCode", "status", "vendorErrorCode"]


async def test_statuses_survive_a_restart(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", status("Faulted", errorCode="GroundFailure", connector=2))
    await csms.restart()
    evse = csms.known().evses[2]
    assert (evse.status, evse.error_code) == ("Faulted", "GroundFailure")


# Security events


async def test_a_security_event_told_again_is_kept_and_told_once(csms: Csms, charger: RawCharger) -> None:
    event = {"type": "TamperDetectionActivated", "timestamp": "2199-01-01T00:00:00Z", "techInfo": "lid"}
    for _ in range(3):
        assert await charger.call("SecurityEventNotification", event) == {}
    assert await csms.count("security_event") == 1
    assert await csms.count("event WHERE type = 'SecurityEventReported'") == 1


# Shapes


@pytest.mark.parametrize("action", sorted(v16.REQUESTS))
@pytest.mark.parametrize("payload", [{}, None, {"unknown": {"deep": [1]}}], ids=repr)
async def test_a_message_without_any_field_is_answered_with_a_result(
    charger: RawCharger, action: str, payload: Any
) -> None:
    await charger.call(action, payload)


@pytest.mark.parametrize("action", sorted(v16.REQUESTS))
@pytest.mark.parametrize(
    "value", [True, 2**80, -1, 1e308, [], [{}], {"a": None}, "x" * 70_000], ids=lambda v: str(v)[:9]
)
async def test_a_message_with_the_same_wrong_value_everywhere_is_answered_with_a_result(
    charger: RawCharger, action: str, value: Any
) -> None:
    fields = v16.REQUESTS[action].__struct_encode_fields__
    await charger.call(action, dict.fromkeys(fields, value))
    await charger.synced()


async def test_everything_of_a_session_may_be_null(charger: RawCharger) -> None:
    for action, payload in [
        ("StartTransaction", start()),
        ("MeterValues", metered(1, 1)),
        ("StopTransaction", stop(1)),
    ]:
        await charger.call(action, dict.fromkeys(payload))
