"""Certificates in the words of each version. OCPP 1.6 security whitepaper · OCPP 2.0.1 M03, M04, M05, A02"""

import pytest

from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.certificates import Delete, Install, Installed, Signed, own_kind, told
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "9c1f", "issuerKeyHash": "07ab", "serialNumber": "4e"}


def installed(kind: str) -> tuple[str, dict[str, str]]:
    """An InstallCertificate."""
    return "InstallCertificate", {"certificateType": kind, "certificate": PEM}


IDS, SIGNED = "GetInstalledCertificateIds", "CertificateSigned"
CASES: list[tuple[Ask, Becomes]] = [
    (
        Install(kind="central-system-root", certificate=PEM),
        {
            V16: installed("CentralSystemRootCertificate"),
            V201: installed("CSMSRootCertificate"),
            V21: installed("CSMSRootCertificate"),
        },
    ),
    (
        Install(kind="manufacturer-root", certificate=PEM),
        dict.fromkeys((V16, V201, V21), installed("ManufacturerRootCertificate")),
    ),
    (Install(kind="v2g-root", certificate=PEM), both(*installed("V2GRootCertificate"))),
    (Install(kind="mo-root", certificate=PEM), both(*installed("MORootCertificate"))),
    (Install(kind="oem-root", certificate=PEM), {V21: installed("OEMRootCertificate")}),
    (
        Delete(algorithm="SHA256", issuer_name_hash="9c1f", issuer_key_hash="07ab", serial="4e"),
        dict.fromkeys((V16, V201, V21), ("DeleteCertificate", {"certificateHashData": HASHES})),
    ),
    (
        Installed(),
        {V16: (IDS, {"certificateType": "CentralSystemRootCertificate"}), **both(IDS, {})},
    ),
    (
        Installed(kind="manufacturer-root"),
        {
            V16: (IDS, {"certificateType": "ManufacturerRootCertificate"}),
            **both(IDS, {"certificateType": ["ManufacturerRootCertificate"]}),
        },
    ),
    (Installed(kind="v2g-chain"), both(IDS, {"certificateType": ["V2GCertificateChain"]})),
    (Signed(chain=PEM), dict.fromkeys((V16, V201, V21), (SIGNED, {"certificateChain": PEM}))),
    (
        Signed(chain=PEM, kind="charging-station", request_id=7),
        {
            V16: (SIGNED, {"certificateChain": PEM}),
            V201: (SIGNED, {"certificateChain": PEM, "certificateType": "ChargingStationCertificate"}),
            V21: (SIGNED, {"certificateChain": PEM, "certificateType": "ChargingStationCertificate", "requestId": 7}),
        },
    ),
    (Signed(chain=PEM, kind="v2g"), both(SIGNED, {"certificateChain": PEM, "certificateType": "V2GCertificate"})),
    (Signed(chain=PEM, kind="v2g20"), {V21: (SIGNED, {"certificateChain": PEM, "certificateType": "V2G20Certificate"})}),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


def test_only_16_wants_to_be_asked_type_by_type() -> None:
    assert [each.kind for each in Installed().each(V16)] == ["central-system-root", "manufacturer-root"]
    assert Installed().each(V201) == [Installed()]
    assert Installed(kind="manufacturer-root").each(V16) == [Installed(kind="manufacturer-root")]


def test_certificates_are_read_from_a_list_of_16_and_from_chains_of_2x() -> None:
    """M03: those of a chain follow the one that they belong to."""
    (old,) = told({"certificateHashData": [HASHES]}, "manufacturer-root")
    assert (old.kind, old.serial, old.algorithm, old.issuer_key_hash) == ("manufacturer-root", "4e", "SHA256", "07ab")
    chain = {
        "certificateHashData": HASHES,
        "certificateType": "V2GCertificateChain",
        "childCertificateHashData": [{**HASHES, "serialNumber": "4f"}],
    }
    answer = {"certificateHashDataChain": [chain, {"certificateType": "CSMSRootCertificate"}, "junk"]}
    assert [(each.kind, each.serial) for each in told(answer, None)] == [
        ("v2g-chain", "4e"), ("sub-ca", "4f"), ("central-system-root", ""), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wire", "word"),
    [("ChargingStationCertificate", "charging-station"), ("V2G20Certificate", "v2g20"), ("Odd", "Odd"), (None, None)],
)
def test_what_a_certificate_is_for_has_one_word(wire: str | None, word: str | None) -> None:
    assert own_kind(wire) == word
