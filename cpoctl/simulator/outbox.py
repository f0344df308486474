"""The queue of a charger's transaction messages: they go out in order and are kept until answered. 1.6 §3.7, §3.7.1

Their content is fixed when they happen, but for what only an earlier answer can tell: the voice writes that in when
a message goes out. OCPP 2.0.1 E04, E12
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from cpoctl.simulator.authorization import IdTagInfo
from cpoctl.simulator.link import CallRefused, LinkLost, Payload
from cpoctl.simulator.speech import Voice


@dataclass(frozen=True)
class Afar:
    """How the server asked for a session: its number for the request, and what kind of tag it named. 2.0.1 F01"""

    start_id: int | None = None
    tag_kind: str = ""


@dataclass(slots=True, eq=False)
class Session:
    """One charge as the charger remembers it."""

    connector_id: int
    tag: str
    meter_start: int
    began: datetime
    afar: Afar | None = None
    """Who stood at the reader if this is None."""
    reservation_id: int | None = None
    transaction_id: int | str | None = None
    """In 1.6 None until the server has answered; in 2.x the charger's own from the start."""
    tag_info: IdTagInfo | None = None
    seq_no: int = 0
    """The number of the next event. 2.0.1 E01"""
    charging_state: str = ""
    """What the server was last told."""
    stopped: str = ""
    """Why nobody charges any more, while the transaction stays open. 2.0.1 E06"""
    cost: float | None = None
    """What the server last said it costs."""
    tariff: Payload | None = None
    """By what it is priced. OCPP 2.1 I07"""
    forgotten: bool = False
    """The server refused its start for good: nothing more of it is sent."""
    over: bool = False

    @property
    def refused(self) -> bool:
        return self.tag_info is not None and self.tag_info.get("status") != "Accepted"


@dataclass(slots=True)
class Queued:
    """A message that waits for its answer."""

    action: str
    payload: Payload
    session: Session
    attempts: int = 0


class Outbox:
    """Transaction messages of one charger, oldest first."""

    def __init__(
        self,
        send: Callable[[str, Payload], Awaitable[Payload]],
        wait: Callable[[float], Awaitable[None]],
        patience: Callable[[], tuple[int, int]],
        voice: Voice,
    ) -> None:
        self._send = send
        self._wait = wait
        self._patience = patience
        """Attempts and interval, as configured now."""
        self._voice = voice
        self._queue: deque[Queued] = deque()
        self._delivering = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._queue)

    def holds(self, transaction_id: str) -> bool:
        """Tell whether something of a session waits. 2.0.1 E14"""
        return any(message.session.transaction_id == transaction_id for message in self._queue)

    def add(self, action: str, payload: Payload, session: Session) -> None:
        """Keep a message until it is answered."""
        self._queue.append(Queued(action, payload, session))

    async def deliver(self) -> None:
        """Send what waits, in order, until all is answered or the line is lost."""
        async with self._delivering:
            while self._queue:
                try:
                    await self._deliver(self._queue[0])
                except LinkLost:
                    return

    async def _deliver(self, message: Queued) -> None:
        if message.session.forgotten:
            self._queue.popleft()
            return
        payload = self._voice.ready(message.action, message.payload, message.session)
        try:
            answer = await self._send(message.action, payload)
        except CallRefused:
            await self._refused(message)
            return
        self._queue.popleft()
        self._voice.answered(message.action, message.session, answer)

    async def _refused(self, message: Queued) -> None:
        """Try again after an ever longer wait, then give the message up. 1.6 §3.7.1"""
        attempts, interval = self._patience()
        message.attempts += 1
        if message.attempts < attempts:
            await self._wait(message.attempts * interval)
            return
        self._queue.popleft()
        self._voice.given_up(message.action, message.session)
