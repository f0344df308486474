"""Leftovers: the temporary folders of ephemeral servers that were killed, and so could not remove them."""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from cpoctl.store.sqlite.locking import lock_path, read_lock

PREFIX = "cpoctl-"
DATABASE = "cpoctl.db"


def remove() -> None:
    """Remove those of this user whose server is gone. One that was not ephemeral, or may live, is not touched."""
    if sys.platform == "win32":  # there nobody can be asked whether a process lives
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another one removes it at the same time
            if not folder.is_symlink() and folder.stat().st_uid == os.getuid() and _is_left(folder / DATABASE):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(db: Path) -> bool:
    told = _told(db)
    pid = told.get("pid")
    if told.get("ephemeral") is not True or not isinstance(pid, int) or _lives(pid):
        return False
    return read_lock(db) is None  # a process of another container may have a number that is free here


def _told(db: Path) -> dict[str, Any]:
    """What the last server on the database said of itself; it says nothing more once it has ended in order."""
    try:
        told = json.loads(lock_path(db).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
