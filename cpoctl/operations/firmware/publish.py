"""Let a local controller fetch firmware and offer it to the chargers in its network."""

import re
from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl import events
from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Watch, accepted, whole_charger
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
from cpoctl.operations.firmware.update import UpdateOutcome

PUBLISHED = "Published"
FAILURES = ("DownloadFailed", "InvalidChecksum", "PublishFailed")
Checksum = Annotated[str, Option("the MD5 checksum of the whole file, 32 hex digits")]
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")


@dataclass(frozen=True, kw_only=True)
class PublishFirmware(Act):
    """Let a local controller fetch firmware and offer it to the chargers in its network. OCPP 2.0.1 L03

    Where it offers it is told by the event of its last step; `firmware update` then names that place to each charger.
    """

    path = "firmware publish"
    route = "POST /chargers/{charger}/firmware/published"
    row = UpdateOutcome
    danger = Danger.DISRUPTS
    waits_for = "the charger to tell that it offers it, or that it failed"
    wait_most = 3600.0
    examples = (
        "cpoctl firmware publish HQ-07 --url https://files.example.com/fw-2.1.0.bin --checksum 0cc175b9c0f1b6a831c399e269772661 --yes",
    )

    charger: Charger
    url: Url
    checksum: Checksum
    retries: Retries = None
    retry_interval: RetryInterval = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"let {self.charger} offer the firmware from {masked(self.url)} to the chargers in its network"

    async def run(self, operator: Operator) -> UpdateOutcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        version = operator.version(name)
        ask = firmware.Publish(
            request_id=new_request_id(),
            url=location(self.url, self.path, firmware.longest_url(version, plain=False)),
            checksum=md5(self.checksum),
            pace=pace(self.retries, self.retry_interval),
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        ways = f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can fetch files"
        outcome = accepted(answer, name, hints=[ways])
        return UpdateOutcome(**vars(outcome), request_id=ask.request_id, note=warning(self.url))

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure."""
        number = getattr(outcome, "request_id", None)

        def ended(event: events.Event) -> str | None:
            if not isinstance(event, events.PublishStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status in (PUBLISHED, *FAILURES) else None

        return finished(replace(outcome, status=await watch.until(ended)), (PUBLISHED,))


def md5(text: str) -> str:
    """A checksum. Raises UsageProblem."""
    if not _MD5.fullmatch(text):
        raise UsageProblem(
            f"an MD5 checksum has 32 hex digits: {text!r}", hints=["cpoctl firmware publish --help    an example"]
        )
    return text
