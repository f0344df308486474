"""The store: what keeps facts on disk, and the contract that csms and operations use.

A unit is a sequence of rows that are committed together or not at all. `done` and the awaits below
return only after the commit has been synced to disk. Reads see whatever has been committed.
"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from cpoctl.store.rows import Row

Record = dict[str, Any]
Read = Callable[..., list[Record]]
"""`read(sql, params)`: run one SELECT."""
Each = Callable[..., "Iterator[Sequence[tuple[Any, ...]]]"]
"""`each(sql, params)`: run one SELECT whose rows come as tuples, many at a time, while they are read."""
T = TypeVar("T")


class StoreState(StrEnum):
    """Whether facts can be written (RELIABILITY §2.1)."""

    OK = "ok"
    SLOW = "slow"  # a commit took over 500 ms
    FAILING = "failing"  # the disk is full, broken or locked: nothing is acknowledged


class DuplicateRow(Exception):
    """A unit breaks a uniqueness rule and was not written; the rest of its batch was."""


class UnstorableRow(Exception):
    """A unit holds a value that no column takes and was not written; the rest of its batch was."""


class Reader(Protocol):
    """Reads, from another thread or process than the writer."""

    def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> list[Record]:
        """Run one SELECT."""

    def each(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> "Iterator[Sequence[tuple[Any, ...]]]":
        """Run one SELECT; its rows as tuples, many at a time, while they are read."""

    def at_once(self) -> "AbstractContextManager[None]":
        """Whatever is read in the block sees the same commits."""

    def close(self) -> None:
        """Let go of it."""


class Scratch(Protocol):
    """An empty database in memory, for one thread, that nobody keeps."""

    def write(self, unit: "Sequence[Row]") -> None:
        """Commit a unit. Raises DuplicateRow, UnstorableRow."""

    def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> list[Record]:
        """Run one SELECT."""

    def close(self) -> None:
        """Forget everything."""


class Store(Protocol):
    """The one writer and a pool of readers on one database."""

    path: Path

    @property
    def state(self) -> StoreState:
        """Whether facts can be written just now."""

    def submit(self, unit: "Sequence[Row]", done: "Callable[[Exception | None], None]") -> None:
        """Queue a unit; `done` is called on the event loop with None after the commit, else with
        `DuplicateRow`, `UnstorableRow` or `StoreUnavailable`. Units are committed in the order of submission."""

    async def write(self, unit: "Sequence[Row]") -> None:
        """Commit a unit. Raises DuplicateRow, UnstorableRow, StoreUnavailable."""

    async def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> list[Record]:
        """Run one SELECT on a reader."""

    async def reading(self, select: "Callable[[Read], T]") -> "T":
        """Run `select` on a reader's thread; it gets a function that runs one SELECT."""

    async def bounded(self, select: "Callable[[Read], T]", most: int) -> "T":
        """The same, with so many rows a SELECT at the most. Raises UsageProblem."""

    def scratch(self) -> Scratch:
        """An empty database beside this one; it belongs to the thread that asks for it."""

    def on_state(self, listener: "Callable[[StoreState], None]") -> None:
        """Call the listener, on the event loop, at each change of state."""

    async def backup(self, target: Path) -> None:
        """Write a checked copy of the database while it is in use."""

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
