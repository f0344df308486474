"""Certificates, firmware and logs on chargers of 2.x. OCPP 2.0.1 A02, L01 to L04, M03 to M05, N01"""

import asyncio
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.csms.watching import Watching
from cpoctl.errors import NotFound, Refused, Unsupported, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.cert.install import InstallCertificate
from cpoctl.operations.cert.installed import AskInstalled
from cpoctl.operations.cert.requests import ListRequests
from cpoctl.operations.cert.signed import SendSigned
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.operations.firmware.publish import PublishFirmware
from cpoctl.operations.firmware.unpublish import UnpublishFirmware
from cpoctl.operations.firmware.update import UpdateFirmware
from tests.operations.test_certificates import HASHES, PEM
from tests.operations.test_transfers import URL, answered
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

MD5 = "0cc175b9c0f1b6a831c399e269772661"
UPDATE = UpdateFirmware(charger="HQ-07", url=URL)
PUBLISH = PublishFirmware(charger="HQ-07", url=URL, checksum=MD5)
FETCH = FetchDiagnostics(charger="HQ-07", url=URL)


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that speaks 2.0.1."""
    return await csms.booted("HQ-07", version=Version.V201)


async def test_every_certificate_is_asked_for_at_once(csms: Csms, charger: RawCharger) -> None:
    """M03"""
    chain = {
        "certificateHashData": HASHES,
        "certificateType": "V2GCertificateChain",
        "childCertificateHashData": [HASHES],
    }
    answer = {"status": "Accepted", "certificateHashDataChain": [chain]}
    rows, sent = await answered(csms, charger, AskInstalled(charger="HQ-07"), answer)
    assert sent == ["GetInstalledCertificateIds", {}]
    assert [(row.type, row.serial) for row in rows] == [("v2g-chain", "4e"), ("sub-ca", "4e")]


async def test_how_long_a_certificate_may_be_depends_on_the_version(csms: Csms, charger: RawCharger) -> None:
    long = PEM + "x" * 6000
    with pytest.raises(UsageProblem, match="at most 5500"):
        await csms.do(InstallCertificate(charger="HQ-07", certificate=long, type="v2g-root"))
    newer = await csms.booted("HQ-08", version=Version.V21)
    act = InstallCertificate(charger="HQ-08", certificate=long, type="oem-root")
    assert (await answered(csms, newer, act, {"status": "Accepted"}))[0].ok
    with pytest.raises(Unsupported, match="knows no certificates of the type oem-root"):
        await csms.do(InstallCertificate(charger="HQ-07", certificate=PEM, type="oem-root"))


async def test_a_signed_certificate_goes_out_as_it_was_asked_for(csms: Csms) -> None:
    """A02"""
    newer = await csms.booted("HQ-08", version=Version.V21)
    await newer.call("SignCertificate", {"csr": "c", "certificateType": "V2GCertificate", "requestId": 9})
    (row,) = await Face(csms.central).query(ListRequests(charger="HQ-08"))
    assert (row.type, row.status) == ("v2g", "Rejected")
    act = SendSigned(charger="HQ-08", certificate=PEM, request=int(row.request_id))
    _, (_, payload) = await answered(csms, newer, act, {"status": "Accepted"})
    assert payload == {"certificateChain": PEM, "certificateType": "V2GCertificate", "requestId": 9}
    with pytest.raises(NotFound, match="HQ-08 made no request 99"):
        await csms.do(SendSigned(charger="HQ-08", certificate=PEM, request=99))


async def test_every_update_has_a_number_and_may_wait_with_the_installation(csms: Csms, charger: RawCharger) -> None:
    act = UpdateFirmware(charger="HQ-07", url=URL, install_at="2h")
    outcome, (action, payload) = await answered(csms, charger, act, {"status": "Accepted"})
    assert (action, payload["requestId"]) == ("UpdateFirmware", outcome.request_id)
    now = csms.clock.now()
    assert payload["firmware"]["installDateTime"] == f"{now.replace(hour=now.hour + 2):%Y-%m-%dT%H:%M:%SZ}"
    await csms.booted("CP-1")
    with pytest.raises(Unsupported, match="no time for the installation"):
        await csms.do(UpdateFirmware(charger="CP-1", url=URL, install_at="2h"))


async def test_plain_diagnostics_are_a_log_with_a_number(csms: Csms, charger: RawCharger) -> None:
    outcome, (action, payload) = await answered(csms, charger, FETCH, {"status": "Accepted"})
    assert (action, payload["logType"], payload["requestId"]) == ("GetLog", "DiagnosticsLog", outcome.request_id)
    assert (outcome.file, outcome.note) == (None, None)  # it need not tell a name, and may upload all the same


async def test_firmware_is_published_and_no_longer(csms: Csms, charger: RawCharger) -> None:
    """L03, L04"""
    outcome, (action, payload) = await answered(csms, charger, PUBLISH, {"status": "Accepted"})
    assert (action, payload["checksum"], payload["requestId"]) == ("PublishFirmware", MD5, outcome.request_id)
    unpublish = UnpublishFirmware(charger="HQ-07", checksum=MD5)
    outcome, sent = await answered(csms, charger, unpublish, {"status": "Unpublished"})
    assert (outcome.ok, sent) == (True, ["UnpublishFirmware", {"checksum": MD5}])
    for status in ("DownloadOngoing", "NoFirmware"):
        with pytest.raises(Refused, match=status):
            await answered(csms, charger, unpublish, {"status": status})


@pytest.mark.parametrize("checksum", ["", "0cc175b9", "z" * 32])
async def test_what_is_no_md5_is_not_sent(csms: Csms, charger: RawCharger, checksum: str) -> None:
    with pytest.raises(UsageProblem, match="32 hex digits"):
        await csms.do(UnpublishFirmware(charger="HQ-07", checksum=checksum))
    assert charger.unasked == 0


async def test_only_newer_chargers_publish(csms: Csms) -> None:
    await csms.booted("CP-1")
    with pytest.raises(Unsupported) as refused:
        await csms.do(PublishFirmware(charger="CP-1", url=URL, checksum=MD5))
    assert any("cpoctl firmware update" in hint for hint in refused.value.hints)


@pytest.mark.parametrize(
    ("act", "action", "steps", "end"),
    [
        (UPDATE, "FirmwareStatusNotification", ["Downloading", "InstallRebooting", "Installed"], "Installed"),
        (UPDATE, "FirmwareStatusNotification", ["SignatureVerified", "InstallVerificationFailed"], None),
        (PUBLISH, "PublishFirmwareStatusNotification", ["ChecksumVerified", "Published"], "Published"),
        (PUBLISH, "PublishFirmwareStatusNotification", ["Downloaded", "InvalidChecksum"], None),
        (FETCH, "LogStatusNotification", ["Uploading", "Uploaded"], "Uploaded"),
        (FETCH, "LogStatusNotification", ["Uploading", "PermissionDenied"], None),
    ],
)
async def test_waiting_ends_with_the_last_step_of_the_own_transfer(
    csms: Csms, charger: RawCharger, act: Act, action: str, steps: list[str], end: str | None
) -> None:
    with Watching(csms.central.ledger.bus, csms.central.ledger.live, "HQ-07") as watch:
        outcome, (_, payload) = await answered(csms, charger, act, {"status": "Accepted"})
        waiting = asyncio.create_task(act.settled(outcome, watch))
        number, last = payload["requestId"], steps[-1]
        for request_id, status in [(number - 1 or 2, last), *((number, step) for step in steps)]:
            assert not waiting.done()
            more: dict[str, Any] = {"location": ["http://10.0.0.1/fw"]} if status == "Published" else {}
            await charger.call(action, {"status": status, "requestId": request_id, **more})
        if end is None:
            with pytest.raises(Refused, match=last):
                await waiting
        else:
            assert (await waiting).status == end
