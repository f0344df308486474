"""The queue of a charger's transaction messages: they go out in order and are kept until answered. 1.6 §3.7, §3.7.1

Their content is fixed when they happen. Only the transaction id is filled in late, because a session that began
offline learns it from the answer to its replayed StartTransaction.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from cpoctl.simulator.authorization import IdTagInfo
from cpoctl.simulator.link import CallRefused, LinkLost, Payload


@dataclass(slots=True, eq=False)
class Session:
    """One charge as the charger remembers it."""

    connector_id: int
    tag: str
    meter_start: int
    began: datetime
    transaction_id: int | None = None
    """None until the server has answered."""
    tag_info: IdTagInfo | None = None
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

    def ready(self) -> Payload:
        """Write the payload as it goes out now."""
        if self.action == "StartTransaction":
            return self.payload
        return {**self.payload, "transactionId": self.session.transaction_id}


class Outbox:
    """Transaction messages of one charger, oldest first."""

    def __init__(
        self,
        send: Callable[[str, Payload], Awaitable[Payload]],
        wait: Callable[[float], Awaitable[None]],
        patience: Callable[[], tuple[int, int]],
    ) -> None:
        self._send = send
        self._wait = wait
        self._patience = patience
        """Attempts and interval, as configured now."""
        self._queue: deque[Queued] = deque()
        self._delivering = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._queue)

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
        try:
            answer = await self._send(message.action, message.ready())
        except CallRefused:
            await self._refused(message)
            return
        self._queue.popleft()
        if message.action == "StartTransaction":
            message.session.transaction_id = answer.get("transactionId")
            message.session.tag_info = answer.get("idTagInfo")

    async def _refused(self, message: Queued) -> None:
        """Try again after an ever longer wait, then give the message up. 1.6 §3.7.1"""
        attempts, interval = self._patience()
        message.attempts += 1
        if message.attempts < attempts:
            await self._wait(message.attempts * interval)
            return
        self._queue.popleft()
        if message.action == "StartTransaction":
            message.session.forgotten = True
