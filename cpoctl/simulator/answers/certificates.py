"""Certificates: CertificateSigned, InstallCertificate, DeleteCertificate, GetInstalledCertificateIds.

Whitepaper §4 · OCPP 2.0.1 A02, M03 to M05
"""

import hashlib
from typing import TYPE_CHECKING, Any

from cpoctl.ocpp import Version
from cpoctl.simulator.answers import EVERY, V2, V16, Answer, status, table

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

SIGNING_REQUEST = """\
-----BEGIN CERTIFICATE REQUEST-----
MIHiMIGKAgEAMCgxEjAQBgNVBAoMCVNpbXVsYXRlZDESMBAGA1UEAwwJU0lNVUxB
VEVEMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwpIklRy+hpJM2/ev0Ihiag8u
uT2AAantX51HB//35+UftftF/4fPus7xvC0yU1tq9obPvje4+x6Ugh37Nptey6AA
MAoGCCqGSM49BAMCA0cAMEQCID652rg1f877WOO1+xtB59u1KpIkMlDk3TSzD0Pp
CO7rAiB05OJp8cdNwVXPzniOoPVXweo4h6vaSBzlaIjOCXDIEg==
-----END CERTIFICATE REQUEST-----
"""
"""A real request, signed by a key that nobody kept."""

_ROOTS = ("CSMSRootCertificate", "ManufacturerRootCertificate", "V2GRootCertificate", "MORootCertificate")

KINDS = {
    Version.V16: ("CentralSystemRootCertificate", "ManufacturerRootCertificate"),
    Version.V201: _ROOTS,
    Version.V21: (*_ROOTS, "OEMRootCertificate"),
}


def looks_like_pem(text: str) -> bool:
    """Tell whether a text could be a certificate; a simulated charger looks no deeper."""
    return text.lstrip().startswith("-----BEGIN CERTIFICATE-----") and "-----END CERTIFICATE-----" in text


def certificate_signed(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take the certificate that was asked for."""
    return status("Accepted" if looks_like_pem(request["certificateChain"]) else "Rejected")


def install_certificate(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Trust one more root, up to the store's size."""
    kind, text = request["certificateType"], str(request["certificate"])
    if kind not in KINDS[charger.version] or not looks_like_pem(text):
        return status("Rejected")
    shelf = charger.certificates.setdefault(kind, [])
    hashed = _hash_data(text)
    if hashed not in shelf:
        if sum(map(len, charger.certificates.values())) >= charger.settings.whole("CertificateStoreMaxLength"):
            return status("Rejected")
        shelf.append(hashed)
    return status("Accepted")


def delete_certificate(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Trust one root less."""
    wanted = request["certificateHashData"]
    for shelf in charger.certificates.values():
        if wanted in shelf:
            shelf.remove(wanted)
            return status("Accepted")
    return status("NotFound")


def installed_ids(charger: "Controller", request: dict[str, Any]) -> Answer:
    """List the trusted roots of a kind."""
    shelf = charger.certificates.get(request["certificateType"])
    if not shelf:
        return status("NotFound")
    return Answer({"status": "Accepted", "certificateHashData": list(shelf)})


def installed_ids_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """List the trusted roots of some kinds, or all. M03"""
    wanted = request.get("certificateType") or list(charger.certificates)
    found = [
        {"certificateType": kind, "certificateHashData": hashed}
        for kind in wanted
        for hashed in charger.certificates.get(kind, ())
    ]
    return Answer({"status": "Accepted", "certificateHashDataChain": found}) if found else status("NotFound")


def _hash_data(text: str) -> dict[str, str]:
    """Name a certificate by hashes of its text: as unique as the real ones, which need its fields."""
    issuer, key, serial = (hashlib.sha256(f"{part}:{text.strip()}".encode()).hexdigest() for part in "iks")
    return {"hashAlgorithm": "SHA256", "issuerNameHash": issuer, "issuerKeyHash": key, "serialNumber": serial[:16]}


ANSWERS = (
    table(
        EVERY,
        {
            "CertificateSigned": certificate_signed,
            "InstallCertificate": install_certificate,
            "DeleteCertificate": delete_certificate,
        },
    )
    | table(V16, {"GetInstalledCertificateIds": installed_ids})
    | table(V2, {"GetInstalledCertificateIds": installed_ids_2})
)
