"""A charger's connection over time: dialled, lost, dialled again with growing patience."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.chores import Chores
from cpoctl.simulator.link import Link, LinkLost, Payload


class Line:
    """At most one link at a time; whether a lost one is dialled again is the backoff's matter."""

    def __init__(
        self,
        dial: Callable[[Callable[[], None]], Awaitable[Link]],
        come_back: Callable[[], Awaitable[None]],
        tell: Callable[[str], None],
        chores: Chores,
        dice: random.Random,
        backoff: Backoff | None,
    ) -> None:
        """`dial` opens a link that tells its loss; `come_back` dials and does what is due then."""
        self._dial, self._come_back, self._tell = dial, come_back, tell
        self._chores, self._dice, self._backoff = chores, dice, backoff
        self._link: Link | None = None
        self._dialling = asyncio.Lock()
        self._stays_away = True
        self._redialling = False

    @property
    def online(self) -> bool:
        return self._link is not None and self._link.alive

    async def connect(self) -> None:
        """Open a link unless there is one; raise LinkLost if that fails."""
        self._stays_away = False
        async with self._dialling:
            if self.online:
                return
            self._link = await self._dial(self._lost)
        self._tell("connected")

    async def cut(self) -> None:
        """Lose the link without a goodbye, and stay away."""
        self._stays_away = True
        if self._link is not None:
            self._link.drop()
            await self._link.gone()

    async def close(self) -> None:
        """End the link with a goodbye, for good."""
        self._stays_away = True
        if self._link is not None:
            await self._link.close()

    async def call(self, message_id: str, action: str, payload: Payload | str, timeout_s: float) -> Payload:
        """Send a Call and give its answer."""
        if self._link is None:
            raise LinkLost("not connected")
        return await self._link.call(message_id, action, payload, timeout_s)

    async def send(self, frame: bytes) -> None:
        """Send a frame that wants no answer."""
        if self._link is not None:
            await self._link.send(frame)

    async def until_read(self, timeout_s: float) -> None:
        """Wait until the server has read what was sent."""
        if self._link is not None:
            await self._link.until_read(timeout_s)

    async def dial_again(self) -> None:
        """Come back, now or, with a backoff, when the server is there again."""
        self._stays_away = False
        try:
            await self._come_back()
        except LinkLost as lost:
            self._tell(str(lost))
            self._redial_later()

    def _lost(self) -> None:
        self._tell("disconnected")
        if not self._stays_away:
            self._redial_later()

    def _redial_later(self) -> None:
        backoff = self._backoff
        if backoff is not None and not self._redialling:
            self._redialling = True
            self._chores.start(lambda: self._redial(backoff))

    async def _redial(self, backoff: Backoff) -> None:
        try:
            for delay in backoff.delays(self._dice):
                await asyncio.sleep(delay)
                if self._stays_away or await self._is_back():
                    return
            self._tell("gave up dialling")
        finally:
            self._redialling = False

    async def _is_back(self) -> bool:
        try:
            await self._come_back()
        except LinkLost as lost:
            self._tell(str(lost))
            return False
        return self.online
