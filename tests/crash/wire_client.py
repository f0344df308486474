"""A charger's end of the wire: connects, sends one Call at a time, tells how the connection ended."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from cpoctl.ocpp import Version

_PATIENCE_SECONDS = 20


class Lost(Exception):
    """The connection ended; `code` is the server's close code, None if it said nothing."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"close code {code}")
        self.code = code


class Refused(Exception):
    """The handshake was answered with an HTTP status other than 101; `retry_after` is the header."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status
        self.retry_after = retry_after


class WireClient:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a Call under a new message id and return the payload of its result."""
        message_id = uuid.uuid4().hex
        try:
            await self._connection.send(json.dumps([2, message_id, action, payload]))
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = json.loads(await self._connection.recv())
        except ConnectionClosed as error:
            raise Lost(error.rcvd.code if error.rcvd else None) from error
        assert answer[:2] == [3, message_id], f"{action} {payload} was answered {answer}"
        return dict(answer[2])

    async def close_code(self) -> int | None:
        """Wait for the end of the connection."""
        await self._connection.wait_closed()
        return self._connection.close_code


async def accepted_again(url: str, within: float) -> None:
    """Knock until a handshake is accepted, as chargers do; it has to be `within` so many seconds."""
    async with asyncio.timeout(within):
        while True:
            try:
                async with connected(url, "AGAIN"):
                    return
            except (Refused, Lost):
                await asyncio.sleep(0.1)  # nothing tells a charger when to knock again


@contextlib.asynccontextmanager
async def connected(url: str, charger_id: str, version: Version = Version.V16) -> AsyncIterator[WireClient]:
    """Connect a charger; hang up at the end. Raises Refused, or Lost if the server is gone."""
    try:
        connection = await connect(
            url + charger_id,
            subprotocols=[Subprotocol(version.subprotocol)],
            compression=None,
            proxy=None,
            open_timeout=5,
            ping_interval=None,
            close_timeout=2,
        )
    except InvalidStatus as error:
        raise Refused(error.response.status_code, error.response.headers.get("Retry-After")) from error
    except (InvalidHandshake, OSError) as error:
        raise Lost(None) from error
    try:
        yield WireClient(connection)
    finally:
        await connection.close()
