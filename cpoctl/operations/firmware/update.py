"""Let a charger fetch and install firmware."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl import events
from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Watch, accepted, instant, whole_charger
from cpoctl.operations._forms import Trial, Tried, is_answer, wanted
from cpoctl.operations.cert import pem
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    OverFtp,
    OwnUrl,
    Retries,
    RetryInterval,
    location,
    must_reach,
    new_request_id,
    pace,
    warning,
)
from cpoctl.operations.firmware._following import FAILURES, INSTALLED, Following
from cpoctl.operations.image.verify import image_of, signed_by
from cpoctl.table import Column, megabytes

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet
    from cpoctl.ocpp import Version

_EARLIER = timedelta(days=1)  # for chargers whose clock is behind, and that would wait
AGREED = ("Accepted", "AcceptedCanceled", "Answered")  # an answer without a status acknowledges (1.6 §6.56)


@dataclass(frozen=True)
class UpdateOutcome(Outcome):
    """What the charger said; how far it comes it tells by itself, under `request_id` where the update has one.

    `version` is what it tells once it is installed, where that is known; `grants` name its transfers.
    """

    request_id: Annotated[int | None, Column("REQUEST", 2, "right")] = None
    note: Annotated[str | None, Column("NOTE", 2)] = None
    form: Annotated[str | None, Column("FORM", 3)] = None
    version: Annotated[str | None, Column("VERSION", 2)] = None
    grants: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UpdateFirmware(Act):
    """Let a charger fetch and install firmware, signed or not. OCPP 1.6 §5.19, security whitepaper · OCPP 2.0.1 L01, L02

    --file is an image that the server keeps (`image add`): it makes a URL for this charger alone, by HTTP, else by FTP.
    An unsigned update is only acknowledged in OCPP 1.6: whether it works the charger tells afterwards, as events.
    """

    path = "firmware update"
    route = "POST /chargers/{charger}/firmware"
    row = UpdateOutcome
    danger = Danger.SEVERE
    waits_for = "the charger to tell that it is installed (of an image also its version), or that it failed"
    wait_most = 3600.0
    many_calls = True
    examples = (
        "cpoctl firmware update HQ-07 --file fw-2.1.0.bin --wait --confirm HQ-07",
        "cpoctl firmware update HQ-07 --url https://files.example.com/fw-2.1.0.bin --confirm HQ-07",
        "cpoctl firmware update HQ-07 --url ftp://files.example.com/fw.bin --at 2h --retries 3 --confirm HQ-07",
        "cpoctl firmware update HQ-07 --url ftp://files.example.com/fw.bin --signature MEUCIQ --signing-certificate @maker.pem --confirm HQ-07",
    )

    charger: Charger
    file: Annotated[str | None, Option("an image that the server keeps", kind="image")] = None
    url: OwnUrl = None
    ftp: OverFtp = False
    unsigned: Annotated[bool, Option("without the image's signature, for chargers that know none")] = False
    at: Annotated[
        str | None, Option("when to fetch it: a time, or a duration such as 2h; now without it", kind="time")
    ] = None
    install_at: Annotated[
        str | None, Option("when to install it: a time, or a duration; as soon as it can without it", kind="time")
    ] = None
    retries: Retries = None
    retry_interval: RetryInterval = None
    signature: Annotated[str | None, Option("the firmware's signature, base64")] = None
    signing_certificate: Annotated[str | None, Option("whose signature it is, in PEM: @FILE", kind="file")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        what = f"from {masked(self.url)}" if self.url else f"{self.file}"
        return f"install firmware {what} on {self.charger}: sessions may end, and it restarts"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> UpdateOutcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        version, now = operator.version(name), operator.clock.now()
        grants: tuple[int, ...] = ()
        image, form, note = None, None, None
        if self.url is not None:
            self._must_be_plain()
            ask = self._ask(self.url, version, now, self.signature, self.signing_certificate)
            must_reach(self.url, name, operator.live)
            answer = await operator.call(name, ask, timeout=self.timeout)
            note = warning(self.url)
        else:
            image = await self._image(name, operator)
            charger = operator.live.charger(name)
            if image["version"] and charger and charger.firmware == image["version"]:
                note = f"{name} ran {image['version']} already"
            tried = await self._from_us(operator, name, version, now, image)
            answer, ask, grants, form = tried.answer, tried.ask, tried.grants, tried.form
        outcome = accepted(answer, name, AGREED, self._why_not(name, answer.status, version))
        return UpdateOutcome(
            **vars(outcome),
            request_id=ask.number(version),
            note=note,
            form=form,
            version=image["version"] if image else None,
            grants=grants,
        )

    def _must_be_plain(self) -> None:
        if self.file is not None or self.ftp or self.unsigned:
            raise UsageProblem(
                "--url is a place of your own: --file, --ftp and --unsigned are for images of the server",
                target=self.charger,
                hints=["cpoctl firmware update --help    an example of each"],
            )

    async def _image(self, name: str, operator: Operator) -> dict[str, Any]:
        """The image, once it is known to be good and to be for this charger. Raises UsageProblem."""
        if self.file is None:
            raise UsageProblem(
                "which firmware: --file or --url", target=name, hints=["cpoctl image list    what the server keeps"]
            )
        if self.signature is not None or self.signing_certificate is not None:
            raise UsageProblem(
                "an image has its signature already", target=name, hints=[f"cpoctl image show {self.file}"]
            )
        image = await image_of(self.file, operator)
        charger = operator.live.charger(name)
        for what, told in (("vendor", charger and charger.vendor), ("model", charger and charger.model)):
            meant = image[what]
            if meant and told and not fnmatchcase(told.casefold(), meant.casefold()):
                raise UsageProblem(
                    f"{image['name']} is for the {what} {meant}, {name} is {told}",
                    target=name,
                    hints=[f"cpoctl image show {image['name']}", f"cpoctl charger show {name}"],
                )
        if not self.unsigned:
            await signed_by(image, operator)
        return image

    async def _from_us(
        self, operator: Operator, name: str, version: "Version", now: datetime, image: dict[str, Any]
    ) -> Tried:
        """Try the forms. Silence is no reason for another one: a charger must not be told twice to flash itself."""
        signature, certificate = (None, None) if self.unsigned else (image["signature"], image["signing_certificate"])
        trial = Trial(
            charger_id=name,
            purpose="firmware",
            ask=lambda offer: self._ask(offer.url, version, now, signature, certificate, offer.fetch),
            refused=lambda answer: bool(answer.error) or answer.status not in AGREED,
            failing=lambda event: isinstance(event, events.FirmwareStatusReported) and event.status == "DownloadFailed",
            claiming=lambda event: False,
            patient=True,
            timeout=self.timeout,
            image=image,
            until=instant(self.at, now, "at") if self.at is not None else None,
            later=self.at is not None,
        )
        return await trial.run(operator, await wanted(operator, name, "firmware", ftp=self.ftp))

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells, and of an image its version. Raises Refused for a failure."""
        told = outcome if isinstance(outcome, UpdateOutcome) else None
        if told and len(told.grants) > 1:
            await watch.until(lambda event: is_answer(event, outcome) or None)
        following = Following(outcome.target, told.request_id if told else None, told.version if told else None, watch)
        status, note = await following.end(outcome)
        return replace(told, status=status, note=note or told.note) if told else replace(outcome, status=status)

    @classmethod
    def came_about(
        cls, goal: str | None, charger: "LiveCharger", event: "events.Event | None" = None, since: str = ""
    ) -> bool | None:
        """By the version that it runs, else by the step that it tells."""
        if goal is not None and charger.firmware == goal:
            return True
        status = event.status if isinstance(event, events.FirmwareStatusReported) else None
        if status == INSTALLED and goal is None:
            return True
        has_started = (charger.booted_at or "") > since  # with another version than it was to have
        return False if status in FAILURES or (status == INSTALLED and has_started) else None

    def still(self, live: "LiveFleet") -> list[str]:
        """How many bytes it has fetched, which is known here also of a charger that says nothing."""
        moving = live.transfers.newest(self.charger, "firmware") if self.url is None else None
        if moving is None:
            return [] if self.url else ["cpoctl doctor    it has fetched nothing: is the file exchange reached?"]
        fetched = f"{megabytes(moving.bytes)} of {megabytes(moving.total)}"
        return [f"cpoctl transfer list --charger {self.charger}    it has fetched {fetched}"]

    def _ask(
        self,
        url: str,
        version: "Version",
        now: datetime,
        signature: str | None,
        certificate: str | None,
        fetch: str = "now",
    ) -> firmware.Update:
        signed = signature is not None or certificate is not None
        if signed and (not certificate or not signature or len(signature) > firmware.LONGEST_SIGNATURE):
            raise UsageProblem(
                f"a signed update wants --signature, of at most {firmware.LONGEST_SIGNATURE} characters, and --signing-certificate",
                target=self.charger,
                hints=["cpoctl firmware update --help    an example of both"],
            )
        at_once = now - _EARLIER if fetch == "past" else now
        return firmware.Update(
            request_id=new_request_id(),
            url=location(url, self.path, firmware.longest_url(version, plain=not signed)),
            fetch_at=instant(self.at, now, "at") if self.at is not None else at_once,
            install_at=instant(self.install_at, now, "install-at") if self.install_at is not None else None,
            pace=pace(self.retries, self.retry_interval),
            signature=signature,
            certificate=pem(certificate, firmware.LONGEST_CERTIFICATE) if certificate else None,
        )

    def _why_not(self, name: str, status: str, version: "Version") -> list[str]:
        """What to try after a refusal."""
        if status in ("InvalidCertificate", "RevokedCertificate"):
            return [f"cpoctl cert installed {name} --type manufacturer-root    whom it trusts to sign firmware"]
        if status in ("NotImplemented", "NotSupported") and self.file is not None and not self.unsigned:
            how = f"cpoctl firmware update {name} --file {self.file} --unsigned --confirm {name}"
            return [f"{how}    without the signature, if it is signed"]
        return [
            f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can fetch files",
            f"cpoctl charger show {name}    whether it is busy with another update",
        ]
