"""Hung up: a terminal that has gone without a word. Nobody reads the screen any more, so the dashboard ends.

A terminal that goes says so by SIGHUP, but not to a process that it does not control, as in a container. Then the thread that
writes to it dies, and the event loop would wait for ever for room in the thread's queue.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual.drivers._writer_thread import WriterThread


@contextmanager
def noticed(end: Callable[[int], None]) -> Iterator[None]:
    """While the block lasts: end the dashboard, as by SIGHUP, when nothing can be written to its terminal any more."""
    usual = threading.excepthook

    def fallen(fall: threading.ExceptHookArgs) -> None:
        if not isinstance(fall.thread, WriterThread) or not isinstance(fall.exc_value, OSError):
            usual(fall)
            return
        end(signal.SIGHUP)
        while fall.thread._queue.get() is not None:  # what is still painted goes nowhere, and nobody waits for it
            pass

    threading.excepthook = fallen
    try:
        yield
    finally:
        threading.excepthook = usual
