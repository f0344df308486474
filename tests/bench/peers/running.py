"""How every peer runs: one websockets server on a loopback port, announced on stderr, ended by SIGTERM."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable

import uvloop
from websockets.asyncio.server import ServerConnection, serve

Handler = Callable[[ServerConnection], Awaitable[None]]


def run(
    handler: Handler, *, port: int, ping_interval: float | None = 20, started: Callable[[], None] | None = None
) -> None:
    """Serve until SIGTERM, on uvloop as cpoctl does, so that the server's own work makes the difference."""
    logging.disable()  # a load that hangs up is no news
    uvloop.run(_serve(handler, port, ping_interval, started))


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every peer has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    return parser


async def _serve(handler: Handler, port: int, ping_interval: float | None, started: Callable[[], None] | None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    if started is not None:
        started()
    async with serve(
        *(handler, "127.0.0.1", port),
        subprotocols=["ocpp1.6"],  # type: ignore[list-item]  # a NewType of str
        compression=None,
        ping_interval=ping_interval,
        close_timeout=1,
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ready: ws://127.0.0.1:{port}/", file=sys.stderr, flush=True)
        await stop.wait()


def charger_id(connection: ServerConnection) -> str:
    """Return the last segment of the path that the charger asked for."""
    assert connection.request is not None
    return connection.request.path.rpartition("/")[2]
