"""A process in the foreground: its event loop, how many files it may have open, and the signals that end it in order."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

T = TypeVar("T")
_FILES_MOST: Final = 1 << 16


def attended(work: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run work that ends by itself or when its event says so: at SIGINT, SIGTERM, or when the terminal closes."""
    # A closed terminal must not leave anything behind; nohup keeps its meaning.
    hang_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]

    async def begin() -> T:
        return await work(stop_signal(signal.SIGINT, signal.SIGTERM, *hang_up))

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(begin())


async def waited(stop: asyncio.Event, seconds: float | None) -> None:
    """Wait until the event says so, or so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def unless_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Do the work, or drop it when the event says so; tell whether it was done. What goes wrong in it is raised."""
    task, told = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, told), return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        task.cancel()
        await asyncio.wait((task, told))
    if not task.cancelled() and (failed := task.exception()):
        raise failed
    return not task.cancelled()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, where it exists (not on Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def files_most() -> int:
    """How many files and connections this process may have open: as many as the system lets it, not the few it starts with."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return _FILES_MOST
    soft, hard = (
        _FILES_MOST if limit == resource.RLIM_INFINITY else limit
        for limit in resource.getrlimit(resource.RLIMIT_NOFILE)
    )
    wanted = min(hard, _FILES_MOST)
    if soft >= wanted:
        return soft
    with suppress(ValueError, OSError):  # not all systems allow what they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        return wanted
    return soft


def stop_signal(*numbers: signal.Signals) -> asyncio.Event:
    """An event that the first of these signals sets; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told_to_stop() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # Python's own for SIGINT would still wait for the order
        stop.set()

    for number in numbers:
        loop.add_signal_handler(number, told_to_stop)
    return stop
