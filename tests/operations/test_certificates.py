"""Certificates: told, installed, deleted, handed over, and asked for."""

import asyncio
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import ChargerOffline, Refused, UsageProblem
from cpoctl.operations import Act
from cpoctl.operations.cert.delete import DeleteCertificate
from cpoctl.operations.cert.install import InstallCertificate
from cpoctl.operations.cert.installed import AskInstalled
from cpoctl.operations.cert.requests import ListRequests
from cpoctl.operations.cert.signed import SendSigned
from cpoctl.operations.charger.add import AddCharger
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "9c1f", "issuerKeyHash": "07ab", "serialNumber": "4e"}
DELETE = DeleteCertificate(
    charger="HQ-07", algorithm="SHA256", issuer_name_hash="9c1f", issuer_key_hash="07ab", serial="4e"
)
INSTALL = InstallCertificate(charger="HQ-07", certificate=PEM, type="central-system-root")
SIGNED = SendSigned(charger="HQ-07", certificate=PEM)

WAYS: dict[str, tuple[Act, str, dict[str, Any]]] = {
    "install": (
        INSTALL, "InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}
    ),
    "delete": (DELETE, "DeleteCertificate", {"certificateHashData": HASHES}),
    "signed": (SIGNED, "CertificateSigned", {"certificateChain": PEM}),
}  # fmt: skip
every_way = pytest.mark.parametrize(("act", "action", "payload"), WAYS.values(), ids=WAYS)


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


@every_way
async def test_what_is_sent_is_what_was_given(
    csms: Csms, charger: RawCharger, act: Act, action: str, payload: dict[str, Any]
) -> None:
    doing = asyncio.create_task(csms.do(act))
    call = await charger.reply({"status": "Accepted"})
    assert call[2:] == [action, payload]
    assert list(call[3]) == list(payload)
    assert (await doing).ok


@every_way
async def test_what_is_refused_tells_where_to_look(
    csms: Csms, charger: RawCharger, act: Act, action: str, payload: dict[str, Any]
) -> None:
    doing = asyncio.create_task(csms.do(act))
    await charger.reply({"status": "Rejected"})
    with pytest.raises(Refused, match=action) as refused:
        await doing
    assert refused.value.hints[0].startswith(("cpoctl cert installed HQ-07", "cpoctl cert requests --charger HQ-07"))


@pytest.mark.parametrize("act", [INSTALL, DELETE, SIGNED, AskInstalled(charger="HQ-07")])
async def test_an_offline_charger_has_no_certificates_to_change(csms: Csms, act: Act) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline):
        await csms.do(act)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PEM + "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "private key"),
        ("root.pem", "no certificate in PEM"),
        (PEM + "x" * 10000, "at most"),
    ],
)
async def test_what_is_no_certificate_is_not_sent(csms: Csms, charger: RawCharger, text: str, says: str) -> None:
    acts = [InstallCertificate(charger="HQ-07", certificate=text, type="manufacturer-root"),
            SendSigned(charger="HQ-07", certificate=text)]  # fmt: skip
    for act in acts:
        with pytest.raises(UsageProblem, match=says):
            await csms.do(act)
    assert (charger.unasked, await csms.count("command")) == (0, 0)


async def test_a_hash_that_is_too_long_is_not_sent(csms: Csms, charger: RawCharger) -> None:
    act = DeleteCertificate(
        charger="HQ-07", algorithm="SHA256", issuer_name_hash="a", issuer_key_hash="b", serial="4" * 41
    )
    with pytest.raises(UsageProblem, match="serial has at most 40"):
        await csms.do(act)


async def test_what_a_charger_trusts_is_asked_type_by_type(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskInstalled(charger="HQ-07")))
    first = await charger.reply({"status": "Accepted", "certificateHashData": [HASHES, "junk"]})
    second = await charger.reply({"status": "NotFound"})
    assert [call[3]["certificateType"] for call in (first, second)] == [
        "CentralSystemRootCertificate", "ManufacturerRootCertificate",
    ]  # fmt: skip
    rows = await act
    assert [(row.type, row.serial, row.issuer_key_hash) for row in rows] == [
        ("central-system-root", "4e", "07ab"), ("central-system-root", "", ""),
    ]  # fmt: skip


async def test_a_charger_without_the_security_extension_refuses_to_tell(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskInstalled(charger="HQ-07", type="manufacturer-root")))
    await charger.refuse("NotImplemented", "")
    with pytest.raises(Refused) as refused:
        await act
    assert any("SecurityProfile" in hint for hint in refused.value.hints)


async def test_what_a_charger_wants_signed_is_listed(csms: Csms, charger: RawCharger) -> None:
    await charger.call("SignCertificate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----"})
    face = Face(csms.central)
    for query in (ListRequests(), ListRequests(charger="hq-07")):
        assert [(row.charger_id, row.status) for row in await face.query(query)] == [("HQ-07", "Rejected")]
    assert await face.query(ListRequests(charger="CP-9")) == []


async def test_a_simulated_charger_trusts_what_is_installed_until_it_is_deleted(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        assert await csms.do(AskInstalled(charger="CP-1")) == []
        await csms.do(InstallCertificate(charger="CP-1", certificate=PEM, type="manufacturer-root"))
        (row,) = await csms.do(AskInstalled(charger="CP-1"))
        assert row.type == "manufacturer-root"
        await csms.do(DeleteCertificate(
            charger="CP-1", algorithm=row.algorithm, issuer_name_hash=row.issuer_name_hash,
            issuer_key_hash=row.issuer_key_hash, serial=row.serial,
        ))  # fmt: skip
        assert await csms.do(AskInstalled(charger="CP-1")) == []
