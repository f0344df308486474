"""Feeds: what flows from the bus to one open event stream, bounded, so that a slow reader is dropped."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from cpoctl.events import Bus, Event

CAPACITY = 1000
HEARTBEAT_SECONDS = 15.0
SEEN_SECONDS = 5.0
Take = Callable[[int | None, Event], Any]


class Feed:
    """The events that one reader has not read yet. `abort` closes its connection, `closed` is told of the end."""

    def __init__(
        self,
        bus: Bus,
        take: Take,
        *,
        frames: bool,
        seen: bool,
        abort: Callable[[], None],
        closed: "Callable[[Feed], None]",
    ) -> None:
        self._take, self._abort, self._closed = take, abort, closed
        self._waiting: deque[Any] = deque()
        self._changed = asyncio.Event()
        self._ended = False
        self._stop = bus.listen(self._heard, frames=frames, seen=seen)

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
    """All open streams, so that a stopping server can end them. `seen_every`: how often one tells who was heard."""

    def __init__(self, heartbeat: float = HEARTBEAT_SECONDS, seen_every: float = SEEN_SECONDS) -> None:
        self.heartbeat, self.seen_every = heartbeat, seen_every
        self._open: set[Feed] = set()
        self._closing = False

    def open(
        self, bus: Bus, take: Take, *, abort: Callable[[], None], frames: bool = False, seen: bool = False
    ) -> Feed:
        """A feed for one reader; close it in the end."""
        feed = Feed(bus, take, frames=frames, seen=seen, abort=abort, closed=self._open.discard)
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
