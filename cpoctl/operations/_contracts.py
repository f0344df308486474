"""Contracts: what an operation has at hand while it runs, fulfilled by the server, a dry run, or the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cpoctl.store import Read, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cpoctl.clock import Clock
    from cpoctl.domain.fleet import LiveFleet
    from cpoctl.events import Event
    from cpoctl.ocpp import Version
    from cpoctl.operations import Answer, Ask, Report, Request, Role
    from cpoctl.operations._files import Files
    from cpoctl.store.rows import Row as StoredRow

T = TypeVar("T")


class Store(Protocol):
    """What operations may do with the store."""

    async def write(self, unit: "Sequence[StoredRow]") -> None:
        """Commit the rows together."""

    async def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> list[Record]:
        """Run one SELECT."""

    async def reading(self, select: "Callable[[Read], T]") -> T:
        """Run `select` on a reader's thread; all its SELECTs see the same commits."""


class Watch(Protocol):
    """What happens to one charger, heard from before the first Call went out, so that nothing is missed."""

    live: "LiveFleet"
    charger_id: str

    async def until(self, found: "Callable[[Event], T | None]") -> T:
        """What `found` makes of the first event that it takes; each event is looked at once."""

    async def within(self, seconds: float, found: "Callable[[Event], T | None]") -> T | None:
        """The same, but None when there is none in so many seconds."""


class Tasks(Protocol):
    """The tasks of the server: invocations of operations, with one result per target."""

    async def finished(self, task_id: int, within: float) -> None:
        """Wait until a task has ended. Raises NotFound, TimedOut."""

    async def cancel(self, task_id: int) -> int:
        """Give up the targets to which nothing was sent yet; how many. Raises NotFound, Conflict."""

    async def retry(self, task_id: int, actor: str, role: "Role", *, unknown: bool) -> int:
        """A new task for the targets of another one that failed; its number. Raises NotFound, Conflict.

        Those that may have done it are among them only if the `unknown` ones are wanted.
        """

    async def drop(self, charger_id: str) -> int:
        """Give up whatever waits for a charger; how many."""

    async def disown(self, actor: str) -> int:
        """Give up whatever somebody has asked for that was not sent yet; how many targets."""


class Operator(Protocol):
    """What an act has at hand."""

    tasks: Tasks
    store: Store
    files: "Files"
    live: "LiveFleet"
    clock: "Clock"
    actor: str
    role: "Role"

    def version(self, charger_id: str) -> "Version":
        """The version of OCPP that the charger speaks now, or spoke last."""

    async def call(self, charger_id: str, ask: "Ask | Request", *, timeout: float, check: bool = True) -> "Answer":
        """Send one Call, in the charger's version, and wait for the charger's answer.

        Raises ChargerOffline, TimedOut, Unsupported, and with `check` UsageProblem when the schema disagrees.
        """

    async def report(self, charger_id: str, ask: "Ask", *, of: str, request_id: int, timeout: float) -> "Report":
        """Ask for a report and wait for the messages (`of` this action) that bring it, `timeout` seconds for each part of the way.

        Raises what `call` raises. A charger that does not agree sends none.
        """

    async def commit(self, rows: "Sequence[StoredRow]", events: Sequence[Any] = ()) -> None:
        """Commit rows and events, then apply and publish the events."""

    async def until(self, charger_id: str, reached: "Callable[[Event], bool]", *, within: float) -> bool:
        """Wait for a stored event of a charger that makes it so, at the most `within` seconds; whether one did."""

    def watching(self, charger_id: str) -> "AbstractContextManager[Watch]":
        """Hear what happens to a charger while the block lasts."""

    async def ping(self, charger_id: str, within: float) -> float | None:
        """Ask the socket for a sign of life; the seconds until one came, or None. Raises ChargerOffline."""

    async def disconnect(self, charger_id: str, reason: str) -> None:
        """Close the charger's connection, if it has one."""

    async def hashed(self, password: str) -> str:
        """The stored form of a charger's password."""

    def new_password(self) -> str:
        """A key that nobody can guess: 20 random bytes as 40 hex digits (A00.FR.205)."""

    async def backup(self, target: "Path") -> None:
        """Copy the database while it is in use."""

    async def rebuilt(self, charger_id: str, sessions: Sequence[int]) -> "Mapping[int, Record | str]":
        """Sessions of one charger as the journal tells them; why it does not, for one of which it does not hold all."""


class DatabaseFiles(Protocol):
    """What a local act may do with database files while no server runs on them."""

    path: "Path"

    def check(self, full: bool) -> list[str]:
        """Problems found in the file."""

    def backup(self, target: "Path") -> None:
        """Copy the database."""

    def vacuum(self) -> tuple[int, int]:
        """Give freed pages back to the disk; the bytes before and after. Raises Conflict while a server runs on it."""

    def restore(self, backup: "Path") -> "Path | None":
        """Put the backup in the database's place; the path that now holds the old one."""
