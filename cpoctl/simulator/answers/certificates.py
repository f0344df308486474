"""Certificates: CertificateSigned, InstallCertificate, DeleteCertificate, GetInstalledCertificateIds. Whitepaper §4"""

import hashlib
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status

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

KINDS = ("CentralSystemRootCertificate", "ManufacturerRootCertificate")


def looks_like_pem(text: str) -> bool:
    """Tell whether a text could be a certificate; a simulated charger looks no deeper."""
    return text.lstrip().startswith("-----BEGIN CERTIFICATE-----") and "-----END CERTIFICATE-----" in text


def certificate_signed(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take the certificate that was asked for."""
    return status("Accepted" if looks_like_pem(request["certificateChain"]) else "Rejected")


def install_certificate(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Trust one more root, up to the store's size."""
    kind, text = request["certificateType"], str(request["certificate"])
    if kind not in KINDS or not looks_like_pem(text):
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


def _hash_data(text: str) -> dict[str, str]:
    """Name a certificate by hashes of its text: as unique as the real ones, which need its fields."""
    issuer, key, serial = (hashlib.sha256(f"{part}:{text.strip()}".encode()).hexdigest() for part in "iks")
    return {"hashAlgorithm": "SHA256", "issuerNameHash": issuer, "issuerKeyHash": key, "serialNumber": serial[:16]}


ANSWERS: dict[str, AnswerFn] = {
    "CertificateSigned": certificate_signed,
    "InstallCertificate": install_certificate,
    "DeleteCertificate": delete_certificate,
    "GetInstalledCertificateIds": installed_ids,
}
