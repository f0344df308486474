"""Let a charger fetch and install firmware."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cpoctl import events
from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Watch, accepted, instant, whole_charger
from cpoctl.operations.cert import pem
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    Retries,
    RetryInterval,
    Url,
    finished,
    location,
    new_request_id,
    pace,
    warning,
)
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.ocpp import Version

INSTALLED = "Installed"
FAILURES = (  # 1.6 §7.25; security whitepaper; the words of 2.x are the same
    "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
)  # fmt: skip


@dataclass(frozen=True)
class UpdateOutcome(Outcome):
    """What the charger said; how far it comes it tells by itself, under `request_id` where the update has one."""

    request_id: Annotated[int | None, Column("REQUEST", 2, "right")] = None
    note: Annotated[str | None, Column("NOTE", 2)] = None


@dataclass(frozen=True, kw_only=True)
class UpdateFirmware(Act):
    """Let a charger fetch and install firmware, signed or not. OCPP 1.6 §5.19, security whitepaper · OCPP 2.0.1 L01, L02

    An unsigned update is only acknowledged in OCPP 1.6: whether it works the charger tells afterwards, as events.
    """

    path = "firmware update"
    route = "POST /chargers/{charger}/firmware"
    row = UpdateOutcome
    danger = Danger.SEVERE
    waits_for = "the charger to tell that it is installed, or that it failed"
    wait_most = 3600.0
    examples = (
        "cpoctl firmware update HQ-07 --url https://files.example.com/fw-2.1.0.bin --confirm HQ-07",
        "cpoctl firmware update HQ-07 --url ftp://files.example.com/fw.bin --at 2h --retries 3 --confirm HQ-07",
        "cpoctl firmware update HQ-07 --url ftp://files.example.com/fw.bin --signature MEUCIQ --signing-certificate @maker.pem --confirm HQ-07",
    )

    charger: Charger
    url: Url
    at: Annotated[str | None, Option("when to fetch it: a time, or a duration such as 2h; now without it")] = None
    install_at: Annotated[
        str | None, Option("when to install it: a time, or a duration; as soon as it can without it")
    ] = None
    retries: Retries = None
    retry_interval: RetryInterval = None
    signature: Annotated[str | None, Option("the firmware's signature, base64")] = None
    signing_certificate: Annotated[str | None, Option("whose signature it is, in PEM: @FILE", kind="file")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"install firmware from {masked(self.url)} on {self.charger}: sessions may end, and it restarts"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> UpdateOutcome:
        """Ask the charger; an answer without a status acknowledges (1.6 §6.56)."""
        name = whole_charger(self.charger, operator.live)
        version = operator.version(name)
        ask = self._ask(version, operator.clock.now())
        answer = await operator.call(name, ask, timeout=self.timeout)
        why_not = _why_not(name, answer.status, version)
        outcome = accepted(answer, name, ("Accepted", "AcceptedCanceled", "Answered"), why_not)
        return UpdateOutcome(**vars(outcome), request_id=ask.number(version), note=warning(self.url))

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure."""
        number = getattr(outcome, "request_id", None)

        def ended(event: events.Event) -> str | None:
            if not isinstance(event, events.FirmwareStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status in (INSTALLED, *FAILURES) else None

        return finished(replace(outcome, status=await watch.until(ended)), (INSTALLED,))

    def _ask(self, version: "Version", now: datetime) -> firmware.Update:
        signature, certificate = self.signature, self.signing_certificate
        signed = signature is not None or certificate is not None
        if signed and (not certificate or not signature or len(signature) > firmware.LONGEST_SIGNATURE):
            raise UsageProblem(
                f"a signed update wants --signature, of at most {firmware.LONGEST_SIGNATURE} characters, and --signing-certificate",
                target=self.charger,
                hints=["cpoctl firmware update --help    an example of both"],
            )
        return firmware.Update(
            request_id=new_request_id(),
            url=location(self.url, self.path, firmware.longest_url(version, plain=not signed)),
            fetch_at=instant(self.at, now, "at") if self.at is not None else now,
            install_at=instant(self.install_at, now, "install-at") if self.install_at is not None else None,
            pace=pace(self.retries, self.retry_interval),
            signature=signature,
            certificate=pem(certificate, firmware.LONGEST_CERTIFICATE) if certificate else None,
        )


def _why_not(name: str, status: str, version: "Version") -> list[str]:
    """What to try after a refusal."""
    if status in ("InvalidCertificate", "RevokedCertificate"):
        return [f"cpoctl cert installed {name} --type manufacturer-root    whom it trusts to sign firmware"]
    return [
        f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can fetch files",
        f"cpoctl charger show {name}    whether it is busy with another update",
    ]
