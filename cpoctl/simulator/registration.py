"""A charger's standing with the server: its boot, what the server said to it, and its heartbeat.

OCPP 1.6 §4.2, §4.6 · OCPP 2.0.1 B01 to B03, G02
"""

import asyncio
from typing import TYPE_CHECKING

from cpoctl.simulator.link import CallRefused, Payload

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

DEFAULT_INTERVAL_S = 300
"""Between heartbeats, and between boots, if the server leaves it to the charger. 1.6 §4.2"""


class Registration:
    """Boots, follows the answer, beats."""

    def __init__(self, charger: "Controller", heartbeat_s: int | None) -> None:
        """`heartbeat_s` stands over the server's wish."""
        self._charger = charger
        self._heartbeat_s = heartbeat_s
        self._beating: asyncio.Task[None] | None = None
        self.accepted = asyncio.Event()
        """Set while the server knows the charger: from an accepted boot to the next restart."""
        self.announced = asyncio.Event()
        """Set once the server has answered a boot, whatever it said."""
        self.status = ""
        """What it said to the last boot."""
        self.reason = "PowerUp"
        """Why the charger boots next, in the words of 2.x."""

    async def boot(self) -> Payload:
        """Announce the charger, and follow the answer."""
        reason = self.reason
        answer = await self.announce(reason)
        if answer.get("status") != "Accepted":
            return answer
        self.accepted.set()
        self.reason = "PowerUp"
        wish = int(answer.get("interval") or DEFAULT_INTERVAL_S)
        self.set_heartbeat(wish if self._heartbeat_s is None else self._heartbeat_s)
        await self._charger.voice.accepted(reason)
        for outlet in self._charger.outlets.values():
            outlet.restarted()
            await outlet.tell_status()
        return answer

    async def announce(self, reason: str) -> Payload:
        """Send BootNotification and nothing more."""
        answer = await self._charger.call("BootNotification", self._charger.voice.boot(reason))
        self.status = str(answer.get("status", ""))
        self.announced.set()
        self._charger.happened("booted", detail=self.status)
        return answer

    async def register(self) -> None:
        """Boot, again and again until the server accepts."""
        while True:
            try:
                answer = await self.boot()
            except CallRefused:
                answer = {}
                self.announced.set()
            if answer.get("status") == "Accepted":
                return
            await self._charger.time.elapse(int(answer.get("interval") or DEFAULT_INTERVAL_S))

    def set_heartbeat(self, seconds: int) -> None:
        """Beat at this interval from now on; 0 beats never."""
        self._charger.settings["HeartbeatInterval"] = str(seconds)
        if self._beating is not None:
            self._beating.cancel()
        self._beating = self._charger.spawn(lambda: self._beat(seconds)) if seconds > 0 else None

    async def _beat(self, seconds: int) -> None:
        while True:
            await self._charger.time.sleep(seconds)
            await self._charger.heartbeat()
