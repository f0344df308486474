"""Memory: what reading a whole fleet took for a moment goes back to the system.

The C library keeps freed blocks that lie between used ones; a tenth of a dashboard with 10,000 chargers is that.
"""

import ctypes
import sys


def give_back() -> None:
    """Let the C library return what it holds and nobody uses; nothing where it cannot (only glibc can)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
