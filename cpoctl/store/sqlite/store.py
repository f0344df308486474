"""SqliteStore: the store's promises kept with one writer, two pools of readers and a lock file."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cpoctl import __version__
from cpoctl.clock import Clock, SystemClock, stored
from cpoctl.errors import StoreUnavailable
from cpoctl.store import Record, StoreState
from cpoctl.store.sqlite import integrity
from cpoctl.store.sqlite.backup import back_up
from cpoctl.store.sqlite.connection import Connect, connect_writer, create_file
from cpoctl.store.sqlite.locking import DatabaseLock
from cpoctl.store.sqlite.migrate import migrate
from cpoctl.store.sqlite.pool import ReaderPool
from cpoctl.store.sqlite.prune import Pruned, Pruner, Retention
from cpoctl.store.sqlite.scratch import SqliteScratch
from cpoctl.store.sqlite.writer import Job, Patience, Writer

if TYPE_CHECKING:
    from datetime import datetime

    from cpoctl.store import Read
    from cpoctl.store.rows import Row

T = TypeVar("T")
log = logging.getLogger(__name__)


class SqliteStore:
    """The one writer and a pool of readers on one SQLite file."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock | None = None,
        lock_info: dict[str, Any] | None = None,
        connect: Connect | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.path = path
        self._pruner = Pruner()
        now = (clock or SystemClock()).now()
        self._info = {"version": __version__, "started_at": stored(now), **(lock_info or {})}
        try:
            create_file(path)
            self._lock = DatabaseLock(path, self._info)
        except OSError as error:
            raise StoreUnavailable(f"cannot open {path}: {error.strerror}", target=str(path)) from error
        try:
            self._prepare(now)
            self._lookups, self._readers = ReaderPool(path), ReaderPool(path)
            self._writer = Writer(
                path, asyncio.get_running_loop(), connect=connect or connect_writer, patience=patience
            )
        except BaseException:
            self._lock.release()
            raise

    def _prepare(self, now: "datetime") -> None:
        if kind := integrity.network_filesystem(self.path):
            log.warning("%s is on %s: locks and syncs may not hold there, use a local disk", self.path, kind)
        with integrity.telling_corruption(self.path):
            integrity.refuse_damaged(self.path)
            connection = connect_writer(self.path)
            try:
                migrate(connection, self.path, now, backup=back_up)
            finally:
                connection.close()

    @property
    def state(self) -> StoreState:
        """Whether facts can be written just now."""
        return self._writer.state

    def announce(self, **info: Any) -> None:
        """Tell the lock file where the server can be reached (socket, listen)."""
        self._info |= info
        self._lock.announce(self._info)

    def submit(self, unit: "Sequence[Row]", done: Callable[[Exception | None], None]) -> None:
        """Queue a unit; see the protocol."""
        self._writer.submit(unit, done)

    def on_state(self, listener: Callable[[StoreState], None]) -> None:
        """Call the listener, on the event loop, at each change of state."""
        self._writer.on_state(listener)

    async def write(self, unit: "Sequence[Row]") -> None:
        """Commit a unit. Raises DuplicateRow, UnstorableRow, StoreUnavailable."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writer.submit(unit, lambda error: _resolve(committed, None, error))
        await committed

    async def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Run one SELECT on a reader."""
        return await self._lookups.read(sql, params)

    async def reading(self, select: "Callable[[Read], T]") -> T:
        """Run `select` on a reader's thread; all its SELECTs see the same commits."""
        return await self._readers.reading(select)

    async def bounded(self, select: "Callable[[Read], T]", most: int) -> T:
        """The same for whoever may ask for more than fits into the memory. Raises UsageProblem."""
        return await self._readers.bounded(select, most)

    def scratch(self) -> SqliteScratch:
        """An empty database beside this one; it belongs to the thread that asks for it."""
        return SqliteScratch()

    async def backup(self, target: Path) -> None:
        """Write a checked copy of the database while it is in use."""
        await self._readers.run(back_up, self.path, target)

    async def check(self, *, full: bool = False) -> list[str]:
        """What is wrong with the file; empty when it is sound."""
        return await self._readers.run(lambda: integrity.check(self.path, full=full))

    async def prune(self, policy: Retention, now: "datetime") -> Pruned:
        """Delete what has outlived the policy, in small steps between other commits."""
        return await self._pruner.prune(self._run, policy, now)

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        await self._lookups.close()
        await self._readers.close()
        await self._writer.close()
        self._lock.release()

    async def _run(self, job: Job) -> Any:
        finished: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._writer.run(job, lambda result, error: _resolve(finished, result, error))
        return await finished


def _resolve(future: "asyncio.Future[Any]", result: object, error: Exception | None) -> None:
    if future.done():  # whoever waited was cancelled
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
