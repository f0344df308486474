"""Watching: the events of one charger, heard from before its Call goes out."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from cpoctl.domain.fleet import LiveFleet
from cpoctl.events import Bus, Event

T = TypeVar("T")


class Watching:
    """Listens within its `with` block."""

    def __init__(self, bus: Bus, live: LiveFleet, charger_id: str) -> None:
        self.live = live
        self.charger_id = charger_id
        self._bus = bus
        self._heard: deque[Event] = deque()
        self._changed = asyncio.Event()

    def __enter__(self) -> Self:
        self._stop = self._bus.listen(self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _hear(self, seq: int | None, event: Event) -> None:
        if event.charger_id is not None and event.charger_id.casefold() == self.charger_id.casefold():
            self._heard.append(event)
            self._changed.set()

    async def until(self, found: Callable[[Event], T | None]) -> T:
        """What `found` makes of the first event that it takes; each event is looked at once."""
        while True:
            while self._heard:
                if (taken := found(self._heard.popleft())) is not None:
                    return taken
            self._changed.clear()
            await self._changed.wait()
