"""Waiting: targets whose charger is away or busy, until it is ready or their time is over.

A charger is ready when it is connected and accepted, and for `idle` when it has no session. What waits for one
charger goes out in order, one after the other; what was sent once never waits again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from cpoctl import events
from cpoctl.csms.runs import Place, Run
from cpoctl.domain.fleet import LiveFleet

_TELLING = (
    events.ChargerConnected, events.ChargerBooted, events.RegistrationChanged, events.SessionStopped,
)  # fmt: skip
Attempt = Callable[[Run, Place], Awaitable[None]]


class Waiting:
    """Who waits for which charger. `attempt` sends, and lets a target wait on when its charger has gone again."""

    def __init__(self, live: LiveFleet, bus: events.Bus, attempt: Attempt) -> None:
        self._live = live
        self._attempt = attempt
        self._queues: dict[str, list[tuple[Run, Place]]] = {}
        self._woken: set[str] = set()
        self._delivering: dict[str, asyncio.Task[None]] = {}
        bus.listen(self._heard, *_TELLING)

    def is_ready(self, run: Run, place: Place) -> bool:
        """Whether a target's Call may go out now."""
        charger = self._live.charger(place.charger_id or "")
        if charger is None or not charger.connected or charger.registration != "Accepted":
            return False
        return run.plan.when != "idle" or not charger.sessions

    def add(self, run: Run, place: Place) -> None:
        """Let a target wait."""
        self._queues.setdefault((place.charger_id or "").casefold(), []).append((run, place))

    def of(self, charger_id: str | None) -> list[tuple[Run, Place]]:
        """What waits for a charger, or with None for any."""
        queues = self._queues.values() if charger_id is None else [self._queues.get(charger_id.casefold(), [])]
        return [waiting for queue in queues for waiting in queue]

    def remove(self, run: Run, place: Place) -> None:
        """Let a target wait no more."""
        key = (place.charger_id or "").casefold()
        left = [waiting for waiting in self._queues.pop(key, []) if waiting[1] is not place]
        if left:
            self._queues[key] = left

    def expired(self, now: datetime) -> list[tuple[Run, Place]]:
        """Whose time is over."""
        return [(run, place) for run, place in self.of(None) if place.expires_at and place.expires_at <= now]

    def wake(self, charger_id: str) -> None:
        """Look whether something can be sent to a charger."""
        key = charger_id.casefold()
        if key not in self._queues:
            return
        self._woken.add(key)
        if key not in self._delivering:
            self._delivering[key] = asyncio.get_running_loop().create_task(self._deliver(key))

    async def close(self) -> None:
        """Send nothing more."""
        for delivering in self._delivering.values():
            delivering.cancel()
        await asyncio.gather(*self._delivering.values(), return_exceptions=True)

    def _heard(self, seq: int | None, event: events.Event) -> None:
        self.wake(event.charger_id or "")

    async def _deliver(self, key: str) -> None:
        try:
            while key in self._woken:
                self._woken.discard(key)
                for run, place in list(self._queues.get(key, [])):
                    if place.state == "waiting" and self.is_ready(run, place):
                        self.remove(run, place)
                        await self._attempt(run, place)
        finally:
            del self._delivering[key]
