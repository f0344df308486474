"""Settings of all tests: property tests try the same examples every time, so that a change alone can break them.

`HYPOTHESIS_PROFILE=search` looks for new ones. None fails for being slow: how long one takes depends on what else runs.

Databases are made in memory where there is enough of it: a server waits for the disk before it acknowledges anything,
and thousands of tests would wait with it. What a process had written when it was killed is there in both.
"""

import gc
import os
import shutil
from pathlib import Path

from hypothesis import settings

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 << 30
_YOUNG = 10_000

settings.register_profile("repeatable", derandomize=True, print_blob=True, deadline=None)
settings.register_profile("search", print_blob=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)

gc.disable()  # what is collected now stays to the end: there are no cycles to look for


def pytest_collection_finish() -> None:
    """Look for cycles only among what tests make, and seldom, as the server does."""
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    gc.enable()
