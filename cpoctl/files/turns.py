"""Turns: files yield to what chargers say. A block goes out only after the chargers' event loop has had a turn.

One block goes at a time, so that no Call ever waits behind more than that, however many chargers fetch; while nobody
says anything a turn takes a fraction of a millisecond, and files go as fast as the network takes them.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST_S: Final = 0.5
"""What a loop that stops or hangs costs: a block goes all the same."""
Soon = Callable[[Callable[[], None]], None]
"""Calls something on the chargers' event loop, from whichever thread."""


class Turns:
    """For a thread with an event loop of its own."""

    def __init__(self, soon: Soon) -> None:
        self._soon, self._one_by_one = soon, asyncio.Lock()

    async def next(self) -> None:
        """Wait until a block may go."""
        async with self._one_by_one:
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


def waited(soon: Soon) -> None:
    """The same for a thread that just waits."""
    turned = threading.Event()
    soon(turned.set)
    turned.wait(MOST_S)
