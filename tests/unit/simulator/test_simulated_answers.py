"""Every answer of a simulated charger, literally, and judged by the official schemas. OCPP 1.6 §5, whitepaper §4"""

from typing import Any

import pytest

from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.simulator.answers import actions, answer_to
from tests.simulator.judge import SCHEMAS, faults

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
FROM_CHARGERS = {
    "Authorize",
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
}


def profile(purpose: str = "TxDefaultProfile", level: int = 0, **more: Any) -> dict[str, Any]:
    schedule = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7000}]}
    kind = {"chargingProfileKind": "Relative", "chargingSchedule": schedule}
    return {"chargingProfileId": 1, "stackLevel": level, "chargingProfilePurpose": purpose, **kind, **more}


def firmware(certificate: str = PEM, location: str = "https://files.test/fw-2.bin") -> dict[str, Any]:
    signed = {"signingCertificate": certificate, "signature": "c2ln"}
    at = {"location": location, "retrieveDateTime": "2026-03-01T08:00:00Z"}
    return {"requestId": 4, "firmware": at | signed}


RESERVATION = {"connectorId": 1, "expiryDate": "2026-03-01T10:00:00Z", "idTag": "T", "reservationId": 5}
LOG = {"logType": "SecurityLog", "requestId": 1}
TAGS = [{"idTag": "T", "idTagInfo": {"status": "Accepted"}}]
CERTIFICATE = {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "0", "issuerKeyHash": "0", "serialNumber": "0"}

ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("RemoteStartTransaction", {"idTag": "T"}, "Accepted"),
    ("RemoteStartTransaction", {"idTag": "T", "connectorId": 99}, "Rejected"),
    ("RemoteStopTransaction", {"transactionId": 12}, "Rejected"),
    ("UnlockConnector", {"connectorId": 1}, "Unlocked"),
    ("UnlockConnector", {"connectorId": 99}, "NotSupported"),
    ("Reset", {"type": "Soft"}, "Accepted"),
    ("Reset", {"type": "Hard"}, "Accepted"),
    ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, "Accepted"),
    ("ChangeAvailability", {"connectorId": 99, "type": "Inoperative"}, "Rejected"),
    ("ClearCache", {}, "Accepted"),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "30"}, "Accepted"),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "soon"}, "Rejected"),
    ("ChangeConfiguration", {"key": "NumberOfConnectors", "value": "9"}, "Rejected"),
    ("ChangeConfiguration", {"key": "SecurityProfile", "value": "1"}, "RebootRequired"),
    ("ChangeConfiguration", {"key": "Nonsense", "value": "9"}, "NotSupported"),
    ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "SoC,Voltage"}, "Accepted"),
    ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "Happiness"}, "Rejected"),
    ("TriggerMessage", {"requestedMessage": "StatusNotification"}, "Accepted"),
    ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 99}, "Rejected"),
    ("ExtendedTriggerMessage", {"requestedMessage": "LogStatusNotification"}, "Accepted"),
    ("DataTransfer", {"vendorId": "Simulated", "messageId": "Echo", "data": "hi"}, "Accepted"),
    ("DataTransfer", {"vendorId": "Simulated", "messageId": "Other"}, "UnknownMessageId"),
    ("DataTransfer", {"vendorId": "Nobody"}, "UnknownVendorId"),
    ("GetLog", LOG | {"log": {"remoteLocation": "ftp://files.test/"}}, "Accepted"),
    ("GetLog", LOG | {"log": {"remoteLocation": "nowhere"}}, "Rejected"),
    ("SignedUpdateFirmware", firmware(), "Accepted"),
    ("SignedUpdateFirmware", firmware(certificate="not one"), "InvalidCertificate"),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": TAGS}, "Accepted"),
    ("SendLocalList", {"listVersion": 0, "updateType": "Differential"}, "VersionMismatch"),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": TAGS * 101}, "Failed"),
    ("ReserveNow", RESERVATION, "Accepted"),
    ("ReserveNow", RESERVATION | {"connectorId": 0}, "Rejected"),
    ("ReserveNow", RESERVATION | {"connectorId": 99}, "Rejected"),
    ("CancelReservation", {"reservationId": 5}, "Rejected"),
    ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile()}, "Accepted"),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile("TxProfile")}, "Rejected"),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile("ChargePointMaxProfile")}, "Rejected"),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(level=99)}, "Rejected"),
    ("SetChargingProfile", {"connectorId": 99, "csChargingProfiles": profile()}, "Rejected"),
    ("ClearChargingProfile", {"id": 7}, "Unknown"),
    ("GetCompositeSchedule", {"connectorId": 0, "duration": 3600}, "Accepted"),
    ("GetCompositeSchedule", {"connectorId": 99, "duration": 3600}, "Rejected"),
    ("CertificateSigned", {"certificateChain": PEM}, "Accepted"),
    ("CertificateSigned", {"certificateChain": "nonsense"}, "Rejected"),
    ("InstallCertificate", CERTIFICATE, "Accepted"),
    ("InstallCertificate", CERTIFICATE | {"certificate": "nonsense"}, "Rejected"),
    ("DeleteCertificate", {"certificateHashData": HASH}, "NotFound"),
    ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}, "NotFound"),
]


