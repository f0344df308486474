"""A temporary server beside the command that needs one: in a thread of its own, on a database that is removed."""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cpoctl.config import ServeSettings
from cpoctl.foreground import loop_factory
from cpoctl.running import running

_STOP_WITHIN = 10.0


@dataclass(frozen=True)
class Place:
    """Where chargers and operators reach it."""

    url: str
    host: str
    port: int
    socket: Path


Told = Place | BaseException


@contextmanager
def temporary(settings: ServeSettings) -> Iterator[Place]:
    """Run a server while the block lasts. Raises what keeps it from starting, such as Conflict."""
    told: queue.SimpleQueue[Told] = queue.SimpleQueue()
    stop = _Stop()
    thread = threading.Thread(target=_run, args=(settings, told, stop), name="temporary server", daemon=True)
    thread.start()
    try:
        place = told.get()
        if isinstance(place, BaseException):
            raise place
        yield place
    finally:
        stop.set()
        thread.join(_STOP_WITHIN)


class _Stop:
    """An event of another thread's loop that can be set from here, also before that loop exists."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()
        self._early = False

    def set(self) -> None:
        with self._lock:
            if self._loop is None:
                self._early = True
            elif not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            if self._early:
                return
        await self._event.wait()


def _run(settings: ServeSettings, told: "queue.SimpleQueue[Told]", stop: _Stop) -> None:
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings, told, stop))
    except BaseException as error:  # noqa: BLE001 # supervises the thread: whoever started it is told
        told.put(error)


async def _serve(settings: ServeSettings, told: "queue.SimpleQueue[Told]", stop: _Stop) -> None:
    async with running(settings) as server:
        told.put(Place(server.url, server.charger_host, server.charger_port, server.socket))
        await stop.wait()
