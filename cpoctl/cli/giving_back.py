"""Giving back: the terminal is after a program as it was before it, whatever happened in between."""

import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def kept(terminal: int) -> Iterator[None]:
    """Remember its settings and restore them.

    The toolkit does so too, but takes those that it finds when it goes on after a SIGSTOP for the ones to restore, and
    they are its own by then.
    """
    try:
        before = termios.tcgetattr(terminal)
    except termios.error:  # it is none
        yield
        return
    try:
        yield
    finally:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
