"""An operator that sends nothing: it records what an operation would send, and every charger says Accepted."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from cpoctl import events
from cpoctl.clock import Clock, SystemClock
from cpoctl.csms.judging import asked, spoken
from cpoctl.csms.rehearsal import agreed
from cpoctl.domain.fleet import LiveFleet
from cpoctl.events import Event
from cpoctl.ocpp import Version
from cpoctl.operations import (
    Act,
    Answer,
    Ask,
    Content,
    Files,
    Form,
    JsonText,
    Offer,
    Operator,
    Purpose,
    Report,
    Request,
    Role,
    Secret,
    Store,
    Tasks,
)
from cpoctl.parameters import Parameter, parameters
from cpoctl.store import Read, Record
from cpoctl.store.rows import Row

T = TypeVar("T")
CHARGER, SESSION, TRANSACTION, TAG = "HQ-07", 42, "4711", "ANNA-K"
AT = "2026-03-01T12:00:00.000Z"
SAMPLES = {
    "charger": CHARGER,
    "target": CHARGER,
    "session": str(SESSION),
    "tag": TAG,
    "alert": "7",
    "variable": "HeartbeatInterval",
}
CONTENT = Content("0" * 64, "0cc175b9c0f1b6a831c399e269772661", 7)
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
BY_NAME: dict[str, Any] = {"action": "ClearCache", "expires": "2026-12-31T23:59:59Z", "to": "/nowhere/cpoctl.db",
           "connector_type": "cCCS2", "discharge_limit": -1.0, "tag_type": "Central",
           "limit": "16A", "url": "ftp://files.example.com/chargers/", "certificate": PEM,
           "checksum": "0cc175b9c0f1b6a831c399e269772661"}  # fmt: skip


class NoStore:
    """Takes every row and has none."""

    async def write(self, unit: Sequence[Row]) -> None:
        """Take the rows."""

    async def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Nothing."""
        return []

    async def reading(self, select: Callable[[Read], T]) -> T:
        """Whatever is made of nothing."""
        return select(lambda sql, params=(): [])


class NoTasks:
    """Has no task, and forgets each."""

    async def finished(self, task_id: int, within: float) -> None:
        """It has."""

    async def cancel(self, task_id: int) -> int:
        """Nothing was left."""
        return 0

    async def retry(self, task_id: int, actor: str, role: Role, *, unknown: bool) -> int:
        """A new number."""
        return task_id + 1

    async def drop(self, charger_id: str) -> int:
        """Nothing waits."""
        return 0

    async def disown(self, actor: str) -> int:
        """Nobody has asked for anything."""
        return 0


class NoFiles:
    """An exchange that gives each charger the same URL, and keeps one image."""

    silence_s = 0.0

    async def forms(self, charger_id: str, purpose: Purpose) -> Sequence[Form]:
        """One, which is sure to work."""
        return [Form("http", sure=True)]

    async def offer(
        self,
        charger_id: str,
        purpose: Purpose,
        form: str,
        *,
        image: Record | None = None,
        until: datetime | None = None,
    ) -> Offer:
        """A URL."""
        return Offer(1, form, f"{form}://192.0.2.1:9080/secret/")

    async def failed(self, charger_id: str, purpose: Purpose, form: str) -> None:
        """Nothing is remembered."""

    async def handed(self, sha256: str) -> Content:
        """Something."""
        return CONTENT

    async def found(self, sha256: str) -> Content:
        """The same."""
        return CONTENT

    async def certified(self, content: Content, signature: str, certificate: str) -> str:
        """It is good."""
        return "signed"

    async def take_in(self, blocks: AsyncIterator[bytes]) -> Content:
        """Take nothing."""
        return CONTENT

    async def keep(self, charger_id: str, name: str, content: bytes) -> int:
        """Under a number."""
        return 1

    def facts(self) -> dict[str, str]:
        """It listens nowhere."""
        return {}

    def kept(self, relative: str) -> Path:
        """No file."""
        return Path("/nowhere")

    async def remove_image(self, sha256: str) -> None:
        """There is none."""

    async def remove_upload(self, kept: str) -> None:
        """There is none."""


@dataclass
class Unwatched:
    """Nothing happens."""

    live: LiveFleet
    charger_id: str

    async def until(self, found: Callable[[Event], Any]) -> Any:
        """Nothing does."""
        raise AssertionError("no walk waits")

    async def within(self, seconds: float, found: Callable[[Event], Any]) -> Any:
        """Nothing does."""
        return None


