"""Let a charger fetch and install firmware."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from cpoctl import events
from cpoctl.clock import wire
from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, Watch, accepted, instant, target
from cpoctl.operations.cert import pem
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    Retries,
    RetryInterval,
    Url,
    finished,
    location,
    new_request_id,
    pause,
    tries,
    warning,
)
from cpoctl.table import Column

INSTALLED = "Installed"
FAILURES = (  # 1.6 §7.25; security whitepaper
    "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
)  # fmt: skip
LONGEST_URL, LONGEST_CERTIFICATE, LONGEST_SIGNATURE = 512, 5500, 800  # security whitepaper


@dataclass(frozen=True)
class UpdateOutcome(Outcome):
    """What the charger said; how far it comes it tells by itself, under `request_id` when the update is signed."""

    request_id: Annotated[int | None, Column("REQUEST", 2, "right")] = None
    note: Annotated[str | None, Column("NOTE", 2)] = None


@dataclass(frozen=True, kw_only=True)
class UpdateFirmware(Act):
    """Let a charger fetch and install firmware, signed or not. OCPP 1.6 §5.19, security whitepaper.

    An unsigned update is only acknowledged: whether it works the charger tells afterwards, as events.
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
        name = target(self.charger, operator.live).charger_id
        now = operator.clock.now()
        begin = instant(self.at, now, "at") if self.at is not None else now
        request, number = self._request(begin)
        answer = await operator.call(name, request, timeout=self.timeout)
        outcome = accepted(
            answer, name, ("Accepted", "AcceptedCanceled", "Answered"), self._why_not(name, answer.status)
        )
        return UpdateOutcome(**vars(outcome), request_id=number, note=warning(self.url))

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure."""
        number = getattr(outcome, "request_id", None)

        def ended(event: events.Event) -> str | None:
            if not isinstance(event, events.FirmwareStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status in (INSTALLED, *FAILURES) else None

        return finished(replace(outcome, status=await watch.until(ended)), (INSTALLED,))

    def _request(self, begin: datetime) -> tuple[Request, int | None]:
        if self.signature is None and self.signing_certificate is None:
            payload = {
                "location": location(self.url, self.path),
                **tries(self.retries),
                "retrieveDate": wire(begin),
                **pause(self.retry_interval),
            }
            return Request("UpdateFirmware", payload), None
        return self._signed(begin, new_request_id())

    def _signed(self, begin: datetime, number: int) -> tuple[Request, int]:
        signature, certificate = self.signature, self.signing_certificate
        if signature is None or certificate is None or not 0 < len(signature) <= LONGEST_SIGNATURE:
            raise UsageProblem(
                f"a signed update wants --signature, of at most {LONGEST_SIGNATURE} characters, and --signing-certificate",
                target=self.charger,
                hints=["cpoctl firmware update --help    an example of both"],
            )
        firmware = {
            "location": location(self.url, self.path, LONGEST_URL),
            "retrieveDateTime": wire(begin),
            "signingCertificate": pem(certificate, LONGEST_CERTIFICATE),
            "signature": signature,
        }
        payload = {**tries(self.retries), **pause(self.retry_interval), "requestId": number, "firmware": firmware}
        return Request("SignedUpdateFirmware", payload), number

    def _why_not(self, name: str, status: str) -> list[str]:
        """What to try after a refusal."""
        if status in ("InvalidCertificate", "RevokedCertificate"):
            return [f"cpoctl cert installed {name} --type manufacturer-root    whom it trusts to sign firmware"]
        return [
            f"cpoctl var get {name} SupportedFileTransferProtocols SupportedFeatureProfiles    how it can fetch files",
            f"cpoctl charger show {name}    whether it is busy with another update",
        ]
