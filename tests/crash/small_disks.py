"""Disks that can be filled and freed while a server works on them: a small tmpfs, and a limit on the size of files."""

import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from tests.support.servers import Server, cpoctl, database, warm

_ROOM = 128 * 1024
"""What fits in yet after `fill`: a few commits."""


class SmallDisk(Protocol):
    """A server on a disk that can run full."""

    server: Server
    seen_from_outside: Path
    """The server's folder, for those outside of its mount namespace."""

    def fill(self) -> None:
        """Leave little room."""

    def free(self) -> None:
        """Make room again."""

    def stopped_database(self) -> Path:
        """Stop the server and return a database to look at."""


class Tmpfs:
    """A tmpfs that only the server's mount namespace has: SQLite sees ENOSPC."""

    def __init__(self, folder: Path) -> None:
        mount = 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"'
        self._folder = folder
        self.server = Server(["unshare", "-m", "sh", "-c", mount, str(folder), *cpoctl(folder)], folder=folder)
        # The server's view of the folder; holding it open keeps the file system when the server is gone.
        self.seen_from_outside = Path(f"/proc/{self.server.pid}/root{folder}")
        self._inside = os.open(self.seen_from_outside, os.O_RDONLY | os.O_DIRECTORY)

    @staticmethod
    def missing() -> str | None:
        """Say why this machine cannot do it, if so."""
        trial = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /tmp"]
        if shutil.which("unshare") is None:
            return "no command unshare"
        done = subprocess.run(trial, capture_output=True, text=True, timeout=10, check=False)
        return f"mount namespaces are not allowed: {done.stderr.strip()}" if done.returncode else None

    def fill(self) -> None:
        """Put a file in that takes nearly all that is left."""
        ballast = os.open("ballast", os.O_WRONLY | os.O_CREAT, dir_fd=self._inside)
        disk = os.fstatvfs(self._inside)
        os.posix_fallocate(ballast, 0, disk.f_bavail * disk.f_frsize - _ROOM)
        os.close(ballast)

    def free(self) -> None:
        """Remove that file."""
        os.unlink("ballast", dir_fd=self._inside)

    def stopped_database(self) -> Path:
        """Stop the server and copy the database out of its mount."""
        assert self.server.stop() == 0
        copy = self._folder / "copy.db"
        for suffix in ("", "-wal"):
            inside = Path(f"/proc/self/fd/{self._inside}", database(self._folder).name + suffix)
            if inside.exists():
                shutil.copyfile(inside, f"{copy}{suffix}")
        os.close(self._inside)
        return copy


class FileSizeLimit:
    """RLIMIT_FSIZE on the server: SQLite sees EFBIG, an I/O error. Needs no rights."""

    def __init__(self, folder: Path) -> None:
        self._folder = self.seen_from_outside = folder
        self.server = warm(folder)

    @staticmethod
    def missing() -> str | None:
        """Say why this machine cannot do it, if so."""
        return None if hasattr(resource, "prlimit") else "no prlimit"

    def fill(self) -> None:
        """Let no file become larger than the largest is, and a little."""
        largest = max(path.stat().st_size for path in self._folder.iterdir() if path.is_file())
        self._limit(largest + _ROOM)

    def free(self) -> None:
        """Lift the limit."""
        self._limit(resource.RLIM_INFINITY)

    def stopped_database(self) -> Path:
        """Stop the server."""
        assert self.server.stop() == 0
        return database(self._folder)

    def _limit(self, size: int) -> None:
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