def fleet(version: Version = Version.V16) -> LiveFleet:
    """One connected charger with an open session."""
    live = LiveFleet()
    for event in (
        events.ChargerAdded(charger_id=CHARGER, registration="Accepted", known=True),
        events.ChargerConnected(charger_id=CHARGER, connection_id=1, address="", version=version, auth="none", at=AT),
        events.TagChanged(tag_id=TAG, status="Accepted", parent_id=None, expires_at=None),
        events.SessionStarted(
            charger_id=CHARGER, session_id=SESSION, evse_id=1, transaction_id=TRANSACTION, tag_id=TAG,
            tag_status="Accepted", started_at=AT, started_raw=AT, meter_start_wh=0.0, meter_start_raw="0",
        ),
    ):  # fmt: skip
        live.apply(event)
    return live


@dataclass
class RecordingOperator:
    """What an act has at hand, without a server behind it."""

    sent: list[Request] = field(default_factory=list)
    live: LiveFleet = field(default_factory=fleet)
    clock: Clock = field(default_factory=SystemClock)
    actor: str = "house"
    role: Role = Role.ADMIN

    def __post_init__(self) -> None:
        self.store: Store = NoStore()
        self.tasks: Tasks = NoTasks()
        self.files: Files = NoFiles()
        self._numbers = count(1)

    def version(self, charger_id: str) -> Version:
        """The version that the charger speaks."""
        return spoken(self.live, charger_id) or Version.V16

    async def call(self, charger_id: str, ask: Ask | Request, *, timeout: float, check: bool = True) -> Answer:
        """Record it; the charger accepts."""
        request = asked(ask, self.version(charger_id), charger_id)
        self.sent.append(request)
        answer = (
            {"status": "Accepted"}
            if self.version(charger_id) is Version.V16
            else agreed(request.action, self.version(charger_id))
        )
        return Answer(charger_id, next(self._numbers), request.action, answer, None, "[2]", "[3]", 1.0)

    async def report(self, charger_id: str, ask: Ask, *, of: str, request_id: int, timeout: float) -> Report:
        """Record it; nothing is told."""
        return Report(await self.call(charger_id, ask, timeout=timeout), [], whole=True)

    async def commit(self, rows: Sequence[Row], happened: Sequence[Event] = ()) -> None:
        """Apply the events."""
        for event in happened:
            self.live.apply(event)

    async def until(self, charger_id: str, reached: Callable[[Event], bool], *, within: float) -> bool:
        """It is so at once."""
        return True

    @contextmanager
    def watching(self, charger_id: str) -> Iterator[Unwatched]:
        """Hear nothing."""
        yield Unwatched(self.live, charger_id)

    async def ping(self, charger_id: str, within: float) -> float | None:
        """It answers at once."""
        return 0.0

    async def disconnect(self, charger_id: str, reason: str) -> None:
        """Nobody is connected."""

    async def hashed(self, password: str) -> str:
        """Not a secret."""
        return f"hash of {password}"

    def new_password(self) -> str:
        """Always the same."""
        return "0123456789abcdef0123456789abcdef01234567"

    async def rebuilt(self, charger_id: str, sessions: Sequence[int]) -> Mapping[int, Record | str]:
        """As if the journal held nothing."""
        return dict.fromkeys(sessions, "the journal holds nothing of any session")

    async def backup(self, target: Path) -> None:
        """There is nothing to copy."""


def operator(version: Version = Version.V16) -> tuple[Operator, list[Request]]:
    """An operator, whose charger speaks this version, and the requests that it will have sent."""
    recording = RecordingOperator(live=fleet(version))
    return recording, recording.sent


def invocations(kind: type[Act]) -> Iterator[Act]:
    """The act with its bare necessities, then with each further parameter in turn, and each of its choices."""
    known = parameters(kind)
    least = {p.name: sample(p) for p in known if p.required}
    yield kind(**least)
    for parameter in known:
        for value in _values(parameter):
            yield kind(**{**least, parameter.name: value})


def _values(parameter: Parameter) -> Sequence[Any]:
    if parameter.scalar is bool:
        return [True, False]
    if parameter.choices:
        return _chosen(parameter)
    if parameter.kind == "charger" and parameter.name in ("charger", "target"):
        return [CHARGER, f"{CHARGER}:1", f"{CHARGER}:2"]
    return [sample(parameter)]


def _chosen(parameter: Parameter) -> list[Any]:
    """Each of the parameter's choices."""
    every = [parameter.scalar(word) if isinstance(parameter.scalar, type) else word for word in parameter.choices]
    return [(word,) for word in every] if parameter.many else every


def sample(parameter: Parameter) -> Any:
    """Something that the parameter can be."""
    if isinstance(parameter.mark, JsonText):
        return json.dumps({})
    if isinstance(parameter.mark, Secret):
        return "correct horse battery"
    if parameter.choices:
        return _chosen(parameter)[0]
    numbers: Any = {int: 1, float: 1.0, bool: True}
    scalar = BY_NAME.get(parameter.name)
    if type(scalar) is not parameter.scalar:
        scalar = numbers.get(parameter.scalar, SAMPLES.get(parameter.kind, "300"))
    return (scalar,) if parameter.many else scalar
