"""Certificates: installed, deleted, told, and handed to the charger that asked for one.

OCPP 1.6 security whitepaper · OCPP 2.0.1 A02, M03, M04, M05 · OCPP 2.1 A02
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking

ROOTS: Final[Mapping[str, str]] = {
    "central-system-root": "CSMSRootCertificate",
    "manufacturer-root": "ManufacturerRootCertificate",
    "v2g-root": "V2GRootCertificate",
    "mo-root": "MORootCertificate",
    "oem-root": "OEMRootCertificate",
}
"""Our word for what a root certificate vouches for, and that of 2.x."""
KINDS: Final[Mapping[str, str]] = {**ROOTS, "v2g-chain": "V2GCertificateChain"}
OWN: Final[Mapping[str, str]] = {
    "charging-station": "ChargingStationCertificate",
    "v2g": "V2GCertificate",
    "v2g20": "V2G20Certificate",
}
"""Our word for what a certificate of the charger's own is for, and that of 2.x."""
LONGEST: Final = {Version.V16: 5500, Version.V201: 5500, Version.V21: 10000}
"""How many characters a root certificate may have."""
LONGEST_CHAIN: Final = 10000
TOLD_BY: Final = {
    Version.V16: "SecurityProfile CertificateStoreMaxLength",
    Version.V201: "SecurityCtrlr.SecurityProfile SecurityCtrlr.CertificateEntries",
    Version.V21: "SecurityCtrlr.SecurityProfile SecurityCtrlr.CertificateEntries",
}
"""The variables that tell whether a charger knows of certificates at all."""
_OF_16: Final = {
    "central-system-root": "CentralSystemRootCertificate",
    "manufacturer-root": "ManufacturerRootCertificate",
}
_ONLY_21: Final = frozenset({"oem-root", "v2g20"})
_V2: Final = (Version.V201, Version.V21)
_WORDS: Final = {wire: word for word, wire in [*_OF_16.items(), *KINDS.items()]}


def _in_16(kind: str) -> str:
    """A kind in the words of 1.6. Raises Unsupported."""
    if kind not in _OF_16:
        raise lacking(f"OCPP 1.6 knows no certificates of the type {kind}", _needs(kind))
    return _OF_16[kind]


def _in_201(kind: str) -> None:
    """Raise Unsupported for what came with 2.1."""
    if kind in _ONLY_21:
        raise lacking(f"OCPP 2.0.1 knows no certificates of the type {kind}", Version.V21)


def _needs(kind: str) -> tuple[Version, ...]:
    return (Version.V21,) if kind in _ONLY_21 else _V2


@dataclass(frozen=True, kw_only=True)
class Install(Ask):
    """Trust one more root certificate."""

    kind: str
    certificate: str

    def v16(self) -> Request:
        """InstallCertificate"""
        return self._of(_in_16(self.kind))

    def v2(self) -> Request:
        """InstallCertificate"""
        _in_201(self.kind)
        return self.v21()

    def v21(self) -> Request:
        """InstallCertificate"""
        return self._of(ROOTS[self.kind])

    def _of(self, kind: str) -> Request:
        return Request("InstallCertificate", {"certificateType": kind, "certificate": self.certificate})


@dataclass(frozen=True, kw_only=True)
class Delete(Ask):
    """Trust a certificate no longer, named by its hashes. The versions say it alike."""

    algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial: str

    def v16(self) -> Request:
        """DeleteCertificate"""
        return self.v2()

    def v2(self) -> Request:
        """DeleteCertificate"""
        named = {
            "hashAlgorithm": self.algorithm,
            "issuerNameHash": self.issuer_name_hash,
            "issuerKeyHash": self.issuer_key_hash,
            "serialNumber": self.serial,
        }
        return Request("DeleteCertificate", {"certificateHashData": named})


@dataclass(frozen=True, kw_only=True)
class Installed(Ask):
    """Tell the certificates of a kind; of all of them without one, which 1.6 wants asked one by one."""

    kind: str | None = None

    def v16(self) -> Request:
        """GetInstalledCertificateIds"""
        return Request("GetInstalledCertificateIds", {"certificateType": _in_16(self.kind or next(iter(_OF_16)))})

    def v2(self) -> Request:
        """GetInstalledCertificateIds"""
        if self.kind:
            _in_201(self.kind)
        return self.v21()

    def v21(self) -> Request:
        """GetInstalledCertificateIds"""
        return Request("GetInstalledCertificateIds", {"certificateType": [KINDS[self.kind]]} if self.kind else {})

    def each(self, version: Version) -> "list[Installed]":
        """The asks that it takes."""
        return [Installed(kind=kind) for kind in _OF_16] if version is Version.V16 and not self.kind else [self]


@dataclass(frozen=True)
class Certificate:
    """A certificate as a charger names it; what it does not tell is empty."""

    kind: str
    serial: str
    algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str


def told(answer: Mapping[str, Any], asked: str | None) -> Iterator[Certificate]:
    """The certificates in an answer to Installed. Those of a chain follow the one that they belong to, as `sub-ca`. M03"""
    for entry in _dicts(answer.get("certificateHashData")):
        yield _certificate(asked or "", entry)
    for link in _dicts(answer.get("certificateHashDataChain")):
        wire = str(link.get("certificateType") or "")
        yield _certificate(_WORDS.get(wire, wire), link.get("certificateHashData"))
        for child in _dicts(link.get("childCertificateHashData")):
            yield _certificate("sub-ca", child)


def _certificate(kind: str, entry: Any) -> Certificate:
    hashes = entry if isinstance(entry, dict) else {}
    words = (str(hashes.get(key) or "") for key in ("serialNumber", "hashAlgorithm", "issuerNameHash", "issuerKeyHash"))
    return Certificate(kind, *words)


def _dicts(value: Any) -> list[dict[str, Any]]:
    """A list of objects; something else in it counts as an empty one."""
    return [each if isinstance(each, dict) else {} for each in value] if isinstance(value, list) else []


@dataclass(frozen=True, kw_only=True)
class Signed(Ask):
    """Take the certificate that was asked for, with its chain; `request_id` is the charger's own number for the wish."""

    chain: str
    kind: str | None = None
    request_id: int | None = None

    def v16(self) -> Request:
        """CertificateSigned"""
        if self.kind not in (None, "charging-station"):
            raise lacking(f"OCPP 1.6 knows no certificates of the type {self.kind}", _needs(self.kind))
        return Request("CertificateSigned", {"certificateChain": self.chain})

    def v2(self) -> Request:
        """CertificateSigned"""
        if self.kind:
            _in_201(self.kind)
        return Request("CertificateSigned", given(certificateChain=self.chain, certificateType=self._wire_kind()))

    def v21(self) -> Request:
        """CertificateSigned"""
        return Request(
            "CertificateSigned",
            given(certificateChain=self.chain, certificateType=self._wire_kind(), requestId=self.request_id),
        )

    def _wire_kind(self) -> str | None:
        return OWN.get(self.kind, self.kind) if self.kind else None


def own_kind(wire: str | None) -> str | None:
    """Our word for what a charger wants a certificate for; its own where we have none."""
    words = {name: word for word, name in OWN.items()}
    return words.get(wire, wire) if wire else None
