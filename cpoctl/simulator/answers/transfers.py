"""Files: GetDiagnostics, GetLog, UpdateFirmware, SignedUpdateFirmware, PublishFirmware, UnpublishFirmware.

1.6 §5.9, §5.19, whitepaper · OCPP 2.0.1 L01 to L04, N01

Where the URL means this machine the file is really moved. Elsewhere no byte is: the charger tells what it would tell, in
the pace of a good connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cpoctl.ocpp import Version
from cpoctl.simulator import carrying, misbehaving
from cpoctl.simulator.answers import EVERY, V2, V16, Answer, status, table
from cpoctl.simulator.answers.certificates import looks_like_pem
from cpoctl.simulator.misbehaving import Carriage
from cpoctl.simulator.simtime import moment

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

STEP_S = 8
SCHEMES = ("ftp", "ftps", "http", "https", "sftp")
CANCELLED = "AcceptedCanceled"
PUBLISHING = "PublishFirmwareStatusNotification"


def get_diagnostics(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Name the file and upload it; where nothing can be sent, name none. 1.6 §6.28"""
    location, how = request["location"], _how(charger, "GetDiagnostics")
    if not _takes(location, how):
        return Answer({})
    name = f"diagnostics-{charger.charger_id}-{charger.time.now():%Y%m%d%H%M%S}.log"
    return Answer({"fileName": name}, _uploading(charger, "DiagnosticsStatusNotification", location, name, how))


