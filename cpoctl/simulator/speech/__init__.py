"""How a simulated charger says what happens to it: one voice a version of OCPP.

What a charger physically does is the same in every version and stands outside this package: outlets, cars, meters,
tags. A voice turns it into the messages of its version, and reads what the server answers to them.
"""

from typing import TYPE_CHECKING, Protocol

from cpoctl.ocpp import Version
from cpoctl.simulator.link import Payload

if TYPE_CHECKING:
    from cpoctl.simulator.car import Reading
    from cpoctl.simulator.controller import Controller
    from cpoctl.simulator.outbox import Session
    from cpoctl.simulator.outlet import Outlet


class Voice(Protocol):
    """What a charger has to say, in one version's words."""

    version: Version

    def boot(self, reason: str) -> Payload:
        """Write BootNotification; the reason is a word of 2.x."""

    def authorize(self, tag: str, kind: str) -> Payload:
        """Write Authorize; the kind of tag is a word of 2.x, empty for a card at the reader."""

    def verdict(self, answer: Payload) -> str:
        """Read what an answer to Authorize says of the tag."""

    def status(self, outlet: "Outlet") -> Payload:
        """Write StatusNotification, without its time."""

    async def accepted(self, reason: str) -> None:
        """Say what a charger says right after the server has accepted its boot."""

    async def plugged(self, outlet: "Outlet") -> None:
        """Report that a cable is in."""

    async def released(self, outlet: "Outlet", reason: str) -> None:
        """Report that the cable is out again, or of no use, where nobody charges; the reason is a word of 1.6."""

    async def started(self, outlet: "Outlet", session: "Session") -> None:
        """Report that a session has begun."""

    async def metered(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        """Report what a meter shows."""

    async def read_out(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        """Send what a meter shows, whatever the session."""

    async def changed(self, outlet: "Outlet") -> None:
        """Report that an outlet does something else than before."""

    async def noted(self, outlet: "Outlet", session: "Session", trigger: str) -> None:
        """Report that something about a session has changed; the trigger is a word of 2.x."""

    async def stopped(self, outlet: "Outlet", session: "Session", shown: "Reading", reason: str) -> None:
        """Report that a session is over; the reason is a word of 1.6."""

    async def faulted(self, outlet: "Outlet", error_code: str, *, cleared: bool) -> None:
        """Report that something has broken, or works again; the code is a word of 1.6."""

    async def reservation_over(self, reservation_id: int, why: str) -> None:
        """Report that a reservation has ended without a session; why is a word of 2.x."""

    async def caught_up(self) -> None:
        """Report what else has happened during an outage."""

    def ready(self, action: str, payload: Payload, session: "Session") -> Payload:
        """Write a transaction message as it goes out now."""

    def answered(self, action: str, session: "Session", answer: Payload) -> None:
        """Read the answer to a transaction message."""

    def given_up(self, action: str, session: "Session") -> None:
        """Bear that a transaction message was refused for good."""


def voice_of(version: Version, charger: "Controller") -> Voice:
    """Give a charger its voice."""
    from cpoctl.simulator.speech import v2, v16  # here, because the voices import what they speak for

    return v16.Voice16(charger) if version is Version.V16 else v2.Voice2(charger, version)
