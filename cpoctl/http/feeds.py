"""Feeds: what flows from the bus to one open event stream, bounded, so that a slow reader is dropped."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from cpoctl.events import Bus, Event

CAPACITY = 1000
HEARTBEAT_SECONDS = 15.0
Take = Callable[[int | None, Event], Any]


class Feed:
    """The events that one reader has not read yet. `abort` closes its connection, `closed` is told of the end."""

    def __init__(
        self, bus: Bus, take: Take, *, frames: bool, abort: Callable[[], None], closed: "Callable[[Feed], None]"
    ) -> None:
        self._take, self._abort, self._closed = take, abort, closed
        self._waiting: deque[Any] = deque()
        self._changed = asyncio.Event()
        self._ended = False
        self._stop = bus.listen(self._heard, frames=frames)

    def _heard(self, seq: int | None, event: Event) -> None:
        item = self._take(seq, event)
        if item is None:
            return
        if len(self._waiting) >= CAPACITY:
            self.close()
            self._abort()
            return
        self._waiting.append(item)
        self._changed.set()

    def close(self) -> None:
        """Hear nothing more and end the stream."""
        self._stop()
        self._ended = True
        self._changed.set()
        self._closed(self)

    async def items(self, heartbeat: float) -> AsyncIterator[Any]:
        """What comes in; None when nothing came for as long as a heartbeat."""
        while not self._ended:
            while self._waiting and not self._ended:
                yield self._waiting.popleft()
            self._changed.clear()
            if self._ended or self._waiting:
                continue
            try:
                await asyncio.wait_for(self._changed.wait(), heartbeat)
            except TimeoutError:
                yield None


class Feeds:
    """All open streams, so that a stopping server can end them."""

    def __init__(self, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self.heartbeat = heartbeat
        self._open: set[Feed] = set()
        self._closing = False

    def open(self, bus: Bus, take: Take, *, frames: bool, abort: Callable[[], None]) -> Feed:
        """A feed for one reader; close it in the end."""
        feed = Feed(bus, take, frames=frames, abort=abort, closed=self._open.discard)
        self._open.add(feed)
        if self._closing:
            feed.close()
        return feed

    def end(self) -> None:
        """End every stream: the server stops."""
        self._closing = True
        for feed in list(self._open):
            feed.close()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._open)
