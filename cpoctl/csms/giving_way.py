"""Giving way: long work on a thread beside the event loop, in spells so short that no Call waits for one, with rests between."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Any, Final, TypeAlias, TypeVar

from cpoctl.operations import Store
from cpoctl.store import Read, Record

T = TypeVar("T")
Step: TypeAlias = Callable[[], None]
SPELL: Final = 0.001  # seconds of work at a time, by the processor: the loop waits for the interpreter's lock no longer
RESTS: Final = 9  # times as long as a spell took: nine parts of ten are for others
REST_MOST: Final = 0.1  # seconds


class Spells:
    """The spells of one thread, which makes them itself."""

    def __init__(
        self, *, now: Callable[[], float] = time.thread_time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._now, self._sleep = now, sleep
        self._since = now()

    def step(self) -> None:
        """Rest if the work has gone on for long enough."""
        spent = self._now() - self._since
        if spent >= SPELL:
            self._sleep(min(RESTS * spent, REST_MOST))
            self._since = self._now()


async def beside(store: Store, work: Callable[[Read, Step], T], *, rests: bool) -> T:
    """Do what calls its `step` between two pieces of work, on a thread of its own.

    Each of its SELECTs goes to a reader by itself: one that rested amid its transaction would keep the store's log from being
    copied, and everybody who commits would wait for that.
    """
    loop, given_up = asyncio.get_running_loop(), Event()

    def read(sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        return asyncio.run_coroutine_threadsafe(store.read(sql, params), loop).result()

    def run() -> T:
        spells = Spells()

        def step() -> None:
            if given_up.is_set():
                raise asyncio.CancelledError
            if rests:
                spells.step()

        return work(read, step)

    try:
        return await asyncio.to_thread(run)
    finally:
        given_up.set()
