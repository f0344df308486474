"""Following an update: from the first step that a charger tells to the boot that shows the version.

Chargers differ: some tell Installed and restart then, some restart and tell it then, some restart and tell nothing.
OCPP 1.6 §4.5 · OCPP 2.0.1 L01, L02
"""

from dataclasses import dataclass, replace
from typing import Final

from cpoctl import events
from cpoctl.errors import Refused
from cpoctl.operations import Outcome, Watch
from cpoctl.operations.firmware import finished

INSTALLED: Final = "Installed"
BOOTED: Final = "Booted"
FAILURES: Final = (  # 1.6 §7.25; security whitepaper; the words of 2.x are the same
    "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
)  # fmt: skip
BOOTS_WITHIN_S: Final = 300.0  # after it told Installed
AGAIN_WITHIN_S: Final = 30.0  # the same, where it has started once already, with the old version
SAYS_SO_WITHIN_S: Final = 5.0  # after a boot with the version


@dataclass
class Following:
    """What is waited for; `version` None: nobody knows what the charger will tell."""

    charger_id: str
    request_id: int | None
    version: str | None
    watch: Watch
    started: str | None = None
    """The firmware that it told when it started last since."""

    async def end(self, outcome: Outcome) -> tuple[str, str | None]:
        """The last status, and what is to be said of it. Raises Refused for a failure, and for one without effect."""
        told = await self.watch.until(self._told)
        if told == BOOTED:
            told = await self.watch.within(SAYS_SO_WITHIN_S, self._ended) or BOOTED
        if told in FAILURES:
            finished(replace(outcome, status=told), (INSTALLED,))
        if self.version is None or self._runs_it():
            return INSTALLED, None if told == INSTALLED else "it told no end, but its boot shows the version"
        firmware = await self.watch.within(AGAIN_WITHIN_S if self.started else BOOTS_WITHIN_S, _booted) or self.started
        if firmware is None:
            return INSTALLED, f"it has not started again since, so that {self.version} is not confirmed"
        if firmware != self.version:
            raise self._without_effect(outcome, firmware)
        return INSTALLED, None

    def _told(self, event: events.Event) -> str | None:
        """A failure, the end, or a boot with the version that was wanted."""
        if (firmware := _booted(event)) is None:
            return self._ended(event)
        self.started = firmware
        return BOOTED if self.version is not None and firmware == self.version else None

    def _ended(self, event: events.Event) -> str | None:
        if not isinstance(event, events.FirmwareStatusReported) or event.request_id not in (None, self.request_id):
            return None
        return event.status if event.status in (INSTALLED, *FAILURES) else None

    def _runs_it(self) -> bool:
        charger = self.watch.live.charger(self.charger_id)
        return charger is not None and charger.firmware == self.version

    def _without_effect(self, outcome: Outcome, firmware: str) -> Refused:
        return Refused(
            f"{self.charger_id} told Installed, but still runs {firmware} instead of {self.version}",
            target=self.charger_id,
            hints=[
                f"cpoctl log list {self.charger_id} --last 10    what it told on the way",
                "cpoctl image list    whether the image has the version that it tells",
            ],
            detail={"decided_by": "charger", "outcome": replace(outcome, ok=False, status="NoEffect")},
        )


def _booted(event: events.Event) -> str | None:
    return event.firmware or "" if isinstance(event, events.ChargerBooted) else None
