"""Clock: whether this machine's clock is kept by a time server; chargers get their time from it."""

import ctypes
import sys

from cpoctl.checks import Said, ok, skipped, warn
from cpoctl.checks.machine import Place

_UNSYNCHRONISED = 5  # TIME_ERROR
_ROOM = 512  # more than struct timex takes on any Linux


def check(place: Place) -> Said:
    """Ask the kernel; nothing is sent anywhere."""
    if place.elsewhere:
        return skipped("the server runs elsewhere")
    state = _kernel_state()
    if state is None:
        return skipped("this system does not tell whether its clock is synchronised")
    if state == _UNSYNCHRONISED:
        return warn(
            "not synchronised: chargers get this machine's time", "cpoctl doctor CHARGER    its clock against ours"
        )
    return ok("synchronised")


def _kernel_state() -> int | None:
    """What adjtimex says when it is asked to change nothing; -1 where it may not be asked."""
    if sys.platform != "linux":
        return None
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_ROOM))
    except (OSError, AttributeError):
        return None
    return state if state >= 0 else None
