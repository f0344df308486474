"""What an operator can do: one file a noun, one frozen dataclass an operation.

The command line, the HTTP endpoint and later the dashboard's form are derived from the declaration:
fields are parameters, the docstring is the help, `path` is the command and `route` the endpoint.
A `Query` reads (SQL, then a live overlay where the server runs), a `Stream` reads and goes on with what
happens; an `Act` changes something and goes through the server. Nothing here imports asyncio or a
concrete store: whatever an operation needs comes in as its `Operator`, so that the command line can
load a declaration in a millisecond.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from cpoctl.clock import duration
from cpoctl.errors import NotFound, Refused, UsageProblem, nearest
from cpoctl.store import Read as Read
from cpoctl.store import Record as Record
from cpoctl.table import Column, millis

if TYPE_CHECKING:
    from pathlib import Path

    from cpoctl.clock import Clock
    from cpoctl.domain.fleet import LiveFleet
    from cpoctl.events import Event
    from cpoctl.store.rows import Row as StoredRow


class Danger(IntEnum):
    """How much an operation may hurt (UX §4.7)."""

    READ = 0
    HARMLESS = 1
    DISRUPTS = 2
    SEVERE = 3


class Role(StrEnum):
    """Who may do it; each role may what the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Argument:
    """A positional parameter of the command. `kind` tells completion and prompts what it names.

    Of the kind `file` it is a text, which the command line also reads from `@file` or `-`; so is such an Option.
    """

    help: str
    kind: str = ""


@dataclass(frozen=True)
class Option:
    """A named parameter; `--field-name` on the command line, or `--long` where the name is no word of Python's."""

    help: str
    short: str = ""
    kind: str = ""
    long: str = ""


@dataclass(frozen=True)
class Secret:
    """A parameter that never stands in argv: the command line reads `--field-name-file FILE` (`-`: stdin)."""

    help: str


@dataclass(frozen=True)
class JsonText:
    """A positional parameter of type str, or a `named` one, that holds JSON text as the caller wrote it.

    The command line takes the text, `@file` or `-`; in an HTTP body it is the JSON value itself.
    """

    help: str
    named: bool = False


class Operation:
    """One thing an operator can do. Subclasses are frozen, keyword-only dataclasses."""

    path: ClassVar[str]
    route: ClassVar[str]
    row: ClassVar[type]
    danger: ClassVar[Danger] = Danger.READ
    role: ClassVar[Role] = Role.VIEWER
    examples: ClassVar[tuple[str, ...]] = ()

    def danger_now(self) -> Danger:
        """The danger of this very invocation."""
        return self.danger

    def consequence(self) -> str:
        """What it will do, as the confirmation says it."""
        return f"{self.path}"

    def confirm_with(self) -> str:
        """The text that a severe operation wants typed."""
        return ""


class Query(Operation):
    """Reads. `select` runs on a reader, also with the server down; `overlay` adds what only the server knows."""

    many: ClassVar[bool] = True
    noun: ClassVar[str] = "rows"
    local: ClassVar[bool] = False
    """Whether it reads nothing of ours and needs neither server nor database."""
    told_as: ClassVar[str | None] = None
    """The output format where the caller names none; a terminal's and a pipe's usual ones without it."""

    def select(self, read: Read) -> list[Any]:
        """Rows from the database."""
        raise AssertionError(f"{type(self).__name__} selects nothing")

    def overlay(self, row: Any, live: "LiveFleet", now: datetime) -> Any:
        """The row with live facts; called only where the server runs."""
        return row


class Stream(Query):
    """Reads what is stored, then, with its field `follow`, goes on with what happens."""

    frames: ClassVar[bool] = False
    """Whether it wants the frames of the journal, which are published only while somebody listens."""

    def take(self, event: "Event") -> Any | None:
        """The row that an event is, or None."""
        raise AssertionError(f"{type(self).__name__} takes nothing")

    def place(self, row: Any) -> int | None:
        """A number that grows from row to row, so that none is told twice."""
        return None

    @classmethod
    def line(cls, row: Record) -> str:
        """One row on one line of a terminal; the command line makes it harmless and cuts it."""
        raise AssertionError(f"{cls.__name__} has no line")


class Act(Operation):
    """Changes something. Runs in the server."""

    danger: ClassVar[Danger] = Danger.HARMLESS
    role: ClassVar[Role] = Role.OPERATOR

    async def run(self, operator: "Operator") -> Any:
        """Do it and tell the outcome as a row."""
        raise AssertionError(f"{type(self).__name__} does nothing")


class LocalAct(Operation):
    """Works on the database file itself, without the server; runs in the command line's process."""

    danger: ClassVar[Danger] = Danger.HARMLESS
    role: ClassVar[Role] = Role.ADMIN
    route: ClassVar[str] = ""

    def run_local(self, files: "DatabaseFiles") -> Any:
        """Do it and tell the outcome as a row."""
        raise AssertionError(f"{type(self).__name__} does nothing")


@dataclass(frozen=True)
class Request:
    """A Call to send. A str payload is JSON that goes out exactly as it is."""

    action: str
    payload: Mapping[str, Any] | str


@dataclass(frozen=True)
class Answer:
    """What a charger really said to a Call. `error` is its CallError: code and description."""

    charger_id: str
    command_id: int
    action: str
    payload: Record
    error: tuple[str, str] | None
    sent: str
    received: str
    latency_ms: float

    @property
    def status(self) -> str:
        """The answer in one word: its status, its error code, or Answered when it has neither."""
        if self.error:
            return self.error[0]
        return str(self.payload.get("status") or "Answered")


