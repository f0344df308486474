"""What chargers of 2.x want that cannot be had here, and how far their transfers come. OCPP 2.0.1 A02, L01, L03, M01, M06, N01"""

from typing import Any

import pytest

from cpoctl import events
from cpoctl.ocpp import Version
from cpoctl.store import rows
from tests.csms.worlds import World

HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "9c1f", "issuerKeyHash": "07ab", "serialNumber": "4e"}
both = pytest.mark.parametrize("version", [Version.V201, Version.V21])


@both
def test_a_certificate_to_be_signed_is_kept_with_what_it_is_for_and_refused(version: Version) -> None:
    """A02.FR.04: Accepted would promise a CertificateSigned."""
    world = World(version)
    call = {"csr": "c", "certificateType": "V2GCertificate", **({"requestId": 9} if version is Version.V21 else {})}
    told = world.tell("SignCertificate", call)
    assert (told.answer["status"], told.answer["statusInfo"]["reasonCode"]) == ("Rejected", "UnsupportedRequest")
    (kept,) = world.of(rows.SigningRequest)
    number = 9 if version is Version.V21 else None
    assert (kept.csr, kept.status, kept.certificate_type, kept.wire_request_id) == (
        "c",
        "Rejected",
        "V2GCertificate",
        number,
    )
    assert told.events == [events.CertificateRequested(charger_id="CP-1", status="Rejected", kind="V2GCertificate")]


@both
def test_a_contracts_certificate_is_refused(version: Version) -> None:
    call = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": "Install", "exiRequest": "AAA="}
    told = World(version).tell("Get15118EVCertificate", call)
    assert (told.answer["status"], told.answer["exiResponse"]) == ("Failed", "")
    (asked,) = told.events
    assert isinstance(asked, events.ContractCertificateRequested)
    assert (asked.step, asked.schema, asked.status) == ("Install", "urn:iso:15118:2:2013:MsgDef", "Failed")


@both
def test_nobody_is_asked_whether_a_certificate_was_revoked(version: Version) -> None:
    call = {"ocspRequestData": {**HASHES, "responderURL": "http://ocsp.example.com"}}
    told = World(version).tell("GetCertificateStatus", call)
    assert (told.answer["status"], "ocspResult" in told.answer) == ("Failed", False)
    assert told.events == [
        events.CertificateStatusRequested(charger_id="CP-1", serials=("4e",), status="Failed")
    ]  # fmt: skip


def test_each_certificate_of_a_chain_is_answered_by_its_name() -> None:
    asked = [
        {"certificateHashData": {**HASHES, "serialNumber": str(n)}, "source": "OCSP", "urls": ["u"]} for n in (1, 2)
    ]
    told = World(Version.V21).tell("GetCertificateChainStatus", {"certificateStatusRequests": asked})
    assert [
        (each["certificateHashData"]["serialNumber"], each["source"], each["status"])
        for each in told.answer["certificateStatus"]
    ] == [("1", "OCSP", "Failed"), ("2", "OCSP", "Failed")]
    assert told.events == [
        events.CertificateStatusRequested(charger_id="CP-1", serials=("1", "2"), status="Failed")
    ]  # fmt: skip


@both
def test_the_steps_of_transfers_are_told_with_their_number(version: Version) -> None:
    world = World(version)
    call = {"status": "Downloading", "requestId": 7}
    assert world.tell("FirmwareStatusNotification", call).events == [
        events.FirmwareStatusReported(charger_id="CP-1", status="Downloading", request_id=7)
    ]
    assert world.tell("LogStatusNotification", {"status": "Uploaded", "requestId": 7}).events == [
        events.DiagnosticsStatusReported(charger_id="CP-1", status="Uploaded", request_id=7)
    ]
    published = {"status": "Published", "requestId": 7, "location": ["http://10.0.0.1/fw.bin"]}
    assert world.tell("PublishFirmwareStatusNotification", published).events == [
        events.PublishStatusReported(
            charger_id="CP-1", status="Published", request_id=7, locations=("http://10.0.0.1/fw.bin",), info=None
        )
    ]


def test_a_charger_of_21_says_why_a_transfer_failed() -> None:
    why = {"reasonCode": "LowBattery", "additionalInfo": "of the car"}
    call = {"status": "InstallationFailed", "requestId": 7, "statusInfo": why}
    (told,) = World(Version.V21).tell("FirmwareStatusNotification", call).events
    assert isinstance(told, events.FirmwareStatusReported)
    assert told.info == "LowBattery, of the car"


ODD: list[dict[str, Any]] = [
    {},
    {"csr": 7, "certificateType": "Odd", "requestId": 2**80, "ocspRequestData": "x", "certificateStatusRequests": {}},
    {
        "requestId": "x",
        "certificateStatusRequests": ["a", {"certificateHashData": {"serialNumber": "4" * 99}, "source": "X"}],
    },
    {"status": 7, "location": "u", "statusInfo": [], "certificateStatusRequests": [{}] * 9},
]


@pytest.mark.parametrize("payload", ODD)
@pytest.mark.parametrize(
    "action",
    [
        "SignCertificate", "Get15118EVCertificate", "GetCertificateStatus", "GetCertificateChainStatus",
        "FirmwareStatusNotification", "LogStatusNotification", "PublishFirmwareStatusNotification",
    ],
)  # fmt: skip
def test_whatever_they_contain_they_are_answered_as_the_standard_wants(action: str, payload: dict[str, Any]) -> None:
    outcome = World(Version.V21).tell(action, payload)
    assert len(outcome.events) == 1