def get_log(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Name the log and upload it; a newer request cancels an older one."""
    notification = "LogStatusNotification"
    location, how = request["log"]["remoteLocation"], _how(charger, "GetLog")
    if not _takes(location, how):
        return status("Rejected")
    busy = charger.progress.get(notification) == "Uploading"
    name = f"{request['logType']}-{charger.charger_id}-{charger.time.now():%Y%m%d%H%M%S}.log"[:255]
    then = _uploading(charger, notification, location, name, how, request["requestId"])
    return Answer({"status": CANCELLED if busy else "Accepted", "filename": name}, then)


def update_firmware(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Fetch and install new firmware, with a restart between. 1.6 §5.19"""
    notification = "FirmwareStatusNotification"
    location, begin = str(request["location"]), moment(request["retrieveDate"])
    how = _how(charger, "UpdateFirmware")
    if not _takes(location, how):
        return Answer({}, _steps(charger, notification, ("Downloading", "DownloadFailed")))
    fetch = _fetching(charger, notification, location, ("Installing",), how, not_before=begin)
    return Answer({}, _install(charger, fetch, notification, location, None, how))


def signed_update_firmware(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Fetch, verify and install signed firmware."""
    return _updated(charger, "SignedFirmwareStatusNotification", request)


def update_firmware_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Fetch and install firmware, and verify it if it is signed. L01, L02"""
    return _updated(charger, "FirmwareStatusNotification", request)


def publish_firmware(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Fetch firmware and offer it to the chargers behind this one. L03"""
    number, location, checksum = request["requestId"], str(request["location"]), str(request["checksum"])
    if not _reachable(location):
        return status("Accepted", _steps(charger, PUBLISHING, ("Downloading", "DownloadFailed"), number))
    how, now = _how(charger, "PublishFirmware"), charger.time.now()
    if how is Carriage.FTP_ONLY and not _takes(location, how):
        return status("Rejected")
    fetch = _fetching(charger, PUBLISHING, location, ("ChecksumVerified",), how, number, not_before=now)

    async def publish() -> None:
        if not await fetch():
            return
        here = f"http://{charger.charger_id.lower()}.local/{checksum}"
        charger.kept.published[checksum] = here
        await _notify(charger, PUBLISHING, "Published", number, location=[here])

    return status("Accepted", publish)


def unpublish_firmware(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Offer it no longer. L04"""
    if charger.progress.get(PUBLISHING) in ("Downloading", "Downloaded", "ChecksumVerified"):
        return status("DownloadOngoing")
    gone = charger.kept.published.pop(request["checksum"], None)
    return status("NoFirmware" if gone is None else "Unpublished")


def _updated(charger: "Controller", notification: str, request: dict[str, Any]) -> Answer:
    firmware, number = request["firmware"], request["requestId"]
    location, begin = str(firmware["location"]), moment(firmware["retrieveDateTime"])
    signed = "signingCertificate" in firmware or charger.version is Version.V16
    if signed and not looks_like_pem(firmware["signingCertificate"]):
        return status("InvalidCertificate")
    busy = charger.progress.get(notification, "Idle") in ("Downloading", "Downloaded", "Installing")
    how = _how(charger, "SignedUpdateFirmware" if charger.version is Version.V16 else "UpdateFirmware")
    if how is Carriage.FTP_ONLY and not _takes(location, how):
        return status("Rejected")
    if not _reachable(location):
        failing = ("Downloading", "DownloadFailed")
        return status("Accepted", _steps(charger, notification, failing, number, not_before=begin))
    verified = ("SignatureVerified",) if signed else ()
    steps = (*verified, "Installing", "InstallRebooting")
    fetch = _fetching(charger, notification, location, steps, how, number, not_before=begin)
    return status(CANCELLED if busy else "Accepted", _install(charger, fetch, notification, location, number, how))


def _install(
    charger: "Controller",
    fetch: Callable[[], Awaitable[bool]],
    notification: str,
    location: str,
    request_id: int | None,
    how: Carriage | None,
) -> Callable[[], Awaitable[None]]:
    async def install() -> None:
        if not await fetch():
            return
        if how not in (Carriage.NO_EFFECT, Carriage.NOTHING):
            charger.firmware = _version_in(location) or f"{charger.firmware}+1"
        await charger.reboot("Reboot", "FirmwareUpdate")
        if how is not Carriage.MUTE:
            await _notify(charger, notification, "Installed", request_id)

    return install


def _fetching(
    charger: "Controller",
    notification: str,
    location: str,
    then: tuple[str, ...],
    how: Carriage | None,
    request_id: int | None = None,
    *,
    not_before: datetime,
) -> Callable[[], Awaitable[bool]]:
    """Fetch the file, then the steps that follow; whether it came."""

    async def tell(state: str) -> None:
        if how is not Carriage.MUTE:
            await _notify(charger, notification, state, request_id)

    async def go() -> bool:
        await charger.time.elapse_until(not_before)
        await tell("Downloading")
        if how is not Carriage.NOTHING and carrying.is_real(location):
            try:
                await asyncio.to_thread(carrying.fetch, location, how)
            except carrying.Failed as failed:
                charger.happened("fetching failed", detail=str(failed))
                await tell("DownloadFailed")
                return False
        for each in ("Downloaded", *then):
            await charger.time.elapse(STEP_S)
            await tell(each)
        await charger.time.elapse(STEP_S)
        return True

    return go


def _uploading(
    charger: "Controller",
    notification: str,
    location: str,
    name: str,
    how: Carriage | None,
    request_id: int | None = None,
) -> Callable[[], Awaitable[None]]:
    """Upload what it knows of itself, and tell how that went."""

    async def tell(state: str) -> None:
        if how is not Carriage.MUTE:
            await _notify(charger, notification, state, request_id)

    async def go() -> None:
        await tell("Uploading")
        if how is not Carriage.NOTHING and carrying.is_real(location):
            called = f"LOG_{charger.time.now():%H%M%S}.TXT" if how is Carriage.OTHER_NAME else name
            try:
                await asyncio.to_thread(carrying.upload, location, called, _diagnostics(charger), how)
            except carrying.Failed as failed:
                charger.happened("uploading failed", detail=str(failed))
                await tell("UploadFailed" if notification.startswith("Diagnostics") else "UploadFailure")
                return
        else:
            await charger.time.elapse(STEP_S)
        await tell("Uploaded")
        await charger.time.elapse(STEP_S)

    return go


def _diagnostics(charger: "Controller") -> bytes:
    """What a charger knows of itself, as text."""
    lines = [f"{charger.vendor} {charger.model} {charger.serial} firmware {charger.firmware}"]
    lines += [f"{setting.key}={setting.value or ''}" for setting in charger.settings.readable()]
    lines += [f"{number:05} outlet {number % len(charger.outlets) + 1}: relay ok" for number in range(2000)]
    return ("\n".join(lines) + "\n").encode()


def _how(charger: "Controller", action: str) -> Carriage | None:
    return misbehaving.carriage(misbehaving.read(charger.settings[misbehaving.SETTING]), action)


def _takes(location: str, how: Carriage | None) -> bool:
    """Whether the charger can do anything with a URL."""
    return _reachable(location) and (how is not Carriage.FTP_ONLY or urlsplit(location).scheme == "ftp")


def _steps(
    charger: "Controller",
    notification: str,
    statuses: tuple[str, ...],
    request_id: int | None = None,
    *,
    not_before: datetime | None = None,
) -> Callable[[], Awaitable[None]]:
    async def go() -> None:
        if not_before is not None:
            await charger.time.elapse_until(not_before)
        for each in statuses:
            await _notify(charger, notification, each, request_id)
            await charger.time.elapse(STEP_S)

    return go


async def _notify(charger: "Controller", notification: str, state: str, request_id: int | None, **more: Any) -> None:
    charger.progress[notification] = state
    charger.happened(f"{notification} {state}")
    told = {"status": state, **more}
    if request_id is not None:
        charger.progress_of[notification] = request_id
        told["requestId"] = request_id
    await charger.tell(notification, told)


def _reachable(location: str) -> bool:
    parts = urlsplit(location)
    return parts.scheme in SCHEMES and bool(parts.hostname)


def _version_in(location: str) -> str:
    """Take the version out of a file name such as fw-2.1.0.bin."""
    name = urlsplit(location).path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return name.rsplit("-", 1)[-1][:50]


ANSWERS = (
    table(EVERY, {"GetLog": get_log})
    | table(
        V16,
        {
            "GetDiagnostics": get_diagnostics,
            "UpdateFirmware": update_firmware,
            "SignedUpdateFirmware": signed_update_firmware,
        },
    )
    | table(
        V2,
        {
            "UpdateFirmware": update_firmware_2,
            "PublishFirmware": publish_firmware,
            "UnpublishFirmware": unpublish_firmware,
        },
    )
)
