"""The charger port: listens, and looks after the liveness of every connection once a second.

One sweep instead of timers per connection: thousands of idle chargers cost a loop over a dict.
"""

import asyncio
import contextlib
import logging
import ssl
from collections import deque
from typing import Final

from cpoctl.csms.admission import Admission
from cpoctl.csms.connection import Connection
from cpoctl.csms.fleet import Fleet
from cpoctl.csms.websocket import (
    ASSEMBLE_WITHIN,
    CLOSE_WITHIN,
    CONTROLS_PER_SECOND,
    FRAGMENTS_PER_SECOND,
    OPEN_WITHIN,
    STALLED_AFTER,
    WebSocket,
)
from cpoctl.store import StoreState

_log = logging.getLogger(__name__)
PONG_WITHIN: Final = 30.0
SILENT_LEAST: Final = 90.0
BACKLOG: Final = 2048  # L-04
SWEEP_EVERY: Final = 1.0
_RATE_OVER: Final = 11


class Server:
    """Accepts chargers on one or two ports (plain and TLS)."""

    def __init__(self, fleet: Fleet, admission: Admission, heartbeat: int, ping_every: int) -> None:
        self.fleet = fleet
        self.admission = admission
        self._ping_every = ping_every or float("inf")
        self._silence = max(3.0 * heartbeat, SILENT_LEAST)
        self._servers: list[asyncio.Server] = []
        self.address: str | None = None
        """Where chargers connect, as it is bound, the first of two; None while nothing listens."""
        self._totals: deque[int] = deque([0], maxlen=_RATE_OVER)
        self._sweeper: asyncio.Task[None] | None = None

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> tuple[str, int]:
        """Start listening; returns the address that was really bound."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: WebSocket(self.admission, loop),
            host,
            port,
            ssl=tls,
            ssl_handshake_timeout=OPEN_WITHIN if tls else None,  # S-14
            ssl_shutdown_timeout=CLOSE_WITHIN if tls else None,
            backlog=BACKLOG,
            reuse_address=True,
        )
        self._servers.append(server)
        if self._sweeper is None:
            self._sweeper = loop.create_task(self._sweep_on())
            self.fleet.ledger.store.on_state(self._store_changed)
        bound = server.sockets[0].getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.address = self.address or f"{'wss' if tls else 'ws'}://{name}:{bound[1]}/"
        return bound[0], bound[1]

    async def close(self) -> None:
        """Stop accepting and say goodbye to every charger (1001: going away)."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for server in self._servers:
            server.close()
        for connection in list(self.fleet.connections.values()):
            connection.socket.close(1001, "the server stops")
        if self.fleet.connections:
            self.fleet.empty = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.fleet.empty.wait(), CLOSE_WITHIN + 0.5)

    def _store_changed(self, state: StoreState) -> None:
        """When nothing can be stored, no charger may believe that it was (RELIABILITY §2.1 rule 3)."""
        if state is StoreState.FAILING:
            for connection in list(self.fleet.connections.values()):
                connection.socket.close(1013, "nothing can be stored at the moment")

    def rate(self) -> float:
        """Messages a second over the last ten seconds."""
        return (self._totals[-1] - self._totals[0]) / max(1, len(self._totals) - 1) / SWEEP_EVERY

    async def _sweep_on(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                self.sweep(self.fleet.clock.monotonic())
            except Exception:  # noqa: BLE001 # supervises the sweep: without it nobody dead is found, and whoever is held back stays so
                _log.exception("a sweep failed")

    def sweep(self, now: float) -> None:
        """Ping who is due, close who is dead, stalled or flooding."""
        self._totals.append(self.fleet.dispatch.received.total())
        loop_now = asyncio.get_running_loop().time()
        for connection in list(self.fleet.connections.values()):
            if reason := self._dead(connection, now) or _misbehaving(connection.socket, loop_now):
                _log.info("closing %s: %s", connection.charger.charger_id, reason)
                connection.socket.close(1008, reason)
            elif now - connection.last_heard >= self._ping_every and connection.ping_sent is None:
                connection.ping_sent = now
                connection.socket.ping()
            connection.socket.controls = connection.socket.fragments = 0
            connection.refill()

    def _dead(self, connection: Connection, now: float) -> str | None:
        """A charger that has ever ponged must answer a ping; any other must just not be silent (mob#338)."""
        if connection.charger.ponged and connection.ping_sent is not None and now - connection.ping_sent >= PONG_WITHIN:
            return "no answer to a ping"
        if now - connection.last_heard >= self._silence:
            return "silent"
        return None


def _misbehaving(socket: WebSocket, now: float) -> str | None:
    if socket.stalled_since is not None and now - socket.stalled_since > STALLED_AFTER:
        return "reads nothing"
    if socket.fragments_since is not None and now - socket.fragments_since > ASSEMBLE_WITHIN:
        return "a message took too long"
    if socket.controls > CONTROLS_PER_SECOND * SWEEP_EVERY:
        return "too many control frames"
    if socket.fragments > FRAGMENTS_PER_SECOND * SWEEP_EVERY:
        return "too many fragments"
    return None
