"""Scenarios: what befalls a charger, told in a file each, and whether the server behaves through it.

A file's docstring says what happens, its `play` lets it happen on a `Stage`: a charger to live it, `check` for what
the server has to do. In the end every message must have been answered, with a result that keeps to the official
schema. A scenario ends by itself. One that can happen only in some versions of OCPP names them in `SPOKEN`. To add
one, add a file.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import ModuleType
from typing import Annotated, Any, Final
from uuid import uuid4

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.frames import Call, CallError, CallResult, parse
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.link import CallRefused, LinkLost
from cpoctl.simulator.narration import Listener, silence
from cpoctl.simulator.recording import Reply
from cpoctl.simulator.simtime import RealTime, SimTime
from cpoctl.table import Column

SPEED: Final = 1200.0
"""Cars charge so much faster than the clock: 20 minutes a second."""
ANSWER_WITHIN_S: Final = 30.0


@dataclass(frozen=True)
class Check:
    """Something that the server had to do, and whether it did."""

    scenario: Annotated[str, Column("SCENARIO")]
    check: Annotated[str, Column("CHECK")]
    ok: Annotated[bool, Column("OK")]
    found: Annotated[str, Column("FOUND", 2)]


class Ended(Exception):
    """A check failed without which the rest makes no sense."""


@dataclass
class Stage:
    """Where a scenario plays: a server, and the charger that it happens to."""

    scenario: str
    url: str
    charger_id: str
    tag: str
    tell: Callable[[str], None]
    password: str | None = None
    version: Version = Version.V16
    speed: float = SPEED
    on_event: Listener = silence
    checks: list[Check] = field(default_factory=list)
    heard: list[tuple[str, Reply]] = field(default_factory=list)
    """What the server answered to each message of the charger."""
    _asked: dict[str, str] = field(default_factory=dict)
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def charger(self, time: SimTime | None = None) -> VirtualCharger:
        """A charger, connected and not yet booted. LinkLost if nobody is there."""
        made = VirtualCharger(
            self.url,
            self.charger_id,
            version=self.version,
            password=self.password,
            time=time or RealTime(self.speed),
            answer_within_s=ANSWER_WITHIN_S,
            heartbeat_s=0,
            on_event=self.on_event,
            on_frame=self._overheard,
        )
        await self._closing.enter_async_context(made)
        await made.connect()
        return made

    async def booted(self, time: SimTime | None = None) -> VirtualCharger:
        """A charger that the server has accepted; without that a scenario ends."""
        made = await self.charger(time)
        status = str((await made.boot()).get("status"))
        self.require("the boot is accepted", status == "Accepted", status)
        return made

    async def call(self, charger: VirtualCharger, action: str, payload: dict[str, Any]) -> Reply:
        """Send one message and give the answer, be it a CallError."""
        try:
            return Reply(await charger.call(action, payload))
        except CallRefused as refused:
            return Reply(error=refused.code, description=refused.description)

    def fresh_id(self) -> str:
        """An id for a transaction of 2.x, which nobody has used."""
        return str(uuid4())

    def check(self, what: str, ok: bool, found: object = "") -> None:
        """Note whether the server does what it has to."""
        self.checks.append(Check(self.scenario, what, ok, str(found)))
        self.tell(f"{'ok' if ok else 'FAILED':<6}  {what}{f'  ({found})' if found else ''}")

    def require(self, what: str, ok: bool, found: object = "") -> None:
        """Note it, and end the scenario if it does not."""
        self.check(what, ok, found)
        if not ok:
            raise Ended

    async def play(self, story: Callable[["Stage"], Awaitable[None]]) -> list[Check]:
        """Let it happen. LinkLost if the server cannot be had at all."""
        try:
            async with self._closing:
                await story(self)
        except Ended:
            return self.checks
        except LinkLost as lost:
            if not self.heard:
                raise
            self.check("the server stays there", False, lost)
        except CallRefused as refused:
            self.check("the server answers with a result", False, refused)
        self._judge()
        return self.checks

    def _judge(self) -> None:
        silent = ", ".join(self._asked.values())
        self.check("every message is answered", not silent, silent)
        wrong = dict.fromkeys(f"{action}: {reply.error}" for action, reply in self.heard if reply.error)
        self.check("no message is answered with a CallError", not wrong, ", ".join(wrong))
        odd = dict.fromkeys(
            f"{action}: {why}" for action, reply in self.heard if not reply.error for why in self._faults(action, reply)
        )
        self.check("the answers keep to the official schema", not odd, "; ".join(odd))

    def _overheard(self, sender: str, text: str) -> None:
        match sender, parse(text, self.version):
            case "charger", Call() as call:
                self._asked[call.message_id] = call.action
            case "csms", CallResult(message_id=message_id, payload=dict(payload)):
                self._answered(message_id, Reply(payload))
            case "csms", CallError(message_id=message_id, code=code, description=why):
                self._answered(message_id, Reply(error=code, description=why))
            case _:
                pass  # the server's own Calls are answered, and are not what is judged

    def _answered(self, message_id: str, reply: Reply) -> None:
        if (action := self._asked.pop(message_id, None)) is not None:
            self.heard.append((action, reply))

    def _faults(self, action: str, reply: Reply) -> list[str]:
        judge = schemas.judge(self.version, action, answer=True)
        return [f"{each.path} {each.message}".strip() for each in judge.violations(reply.payload)] if judge else []


def spoken(scenario: ModuleType) -> tuple[Version, ...]:
    """The versions in which a scenario can happen."""
    found: tuple[Version, ...] = getattr(scenario, "SPOKEN", tuple(Version))
    return found
