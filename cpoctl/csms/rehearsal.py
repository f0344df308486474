"""Rehearsal: what an act would send and write, found out by letting it run with an operator who does neither.

Each Call is judged by the official schema, and answered as a charger does that agrees, so that an act of several
Calls goes on. What it would have sent after another answer is not known.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from cpoctl.clock import Clock
from cpoctl.csms.judging import asked, judged, spoken
from cpoctl.csms.runs import split
from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.secrets import MASK, is_secret, masked
from cpoctl.errors import CpoctlError, Refused, UsageProblem
from cpoctl.events import Event
from cpoctl.ocpp import Version, schemas
from cpoctl.operations import (
    Act,
    Answer,
    Ask,
    Files,
    Form,
    Offer,
    Operator,
    Purpose,
    Report,
    Request,
    Role,
    Store,
    Tasks,
    Watch,
)
from cpoctl.operations.task import FrameRow
from cpoctl.store import Record
from cpoctl.store.rows import Row

T = TypeVar("T")
MESSAGE_ID: Final = "<id>"
_AGREED: Final[dict[tuple[str, Version], Record]] = {
    ("GetLocalListVersion", Version.V16): {"listVersion": 0},
    ("GetLocalListVersion", Version.V201): {"versionNumber": 0},
    ("SetVariables", Version.V201): {"setVariableResult": [{"attributeStatus": "Accepted"}]},
    ("SetVariableMonitoring", Version.V201): {"setMonitoringResult": [{"status": "Accepted"}]},
    ("ClearVariableMonitoring", Version.V201): {"clearMonitoringResult": [{"status": "Accepted"}]},
}
"""Where an answer that agrees is more than a status. OCPP 2.1 answers as 2.0.1."""
_AGREEING: Final = ("Accepted", "Unlocked", "Unpublished")


class _ReadingStore:
    """A store that only reads."""

    def __init__(self, store: Store) -> None:
        self.read, self.reading = store.read, store.reading

    async def write(self, unit: Sequence[Row]) -> None:
        """Write nothing."""


class _RehearsedTasks:
    """Tasks that nobody touches: what would be done with them is noted."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note

    async def finished(self, task_id: int, within: float) -> None:
        """Wait for nothing."""

    async def cancel(self, task_id: int) -> int:
        """Give up nothing."""
        self._note(f"would give up what task {task_id} has not sent yet")
        return 0

    async def retry(self, task_id: int, actor: str, role: Role, *, unknown: bool) -> int:
        """Begin nothing."""
        self._note(f"would repeat task {task_id} for the targets that failed")
        return 0

    async def drop(self, charger_id: str) -> int:
        """Give up nothing."""
        self._note(f"would give up what waits for {charger_id}")
        return 0

    async def disown(self, actor: str) -> int:
        """Give up nothing."""
        self._note(f"would give up what {actor} has asked for and was not sent yet")
        return 0


class _RehearsedFiles:
    """An exchange that opens nothing and gives nothing: whoever asks sees the form of the URL."""

    silence_s = 0.0

    def __init__(self, behind: Files, note: Callable[[str], None]) -> None:
        self._behind, self._note = behind, note
        self.found, self.handed = behind.found, behind.handed
        self.certified, self.take_in, self.kept = behind.certified, behind.take_in, behind.kept
        self.facts = behind.facts

    async def forms(self, charger_id: str, purpose: Purpose) -> Sequence[Form]:
        """The first one alone: what would follow a refusal is not known."""
        return [Form(form.name, sure=True) for form in await self._behind.forms(charger_id, purpose)][:1]

    async def offer(
        self,
        charger_id: str,
        purpose: Purpose,
        form: str,
        *,
        image: Record | None = None,
        until: datetime | None = None,
    ) -> Offer:
        """A URL with everything but the secret."""
        self._note(f"would let {charger_id} move {purpose} over {form}")
        return Offer(0, form, f"{form}://this-server/one-time-secret/{(image or {}).get('name', '')}")

    async def failed(self, charger_id: str, purpose: Purpose, form: str) -> None:
        """Nothing was tried."""

    async def remove_image(self, sha256: str) -> None:
        """Note it."""
        self._note(f"would remove the image {sha256}")

    async def keep(self, charger_id: str, name: str, content: bytes) -> int:
        """Note it."""
        self._note(f"would keep {name}")
        return 0

    async def remove_upload(self, kept: str) -> None:
        """Note it."""
        self._note(f"would remove {kept}")


class _Unwatched:
    """Nothing happens."""

    def __init__(self, live: LiveFleet, charger_id: str) -> None:
        self.live, self.charger_id = live, charger_id

    async def until(self, found: Callable[[Event], T | None]) -> T:
        """Nothing does, which no rehearsal may wait for."""
        raise Refused("what follows is not known", target=self.charger_id)

    async def within(self, seconds: float, found: Callable[[Event], T | None]) -> T | None:
        """Nothing does."""
        return None


