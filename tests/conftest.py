"""Settings of all tests: property tests try the same examples every time, so that a change alone can break them.

`HYPOTHESIS_PROFILE=search` looks for new ones. None fails for being slow: how long one takes depends on what else runs.
"""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, print_blob=True, deadline=None)
settings.register_profile("search", print_blob=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
