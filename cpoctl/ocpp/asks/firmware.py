"""Firmware: fetched and installed by the charger, or published by it for others in its network.

OCPP 1.6 §5.19, security whitepaper · OCPP 2.0.1 L01 to L04
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cpoctl.clock import wire
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking

LONGEST_CERTIFICATE, LONGEST_SIGNATURE = 5500, 800
LONGEST_CHECKSUM: Final = 32
TOLD_BY: Final = {
    Version.V16: "SupportedFileTransferProtocols SupportedFeatureProfiles",
    Version.V201: "OCPPCommCtrlr.FileTransferProtocols",
    Version.V21: "OCPPCommCtrlr.FileTransferProtocols",
}
"""The variables that tell how a charger can fetch and upload files."""


def longest_url(version: Version, *, plain: bool) -> int | None:
    """How many characters a URL may have; None in the `plain` transfers of 1.6, neither signed nor numbered, for any."""
    if plain and version is Version.V16:
        return None
    return 2000 if version is Version.V21 else 512


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a charger tries, and how long it waits between the tries; it chooses where that is None."""

    retries: int | None = None
    interval_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Update(Ask):
    """Fetch and install firmware. With a signature and a certificate it is a signed update, which 1.6 does with another Call."""

    request_id: int
    url: str
    fetch_at: datetime
    install_at: datetime | None = None
    pace: Pace = field(default_factory=Pace)
    signature: str | None = None
    certificate: str | None = None

    def v16(self) -> Request:
        """UpdateFirmware or SignedUpdateFirmware"""
        if self.signature is not None:
            return Request("SignedUpdateFirmware", self._payload())
        if self.install_at is not None:
            raise lacking(
                "OCPP 1.6 has no time for the installation of unsigned firmware", (Version.V201, Version.V21),
                ("cpoctl firmware update {charger} --at TIME    when to fetch it; it installs it then",),
            )  # fmt: skip
        fetched = given(
            location=self.url,
            retries=self.pace.retries,
            retrieveDate=wire(self.fetch_at),
            retryInterval=self.pace.interval_s,
        )
        return Request("UpdateFirmware", fetched)

    def v2(self) -> Request:
        """UpdateFirmware"""
        return Request("UpdateFirmware", self._payload())

    def number(self, version: Version) -> int | None:
        """The number under which the charger tells how far it comes; a plain update of 1.6 has none."""
        return None if version is Version.V16 and self.signature is None else self.request_id

    def _payload(self) -> dict[str, Any]:
        firmware = given(
            location=self.url,
            retrieveDateTime=wire(self.fetch_at),
            installDateTime=wire(self.install_at) if self.install_at else None,
            signingCertificate=self.certificate,
            signature=self.signature,
        )
        return given(
            retries=self.pace.retries, retryInterval=self.pace.interval_s, requestId=self.request_id, firmware=firmware
        )


@dataclass(frozen=True, kw_only=True)
class Publish(Ask):
    """Fetch firmware and offer it to the chargers in the same network, which is what a local controller does."""

    instead = ("cpoctl firmware update {charger} --url URL --confirm {charger}    each charger by itself",)

    request_id: int
    url: str
    checksum: str
    pace: Pace = field(default_factory=Pace)

    def v2(self) -> Request:
        """PublishFirmware"""
        payload = given(
            location=self.url,
            retries=self.pace.retries,
            checksum=self.checksum,
            requestId=self.request_id,
            retryInterval=self.pace.interval_s,
        )
        return Request("PublishFirmware", payload)


@dataclass(frozen=True, kw_only=True)
class Unpublish(Ask):
    """Offer firmware no longer."""

    checksum: str

    def v2(self) -> Request:
        """UnpublishFirmware"""
        return Request("UnpublishFirmware", {"checksum": self.checksum})
