"""The writer: one thread that commits what the event loop submits, in groups.

The thread gets a batch only at the end of an iteration of the event loop, and only when it has settled the
last one: woken at the first unit it would take the interpreter lock from the loop that is still reading
the others, and commit crumbs (measured: 5 units a commit instead of 100, a third of the throughput).
After a failure nothing is tried until a probe has been committed.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from cpoctl.errors import StoreUnavailable
from cpoctl.store import StoreState
from cpoctl.store.sqlite import batch, journal_index
from cpoctl.store.sqlite.checkpoints import Checkpoints
from cpoctl.store.sqlite.connection import Connect, connect_writer
from cpoctl.store.sqlite.faults import STORE_FAULTS, UnitRefused, judged, primary_code

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from cpoctl.store.rows import Row

Done = Callable[[Exception | None], None]
Work = tuple[Sequence["Row"], Done]
Outcome = tuple[Done, Exception | None]
Job = Callable[[sqlite3.Connection], Any]

_log = logging.getLogger(__name__)
_BATCH_LIMIT = 1000
_PROBE = (
    "INSERT OR REPLACE INTO probe (probe_id, at, filler)"
    " VALUES (1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), randomblob(16384))"
)


class Patience(NamedTuple):
    """How long the writer waits for what, in seconds (RELIABILITY §2.1 rule 3)."""

    busy: float = 10.0
    probe: float = 5.0
    slow: float = 0.5


class Writer:
    """Commits units and jobs on a thread of its own."""

    def __init__(
        self,
        path: Path,
        loop: "AbstractEventLoop",
        *,
        connect: Connect = connect_writer,
        patience: Patience | None = None,
    ) -> None:
        self.state = StoreState.OK
        self._path = path
        self._loop = loop
        self._patience = patience or Patience()
        self._connection = connect(path)
        self._journal_mark: int | None = None
        self._checkpoints = Checkpoints(path)
        self._queue: SimpleQueue[list[Work]] = SimpleQueue()
        self._pending: list[Work] = []  # what the loop has submitted and the thread has not been given
        self._handing = False
        self._in_work = False
        self._jobs: deque[tuple[Job, Callable[[Any, Exception | None], None]]] = deque()
        self._listeners: list[Callable[[StoreState], None]] = []
        self._stopping = False
        self._refusal: StoreUnavailable | None = None
        self._stopped = loop.create_future()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    # On the event loop

    def submit(self, unit: "Sequence[Row]", done: Done) -> None:
        """Queue a unit; while nothing can be written it is refused without being tried."""
        if self._refusal is not None or self._stopping:
            self._loop.call_soon(done, self._refused())
            return
        self._pending.append((unit, done))
        if not self._handing and not self._in_work:
            self._handing = True
            self._loop.call_soon(self._hand_over)

    def run(self, job: Job, done: Callable[[Any, Exception | None], None]) -> None:
        """Queue a job that has a transaction of its own."""
        if refusal := self._refused():
            self._loop.call_soon(done, None, refusal)
        else:
            self._jobs.append((job, done))
            self._wake()

    def on_state(self, listener: Callable[[StoreState], None]) -> None:
        """Call the listener, on the event loop, at each change of state."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Commit what is queued, then end the thread."""
        if not self._stopping:
            self._hand_over()
            self._stopping = True
            self._wake()
        await self._stopped
        self._thread.join()

    def _refused(self) -> StoreUnavailable | None:
        return _closed() if self._stopping else self._refusal

    def _hand_over(self) -> None:
        """Give the thread everything that the loop has submitted until now."""
        self._handing = False
        if self._pending:
            works, self._pending = self._pending, []
            self._in_work = True
            self._queue.put(works)

    def _batch_ended(self) -> None:
        self._in_work = False
        if self._pending and not self._handing:
            self._handing = True
            self._loop.call_soon(self._hand_over)

    def _wake(self) -> None:
        self._queue.put([])

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        for done, error in outcomes:
            try:
                done(error)
            except Exception as failure:  # noqa: BLE001 - supervisor: one caller's bug must not leave others unanswered
                self._loop.call_exception_handler({"message": "a store callback failed", "exception": failure})

    def _announce(self, state: StoreState) -> None:
        for listener in self._listeners:
            listener(state)

    # On the thread

    def _run(self) -> None:
        try:
            while not (self._stopping and self._queue.empty() and not self._jobs):
                if (refusal := self._refusal) is None:
                    self._write_next()
                else:
                    self._recover(refusal)
        finally:
            self._refuse_waiting(self._refusal or _closed())
            self._checkpoints.close()
            with suppress(sqlite3.Error):  # a broken file must not keep the server from ending
                self._connection.close()
            self._post(self._finished)

    def _finished(self) -> None:
        if not self._stopped.done():
            self._stopped.set_result(None)

    def _post(self, callback: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _write_next(self) -> None:
        works = self._queue.get()
        for start in range(0, len(works), _BATCH_LIMIT):
            self._commit(works[start : start + _BATCH_LIMIT])
        if works:
            self._post(self._batch_ended)
        if self._jobs and self._refusal is None:
            self._do(*self._jobs.popleft())
            self._wake()  # units go between one job and the next

    def _commit(self, works: "list[Work]") -> None:
        """Commit a batch; halve it around a unit that breaks a rule, until that one stands alone."""
        if self._refusal is not None:
            self._post(self._settle, [(done, self._refusal) for _, done in works])
            return
        try:
            self._journal_mark = self._transaction(lambda connection: self._write(connection, works))
        except UnitRefused as fault:
            if len(works) == 1:
                self._post(self._settle, [(works[0][1], fault.told)])
            else:
                middle = len(works) // 2
                self._commit(works[:middle])
                self._commit(works[middle:])
        except STORE_FAULTS as error:
            self._fail(error, [done for _, done in works])
        else:
            self._post(self._settle, [(done, None) for _, done in works])
            self._checkpoints.committed(self._connection)

    def _write(self, connection: sqlite3.Connection, works: "list[Work]") -> int | None:
        newest = batch.write(connection, [unit for unit, _ in works])
        return journal_index.extended(connection, self._journal_mark, newest)

    def _do(self, job: Job, done: Callable[[Any, Exception | None], None]) -> None:
        try:
            result = self._transaction(job)
        except UnitRefused as fault:
            self._post(done, None, fault.told)
        except STORE_FAULTS as error:
            self._fail(error, [lambda refusal: done(None, refusal)])
        else:
            self._post(done, result, None)
            self._checkpoints.committed(self._connection)

    def _transaction(self, job: Job) -> Any:
        connection = self._connection
        try:
            self._begin()
            result = judged(job, connection)
            if not connection.in_transaction:
                raise batch.TransactionLost
            started = time.monotonic()
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._enter(StoreState.SLOW if time.monotonic() - started > self._patience.slow else StoreState.OK)
        return result

    def _begin(self) -> None:
        """Start writing; wait while another process holds the file (RELIABILITY D-05)."""
        deadline = time.monotonic() + self._patience.busy
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or self._stopping or time.monotonic() >= deadline:
                    raise
            else:
                return

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # tried again by the next probe
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _fail(self, error: Exception, dones: Sequence[Done]) -> None:
        refusal = StoreUnavailable(f"cannot write {self._path}: {error or type(error).__name__}")
        self._enter(StoreState.FAILING, refusal)
        self._post(self._settle, [(done, refusal) for done in dones])
        self._refuse_waiting(refusal)

    def _refuse_waiting(self, refusal: StoreUnavailable) -> None:
        with suppress(Empty):
            while True:
                self._refuse(self._queue.get_nowait(), refusal)
        while self._jobs:
            self._post(self._jobs.popleft()[1], None, refusal)

    def _refuse(self, works: "list[Work]", refusal: StoreUnavailable) -> None:
        self._post(self._settle, [(done, refusal) for _, done in works])
        self._post(self._batch_ended)

    def _recover(self, refusal: StoreUnavailable) -> None:
        """Refuse what comes in until it is time to probe, then probe."""
        deadline = time.monotonic() + self._patience.probe
        while (left := deadline - time.monotonic()) > 0 and not self._stopping:
            with suppress(Empty):
                self._refuse(self._queue.get(timeout=left), refusal)
        if self._stopping:  # what still waits is refused
            self._refuse_waiting(refusal)
            return
        self._roll_back()
        with suppress(*STORE_FAULTS, UnitRefused):  # still failing
            self._transaction(lambda connection: connection.execute(_PROBE))
        self._wake()  # for a job that came in meanwhile

    def _enter(self, state: StoreState, refusal: StoreUnavailable | None = None) -> None:
        self._refusal = refusal
        if state is not self.state:
            if refusal is not None:
                _log.error("%s; nothing is acknowledged until it can be written", refusal)
            elif self.state is StoreState.FAILING:
                _log.warning("%s can be written again", self._path)
            self.state = state
            self._post(self._announce, state)


def _closed() -> StoreUnavailable:
    return StoreUnavailable("the store is closed")