@dataclass(frozen=True)
class Outcome:
    """One target's outcome of an act."""

    target: Annotated[str, Column("TARGET")]
    ok: bool
    status: Annotated[str, Column("STATUS")]
    latency_ms: Annotated[float | None, Column("TOOK", show=millis, align="right")] = None
    command_id: int | None = None
    answer: Record | None = None


@dataclass(frozen=True)
class Target:
    """A charger, or an EVSE or connector of it: `HQ-07`, `HQ-07:2`, `HQ-07:2.1` (UX §4.2)."""

    charger_id: str
    evse_id: int | None = None
    connector_id: int | None = None


REFUSALS = frozenset(
    {"Rejected", "NotSupported", "Failed", "UnlockFailed", "Faulted", "Occupied", "Unavailable", "VersionMismatch"}
    | {"UnknownVendorId", "UnknownMessageId"}
)
"""What a charger answers when it does not do what was asked."""

_TARGET = re.compile(r"(?P<charger>.+?):(?P<evse>\d+)(?:\.(?P<connector>\d+))?")


def target(text: str, live: "LiveFleet") -> Target:
    """Read a target. A word that is a known charger's id is that charger; only then is it parsed."""
    if known := live.charger(text):
        return Target(known.charger_id)
    if match := _TARGET.fullmatch(text):
        connector = match["connector"]
        charger_id = known_charger(match["charger"], live)
        return Target(charger_id, int(match["evse"]), int(connector) if connector else None)
    return Target(known_charger(text, live))


def known_charger(name: str, live: "LiveFleet") -> str:
    """The id of a charger as first seen, or NotFound with the nearest one."""
    if charger := live.charger(name):
        return charger.charger_id
    ids = [charger.charger_id for charger in live.chargers.values()]
    raise NotFound(
        f"no charger {name}{nearest(name, ids)}",
        target=name,
        hints=["cpoctl charger list       all that are known", "cpoctl charger unknown    who knocked and waits"],
    )


def instant(text: str, now: datetime, field: str, *, ago: bool = False) -> datetime:
    """Read `2026-12-31T23:59:59Z`, or `2h` from now or ago. Without a zone it is the server's. Raises UsageProblem."""
    try:
        if text[:1].isdigit() and "-" not in text:
            span = timedelta(seconds=duration(text))
            return now - span if ago else now + span
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageProblem(
            f"--{field}: {text!r} is neither a time nor a duration",
            hints=[f"--{field} 2026-12-31T23:59:59Z", f"--{field} 2h    two hours {'ago' if ago else 'from now'}"],
        ) from None


def accepted(answer: Answer, name: str, ok: Sequence[str] = ("Accepted",), hints: Sequence[str] = ()) -> Outcome:
    """The outcome of an answer that is one of `ok`; any other answer is Refused, with both frames.

    `hints` say what to try next, beside the log of what was said before.
    """
    outcome = Outcome(name, answer.status in ok, answer.status, answer.latency_ms, answer.command_id, answer.payload)
    if outcome.ok and answer.error is None:
        return outcome
    why = f": {answer.error[1]}" if answer.error and answer.error[1] else ""
    raise Refused(
        f"{name} answered {answer.action} with {answer.status}{why}",
        target=name,
        hints=[*hints, f"cpoctl log list {answer.charger_id} --last 10    what was said before"],
        detail={
            "decided_by": "charger",
            "sent": answer.sent,
            "received": answer.received,
            "outcome": replace(outcome, ok=False),
        },
    )


class Store(Protocol):
    """What operations may do with the store."""

    async def write(self, unit: "Sequence[StoredRow]") -> None:
        """Commit the rows together."""

    async def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> list[Record]:
        """Run one SELECT."""


class Operator(Protocol):
    """What an act has at hand."""

    store: Store
    live: "LiveFleet"
    clock: "Clock"
    actor: str

    async def call(self, charger_id: str, request: Request, *, timeout: float, check: bool = True) -> Answer:
        """Send one Call and wait for the charger's answer.

        Raises ChargerOffline, TimedOut, and with `check` UsageProblem when the schema disagrees.
        """

    async def commit(self, rows: "Sequence[StoredRow]", events: Sequence[Any] = ()) -> None:
        """Commit rows and events, then apply and publish the events."""

    async def disconnect(self, charger_id: str, reason: str) -> None:
        """Close the charger's connection, if it has one."""

    async def hashed(self, password: str) -> str:
        """The stored form of a charger's password."""

    def new_password(self) -> str:
        """A key that nobody can guess: 20 random bytes as 40 hex digits (A00.FR.205)."""

    async def backup(self, target: "Path") -> None:
        """Copy the database while it is in use."""


class DatabaseFiles(Protocol):
    """What a local act may do with database files while no server runs on them."""

    path: "Path"

    def check(self, full: bool) -> list[str]:
        """Problems found in the file."""

    def backup(self, target: "Path") -> None:
        """Copy the database."""

    def restore(self, backup: "Path") -> "Path | None":
        """Put the backup in the database's place; the path that now holds the old one."""


def one(rows: Sequence[Any], noun: str, name: str, read: Read, names: str) -> Any:
    """The only row, or NotFound with the nearest known name. `names` selects the known names."""
    if rows:
        return rows[0]
    known = [next(iter(record.values())) for record in read(names)]
    raise NotFound(
        f"no {noun} {name}{nearest(name, known)}", target=name, hints=[f"cpoctl {noun} list    all that are known"]
    )