@pytest.fixture
def charger() -> VirtualCharger:
    return VirtualCharger("ws://127.0.0.1:9", "CP-1", connectors=2, time=ManualTime())


def ask(charger: VirtualCharger, action: str, request: dict[str, Any]) -> dict[str, Any]:
    """Give the charger's answer; request and answer satisfy the schemas."""
    assert faults(action, request) == []
    find = answer_to(action)
    assert find is not None
    answer = find(charger, request).payload
    assert faults(action, answer, answer=True) == []
    return answer


@pytest.mark.parametrize(("action", "request_", "status"), ANSWERS)
def test_a_charger_answers_as_real_ones_do(
    charger: VirtualCharger, action: str, request_: dict[str, Any], status: str
) -> None:
    assert ask(charger, action, request_)["status"] == status


def test_every_action_of_the_server_has_an_answer() -> None:
    every = {path.stem for path in SCHEMAS.glob("*.json") if not path.stem.endswith("Response")}
    assert actions() == every - FROM_CHARGERS | {"DataTransfer"}


def test_all_settings_are_told_but_secrets(charger: VirtualCharger) -> None:
    told = {each["key"]: each for each in ask(charger, "GetConfiguration", {})["configurationKey"]}
    assert told["NumberOfConnectors"] == {"key": "NumberOfConnectors", "readonly": True, "value": "2"}
    assert told["HeartbeatInterval"]["readonly"] is False
    assert "AuthorizationKey" not in told
    assert len(told) > 30


def test_unknown_and_secret_keys_are_named_as_unknown(charger: VirtualCharger) -> None:
    answer = ask(charger, "GetConfiguration", {"key": ["heartbeatINTERVAL", "Nonsense", "AuthorizationKey"]})
    assert [each["key"] for each in answer["configurationKey"]] == ["HeartbeatInterval"]
    assert answer["unknownKey"] == ["Nonsense", "AuthorizationKey"]


def test_diagnostics_for_an_address_that_no_charger_can_reach_name_no_file(charger: VirtualCharger) -> None:
    assert ask(charger, "GetDiagnostics", {"location": "gopher://files.test"}) == {}


def test_a_local_list_is_known_by_its_version(charger: VirtualCharger) -> None:
    assert ask(charger, "GetLocalListVersion", {}) == {"listVersion": 0}
    ask(charger, "SendLocalList", {"listVersion": 7, "updateType": "Full", "localAuthorizationList": TAGS})
    assert ask(charger, "GetLocalListVersion", {}) == {"listVersion": 7}
    assert charger.tags.offline("t") == "Accepted"


def test_a_list_that_is_switched_off_has_no_version(charger: VirtualCharger) -> None:
    ask(charger, "ChangeConfiguration", {"key": "LocalAuthListEnabled", "value": "false"})
    assert ask(charger, "GetLocalListVersion", {}) == {"listVersion": -1}
    assert ask(charger, "SendLocalList", {"listVersion": 1, "updateType": "Full"}) == {"status": "NotSupported"}


def test_an_installed_certificate_can_be_listed_and_deleted(charger: VirtualCharger) -> None:
    ask(charger, "InstallCertificate", CERTIFICATE)
    kind = {"certificateType": "CentralSystemRootCertificate"}
    (listed,) = ask(charger, "GetInstalledCertificateIds", kind)["certificateHashData"]
    assert ask(charger, "DeleteCertificate", {"certificateHashData": listed}) == {"status": "Accepted"}
    assert ask(charger, "GetInstalledCertificateIds", kind) == {"status": "NotFound"}


def test_there_is_no_cache_to_clear_where_none_is_kept(charger: VirtualCharger) -> None:
    ask(charger, "ChangeConfiguration", {"key": "AuthorizationCacheEnabled", "value": "false"})
    assert ask(charger, "ClearCache", {}) == {"status": "Rejected"}
