"""Copied: what was copied, in a file too, for terminals that do not let the clipboard be written (OSC 52)."""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

_NAME: Final = "cpoctl-copied.txt"


def keep(text: str) -> Path | None:
    """Write it where only its owner can read it; None where that cannot be."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(own) / _NAME if own else Path(tempfile.gettempdir()) / f"cpoctl-{os.getuid()}-copied.txt"
    try:
        # The folder may be everybody's: never through somebody else's link or file.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError:
        return None
    with os.fdopen(file, "w", encoding="utf-8") as kept:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_nlink != 1:
            return None
        try:
            os.fchmod(file, 0o600)
            os.ftruncate(file, 0)
            kept.write(text if text.endswith("\n") else f"{text}\n")
            kept.flush()
        except OSError:
            return None
    return path