class Rehearsal:
    """An operator who notes instead of doing."""

    def __init__(self, behind: Operator, target: str) -> None:
        self._target = target
        self.notes: list[FrameRow] = []
        self.tasks: Tasks = _RehearsedTasks(self._note)
        self.store: Store = _ReadingStore(behind.store)
        self.files: Files = _RehearsedFiles(behind.files, self._note)
        self.live: LiveFleet = behind.live
        self.clock: Clock = behind.clock
        self.actor, self.role = behind.actor, behind.role
        self._behind = behind

    def version(self, charger_id: str) -> Version:
        """The version of OCPP that the charger speaks now, or spoke last."""
        return spoken(self.live, charger_id) or Version.V16

    async def call(self, charger_id: str, ask: Ask | Request, *, timeout: float, check: bool = True) -> Answer:
        """Note the frame; the charger agrees."""
        version = self.version(charger_id)
        request = asked(ask, version, charger_id)
        if check:
            judged(request, version)
        payload = (
            request.payload if isinstance(request.payload, str) else json.dumps(request.payload, separators=(",", ":"))
        )
        frame = f'[2,"{MESSAGE_ID}",{json.dumps(request.action)},{masked(payload)}]'
        charger = self.live.charger(charger_id)
        away = None if charger and charger.connected else f"{charger_id} is not connected now"
        if spoken(self.live, charger_id) is None:
            away = f"{charger_id} was never connected: which OCPP it speaks is not known, this is {version}"
        self.notes.append(FrameRow(self._target, request.action, frame, away))
        return Answer(charger_id, 0, request.action, agreed(request.action, version), None, frame, "", 0.0)

    async def report(self, charger_id: str, ask: Ask, *, of: str, request_id: int, timeout: float) -> Report:
        """Note the frame; nothing is told."""
        return Report(await self.call(charger_id, ask, timeout=timeout), [], whole=True)

    async def commit(self, rows: Sequence[Row], happened: Sequence[Event] = ()) -> None:
        """Note what would be written."""
        for row in rows:
            values = {name: MASK if is_secret(name) and value else value for name, value in row._asdict().items()}
            self._note(f"would write {type(row).__name__} {json.dumps(values)}")

    async def until(self, charger_id: str, reached: Callable[[Event], bool], *, within: float) -> bool:
        """Nothing happens."""
        return False

    @contextmanager
    def watching(self, charger_id: str) -> Iterator[Watch]:
        """Nothing happens."""
        yield _Unwatched(self.live, charger_id)

    async def ping(self, charger_id: str, within: float) -> float | None:
        """Note it."""
        self._note(f"would ping {charger_id}")
        return 0.0

    async def disconnect(self, charger_id: str, reason: str) -> None:
        """Note it."""
        self._note(f"would close the connection of {charger_id}")

    async def hashed(self, password: str) -> str:
        """Nothing that anybody could use."""
        return MASK

    def new_password(self) -> str:
        """Nothing that anybody could use."""
        return MASK

    async def rebuilt(self, charger_id: str, sessions: Sequence[int]) -> Mapping[int, Record | str]:
        """Nothing is changed by it."""
        return await self._behind.rebuilt(charger_id, sessions)

    async def backup(self, target: Path) -> None:
        """Note it."""
        self._note(f"would copy the database to {target}")

    def _note(self, text: str) -> None:
        self.notes.append(FrameRow(self._target, None, None, text))


def agreed(action: str, version: Version) -> Record:
    """How a charger answers that does what it is asked: with the word for that in the answer's schema."""
    words = Version.V16 if version is Version.V16 else Version.V201
    if known := _AGREED.get((action, words)):
        return known
    try:
        answer = schemas.schema(version, action, answer=True)
    except KeyError:
        return {}
    status = answer.get("properties", {}).get("status", {})
    statuses = status.get("enum") or answer.get("definitions", {}).get(
        status.get("$ref", "").rpartition("/")[2], {}
    ).get("enum")
    agrees = next((word for word in statuses or () if word in _AGREEING), None)
    return {"status": agrees} if agrees else {}


async def rehearsed(act: Act, behind: Operator) -> list[FrameRow]:
    """What an act would send and write. Raises what it would raise before its first Call."""
    rehearsal = Rehearsal(behind, split(act)[0])
    try:
        await act.run(rehearsal)
    except UsageProblem:
        raise
    except CpoctlError as error:
        if not rehearsal.notes:
            raise
        rehearsal._note(f"what follows depends on the answer: {error.message}")
    return rehearsal.notes
