"""Watching: the events of one charger, heard from before its Call goes out."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TypeVar

from cpoctl.domain.fleet import LiveFleet
from cpoctl.events import Bus, Event

T = TypeVar("T")
_FACTS: Final = tuple(kind for kind in Event.__subclasses__() if kind.stored)


class Watching:
    """Listens within its `with` block to the stored events of a charger.

    While somebody waits, each is looked at as it comes, with the live state that it has made: what is so for a
    moment only is not missed. What comes before that is kept.
    """

    def __init__(self, bus: Bus, live: LiveFleet, charger_id: str) -> None:
        self.live = live
        self.charger_id = charger_id
        self._bus = bus
        self._heard: deque[Event] = deque()
        self._look: Callable[[Event], None] = self._heard.append

    def __enter__(self) -> Self:
        self._stop = self._bus.listen(self._hear, *_FACTS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _hear(self, seq: int | None, event: Event) -> None:
        if event.charger_id is not None and event.charger_id.casefold() == self.charger_id.casefold():
            self._look(event)

    async def until(self, found: Callable[[Event], T | None]) -> T:
        """What `found` makes of the first event that it takes; each event is looked at once."""
        taken: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def look(event: Event) -> None:
            if taken.done():
                self._heard.append(event)
            elif (made := found(event)) is not None:
                taken.set_result(made)

        while self._heard and not taken.done():
            look(self._heard.popleft())
        self._look = look
        return await taken

    async def within(self, seconds: float, found: Callable[[Event], T | None]) -> T | None:
        """The same, but None when there is none in so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await self.until(found)
        except TimeoutError:
            self._look = self._heard.append
            return None
