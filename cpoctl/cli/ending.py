"""Ending: SIGTERM and a closed terminal end a command as Ctrl-C does, with a code of their own (UX §4.5)."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A handler runs when Python's main thread is back from a lock. One that waits for long must come back now and then, or
# a signal that arrives just before it waits is heard only when the wait is over.
HEEDED_EVERY_S = 0.5


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the block as Ctrl-C does, so that nothing is left behind or unsaid.

    Signals are for the main thread: in another one the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    wanted = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
