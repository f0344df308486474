"""The lock file: at most one server on a database, and where that server can be reached.

`<database>.lock` is locked with flock for as long as the server lives; its text is JSON for the command
line. The file stays when the server ends: only the lock says that somebody is there.
On Windows there is no flock; a second server is not refused there.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from cpoctl.errors import Conflict

if sys.platform != "win32":
    import fcntl

_ATTEMPTS = 3  # a reader of the file holds the lock for an instant


class DatabaseLock:
    """Held by the one server on a database."""

    def __init__(self, path: Path, info: dict[str, Any]) -> None:
        self._descriptor = os.open(lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
        if not _taken(self._descriptor):
            holder = _parsed(os.read(self._descriptor, 65536))
            os.close(self._descriptor)
            raise Conflict(
                f"a server already runs on {path}: {_told(holder)}",
                target=str(path),
                hints=("cpoctl status", "cpoctl serve --db OTHER.db"),
                detail=holder,
            )
        self.announce(info)

    def announce(self, info: dict[str, Any]) -> None:
        """Write where the server can be reached, once it knows."""
        text = json.dumps({"pid": os.getpid(), **info}).encode()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text)
        os.ftruncate(self._descriptor, len(text))

    def release(self) -> None:
        """Let another server have the database."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


def lock_path(path: Path) -> Path:
    """The lock file of a database."""
    return path.with_name(f"{path.name}.lock")


def read_lock(path: Path) -> dict[str, Any] | None:
    """What the living server on a database says of itself; None when none runs."""
    try:
        descriptor = os.open(lock_path(path), os.O_RDONLY)
    except OSError:
        return None
    try:
        if _locked(descriptor, exclusive=False):
            return None  # closing the descriptor lets go again
        return _parsed(os.read(descriptor, 65536))
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(0.02)
        if _locked(descriptor, exclusive=True):
            return True
    return False


def _locked(descriptor: int, *, exclusive: bool) -> bool:
    if sys.platform == "win32":
        return exclusive
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        info = json.loads(text)
    except ValueError:  # it has only just taken the lock
        return {}
    return info if isinstance(info, dict) else {}


def _told(holder: dict[str, Any]) -> str:
    return f"pid {holder.get('pid', 'unknown')}, started {holder.get('started_at', 'just now')}"
