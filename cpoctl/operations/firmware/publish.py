"""Let a local controller fetch firmware and offer it to the chargers in its network."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl import events
from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Watch, accepted, whole_charger
from cpoctl.operations._forms import Trial, Tried, is_answer, wanted
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    OverFtp,
    OwnUrl,
    Retries,
    RetryInterval,
    finished,
    location,
    must_reach,
    new_request_id,
    pace,
    warning,
)
from cpoctl.operations.firmware.update import UpdateOutcome
from cpoctl.operations.image.verify import image_of
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.ocpp import Version

PUBLISHED = "Published"
FAILURES = ("DownloadFailed", "InvalidChecksum", "PublishFailed")
KeptImage = Annotated[str | None, Option("an image that the server keeps", kind="image")]
Checksum = Annotated[str | None, Option("the MD5 checksum of the whole file, 32 hex digits; with --file it is known")]
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")


@dataclass(frozen=True)
class PublishOutcome(UpdateOutcome):
    """What the local controller said, and where it offers what it has published under this checksum."""

    checksum: Annotated[str | None, Column("CHECKSUM", 3)] = None
    locations: Annotated[tuple[str, ...], Column("OFFERED AT", 2)] = ()


@dataclass(frozen=True, kw_only=True)
class PublishFirmware(Act):
    """Let a local controller fetch firmware and offer it to the chargers in its network. OCPP 2.0.1 L03

    --file is an image that the server keeps (`image add`): URL and checksum are made from it. Where the controller
    offers it is told by its last step; `firmware update --url` then names that place to each charger.
    """

    path = "firmware publish"
    route = "POST /chargers/{charger}/firmware/published"
    row = PublishOutcome
    danger = Danger.DISRUPTS
    waits_for = "the charger to tell that it offers it, or that it failed"
    wait_most = 3600.0
    many_calls = True
    examples = (
        "cpoctl firmware publish HQ-07 --file fw-2.1.0.bin --wait --yes",
        "cpoctl firmware publish HQ-07 --url https://files.example.com/fw-2.1.0.bin --checksum 0cc175b9c0f1b6a831c399e269772661 --yes",
    )

    charger: Charger
    file: KeptImage = None
    url: OwnUrl = None
    checksum: Checksum = None
    ftp: OverFtp = False
    retries: Retries = None
    retry_interval: RetryInterval = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        what = f"from {masked(self.url)}" if self.url else f"{self.file}"
        return f"let {self.charger} offer the firmware {what} to the chargers in its network"

    async def run(self, operator: Operator) -> PublishOutcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        version = operator.version(name)
        if self.url is not None:
            if self.file is not None or self.ftp:
                raise _one_of_both(name)
            ask = self._ask(self.url, md5(self.checksum), version)
            must_reach(self.url, name, operator.live)
            tried = Tried(await operator.call(name, ask, timeout=self.timeout), ask)
        else:
            tried = await self._from_us(operator, name, version)
        ways = f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can fetch files"
        outcome = accepted(tried.answer, name, hints=[ways])
        return PublishOutcome(
            **vars(outcome),
            request_id=tried.ask.request_id,
            note=warning(self.url) if self.url else None,
            form=tried.form if tried.offers else None,
            grants=tried.grants,
            checksum=tried.ask.checksum,
        )

    async def _from_us(self, operator: Operator, name: str, version: "Version") -> Tried:
        """Offer the image, over the forms that the charger takes."""
        if self.file is None or self.checksum is not None:
            raise _one_of_both(name)
        image: dict[str, Any] = await image_of(self.file, operator)
        trial = Trial(
            charger_id=name,
            purpose="firmware",
            ask=lambda offer: self._ask(offer.url, image["md5"], version),  # L03.FR.04: the MD5 of the file
            refused=lambda answer: bool(answer.error) or answer.status != "Accepted",
            failing=lambda event: isinstance(event, events.PublishStatusReported) and event.status == "DownloadFailed",
            claiming=lambda event: False,
            patient=True,
            timeout=self.timeout,
            image=image,
        )
        return await trial.run(operator, await wanted(operator, name, "firmware", ftp=self.ftp))

    def _ask(self, url: str, checksum: str, version: "Version") -> firmware.Publish:
        return firmware.Publish(
            request_id=new_request_id(),
            url=location(url, self.path, firmware.longest_url(version, plain=False)),
            checksum=checksum,
            pace=pace(self.retries, self.retry_interval),
        )

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure."""
        told = outcome if isinstance(outcome, PublishOutcome) else None
        if told and len(told.grants) > 1:
            await watch.until(lambda event: is_answer(event, outcome) or None)

        def ended(event: events.Event) -> events.PublishStatusReported | None:
            if not isinstance(event, events.PublishStatusReported):
                return None
            ours = event.request_id is None or told is None or event.request_id == told.request_id
            return event if ours and event.status in (PUBLISHED, *FAILURES) else None

        end = await watch.until(ended)
        done = finished(replace(outcome, status=end.status), (PUBLISHED,))
        return replace(done, locations=end.locations) if isinstance(done, PublishOutcome) else done


def _one_of_both(name: str) -> UsageProblem:
    return UsageProblem(
        "--file is an image of the server; a --url of your own comes with its --checksum, and without --ftp",
        target=name,
        hints=["cpoctl firmware publish --help    an example of each", "cpoctl image list    what the server keeps"],
    )


def md5(text: str | None) -> str:
    """A checksum. Raises UsageProblem."""
    if text is None or not _MD5.fullmatch(text):
        raise UsageProblem(
            f"an MD5 checksum has 32 hex digits: {text or 'none was given'}",
            hints=["cpoctl firmware publish --help    an example"],
        )
    return text
