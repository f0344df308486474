"""When a charger reads its meters by itself: every so often in a session, and at times of the clock.

OCPP 1.6 §3.16 · OCPP 2.0.1 J01, J02
"""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cpoctl.simulator.registration import DEFAULT_INTERVAL_S

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller
    from cpoctl.simulator.outbox import Session
    from cpoctl.simulator.outlet import Outlet


class Sampling:
    """The rhythm of one charger's meters."""

    def __init__(self, charger: "Controller") -> None:
        self._charger = charger
        self._aligned: asyncio.Task[None] | None = None

    async def follow(self, outlet: "Outlet", session: "Session") -> None:
        """Send meter values as long as the session lasts."""
        charger = self._charger
        while not session.over:
            interval = charger.settings.whole("MeterValueSampleInterval")
            await charger.time.sleep(interval or DEFAULT_INTERVAL_S)
            if interval and outlet.session is session:
                await outlet.meter()

    def align(self, seconds: int) -> None:
        """Send the meters of all outlets at times of the clock from now on; 0 is never."""
        if self._aligned is not None:
            self._aligned.cancel()
        self._aligned = self._charger.spawn(lambda: self._read(seconds)) if seconds > 0 else None

    async def _read(self, seconds: int) -> None:
        time = self._charger.time
        while True:
            await time.sleep_until(_next(time.now(), seconds))
            for outlet in self._charger.outlets.values() if self._charger.accepted.is_set() else ():
                await outlet.meter("Sample.Clock")


def _next(now: datetime, seconds: int) -> datetime:
    """The next moment that is so many seconds, or a multiple, after midnight."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(seconds=((now - midnight) // timedelta(seconds=seconds) + 1) * seconds)
