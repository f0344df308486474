"""Turns: files yield to what chargers say. A block goes out only after the chargers' event loop has had a turn.

One block goes at a time, so that no Call ever waits behind more than that, however many chargers fetch; while nobody
says anything a turn takes a fraction of a millisecond, and files go as fast as the network takes them, or as fast as the
config lets all of them together go.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST_S: Final = 0.5
"""What a loop that stops or hangs costs: a block goes all the same."""
_SLACK_S: Final = 0.02
"""What may be made up for when nobody has asked for a while."""
Soon = Callable[[Callable[[], None]], None]
"""Calls something on the chargers' event loop, from whichever thread."""


class Rate:
    """So many bytes a second, for whichever threads ask; without a bound for 0."""

    def __init__(self, bytes_per_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.bytes_per_s, self._monotonic = bytes_per_s, monotonic
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait_s(self, count: int) -> float:
        """How many seconds from now so many bytes may go. They count as gone."""
        if not self.bytes_per_s:
            return 0.0
        with self._lock:
            now = self._monotonic()
            begin = max(self._free_at, now - _SLACK_S)
            self._free_at = begin + count / self.bytes_per_s
            return max(0.0, begin - now)


class Turns:
    """For a thread with an event loop of its own."""

    def __init__(self, soon: Soon, rate: Rate) -> None:
        self._soon, self._rate, self._one_by_one = soon, rate, asyncio.Lock()

    async def next(self, count: int) -> None:
        """Wait until a block of so many bytes may go."""
        async with self._one_by_one:
            await asyncio.sleep(self._rate.wait_s(count))
            loop = asyncio.get_running_loop()
            turned = loop.create_future()

            def turn() -> None:
                if not turned.done():
                    turned.set_result(None)

            def here() -> None:
                with suppress(RuntimeError):  # this thread has ended meanwhile
                    loop.call_soon_threadsafe(turn)

            self._soon(here)
            await asyncio.wait([turned], timeout=MOST_S)


def waited(soon: Soon, rate: Rate, count: int) -> None:
    """The same for a thread that just waits."""
    time.sleep(rate.wait_s(count))
    turned = threading.Event()
    soon(turned.set)
    turned.wait(MOST_S)
