"""Sightings: who was heard since, told to those who ask for it.

A frame that changes nothing makes no event, so a reader would not know how old what it knows of a charger is.
Nothing is done on the way of a frame: now and then, while somebody listens, what is live is compared with what was told.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.fleet import LiveCharger
from cpoctl.http import ServerFace

_MOST: Final = 500  # chargers in one message


class Sightings:
    """Publishes ChargersSeen every so many seconds, as long as somebody listens."""

    def __init__(self, server: ServerFace, every: float) -> None:
        self._server, self._every = server, every
        self._told: dict[str, datetime | None] = {}
        self._listeners = 0
        self._telling: asyncio.Task[None] | None = None

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """For as long as somebody listens; what happened before, a snapshot tells."""
        self._listeners += 1
        if self._telling is None:
            self._told = {charger.charger_id: charger.last_seen for charger in self._server.live.chargers.values()}
            self._telling = asyncio.get_running_loop().create_task(self._tell())
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._telling is not None:
                self._telling.cancel()
                self._telling = None

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            moved = self._moved()
            for start in range(0, len(moved), _MOST):
                self._server.bus.publish(None, self._seen(moved[start : start + _MOST]))
                await asyncio.sleep(0)

    def _moved(self) -> list[LiveCharger]:
        """The chargers that were heard since they were told last."""
        chargers, told = self._server.live.chargers.values(), self._told
        return [charger for charger in chargers if charger.last_seen != told.get(charger.charger_id)]

    def _seen(self, chargers: list[LiveCharger]) -> events.ChargersSeen:
        seen = {charger.charger_id: charger.last_seen for charger in chargers if charger.last_seen}
        self._told |= seen
        return events.ChargersSeen(seen={charger_id: stored(at) for charger_id, at in seen.items()})
