"""The time simulated chargers live in: real, sped up, or moved by hand in tests.

Two ways to wait. `elapse` lets time go by for whoever tells the story: by hand it moves the clock.
`sleep` waits in the background until the clock gets there: it never moves it.
Stamps (`now`) follow the wall clock at any speed, so that a server never sees a skewed clock; `elapsed` counts the
seconds that cars and meters feel, which run faster.
"""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

SETTLE_TURNS = 8
"""Turns of the event loop given to whoever wakes, before time moves on."""


class SimTime(Protocol):
    """What a simulated charger needs to know about time."""

    def now(self) -> datetime:
        """Tell the time for stamps, in UTC."""

    def elapsed(self) -> float:
        """Count the seconds that physics has felt."""

    async def sleep(self, seconds: float) -> None:
        """Wait in the background until so many felt seconds have passed."""

    async def elapse(self, seconds: float) -> None:
        """Let so many felt seconds go by."""

    async def sleep_until(self, when: datetime) -> None:
        """Wait in the background for a moment of the wall clock."""

    async def elapse_until(self, when: datetime) -> None:
        """Let time go by up to a moment of the wall clock."""


class RealTime:
    """The wall clock; physics runs `speed` times faster."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return (time.monotonic() - self._began) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0) / self.speed)

    async def elapse(self, seconds: float) -> None:
        await self.sleep(seconds)

    async def sleep_until(self, when: datetime) -> None:
        await asyncio.sleep(max((when - self.now()).total_seconds(), 0))

    async def elapse_until(self, when: datetime) -> None:
        await self.sleep_until(when)


class ManualTime:
    """A clock that moves only when a story lets time go by: hours pass in an instant."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def elapsed(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0), next(self._order), waker))
        await waker

    async def elapse(self, seconds: float) -> None:
        """Move the clock, waking sleepers at their own moment and in their order."""
        until = self._elapsed + max(seconds, 0)
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, waker = heapq.heappop(self._sleepers)
            if waker.done():  # its task was cancelled
                continue
            self._elapsed = max(self._elapsed, at)
            waker.set_result(None)
            await self._settle()
        self._elapsed = max(self._elapsed, until)

    async def sleep_until(self, when: datetime) -> None:
        await self.sleep((when - self.now()).total_seconds())

    async def elapse_until(self, when: datetime) -> None:
        await self.elapse((when - self.now()).total_seconds())

    async def _settle(self) -> None:
        for _ in range(SETTLE_TURNS):
            await asyncio.sleep(0)


def moment(text: str) -> datetime:
    """Read a moment of the standard; without a zone it is UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
