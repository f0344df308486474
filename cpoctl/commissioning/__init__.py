"""Commissioning: is a charger fit for use? A checklist of steps that are done with the charger itself.

Every file in `steps/` is one step: `ORDER`, `TITLE`, `DISRUPTS` (whether it needs a yes) and `check(bench)`, which
talks to the charger through the bench, waits for what it sends, and returns a Verdict.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from cpoctl.ocpp import heard
from cpoctl.ocpp.asks import Ask


class Result(StrEnum):
    """How a step ended."""

    PASS = "pass"  # noqa: S105 # not a password
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Verdict:
    """How a step ended, what was found, and commands to try next."""

    result: Result
    found: str
    tries: tuple[str, ...] = ()


def passed(found: str, *tries: str) -> Verdict:
    """The charger does it."""
    return Verdict(Result.PASS, found, tries)


def failed(found: str, *tries: str) -> Verdict:
    """The charger does not do it."""
    return Verdict(Result.FAIL, found, tries)


def skipped(why: str, *tries: str) -> Verdict:
    """Nothing is known of it, and why."""
    return Verdict(Result.SKIPPED, why, tries)


@dataclass(frozen=True)
class Frame:
    """One exchange on the wire, as the journal has it; `payload` and `answer` are what the frames carry."""

    journal_id: int
    at: str
    charger_id: str
    sender: str
    action: str
    outcome: str
    request: str
    reply: str | None
    payload: Mapping[str, Any]
    answer: Mapping[str, Any]
    violations: tuple[str, ...] = ()

    @property
    def states(self) -> list[heard.State]:
        """The states of connectors that it tells."""
        return heard.states(self.action, self.payload)

    @property
    def step(self) -> heard.Step | None:
        """What it says of a session."""
        return heard.step(self.action, self.payload, self.answer)


Fits = Callable[[Frame], bool]


@dataclass(frozen=True)
class Reply:
    """What the charger answered to a Call of ours: its status, an error code, or `timeout`."""

    ok: bool
    status: str
    content: Mapping[str, Any] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()
    action: str = ""

    CANNOT: ClassVar = frozenset({"NotSupported", "NotImplemented"})

    @property
    def cannot(self) -> bool:
        """Whether the charger lacks what was asked."""
        return self.status in self.CANNOT

    def refused(self, what: str = "") -> Verdict:
        """The verdict that a no to a step is. Without a word for it, it is called what was sent."""
        said = "no answer" if self.status == "timeout" else f"answered {self.status}"
        reasons = f" ({self.why[0].removeprefix(f'{self.status}: ')})" if self.why else ""
        return failed(f"{what or self.action}: {said}{reasons}", *self.tries)


class Bench(Protocol):
    """The charger on the bench, and the people around it."""

    charger_id: str
    evse_id: int
    tag: str | None
    transaction_id: str | None
    """The session that the checklist has started, as the wire calls it."""
    origin: int
    """From where on frames belong to this commissioning: the charger's last boot."""

    def mark(self) -> int:
        """Where the frames heard so far end: what is waited for may come before the answer that promised it."""

    def call(self, ask: Ask) -> Reply:
        """Ask for something, in the charger's version, and wait for the answer; a no and silence are answers too."""

    def settings(self) -> Reply:
        """Have all settings told; the answer's content is their values by name."""

    def variables(self, *keys: str) -> str:
        """What the charger calls the settings that OCPP 1.6 calls so, as a command line lists them."""

    def heard(self, *actions: str, since: int = 0) -> list[Frame]:
        """What the charger has sent of these actions, or of all, oldest first."""

    def asked(self, action: str) -> list[Frame]:
        """What was asked of the charger, oldest first."""

    def wait(self, fits: Fits, since: int, seconds: float) -> Frame | None:
        """The first frame of the charger after `since` that fits; None when the time is over."""

    def ask(self, what: str) -> str | None:
        """Ask a person to do something; None when it is done, else why it is not."""
