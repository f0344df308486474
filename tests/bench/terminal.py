"""A program on a terminal of 120 × 36 signs: keys go in, and what is painted is counted and searched."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_ROOT = Path(__file__).parents[2]
_WIDTH, _HEIGHT = 120, 36


class NotPainted(Exception):
    """What was waited for did not come onto the screen."""


class Terminal:
    """One process and what it has painted; leaving its `with` block ends it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._lead, follow = pty.openpty()
        fcntl.ioctl(follow, termios.TIOCSWINSZ, struct.pack("HHHH", _HEIGHT, _WIDTH, 0, 0))
        told = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=follow, stdout=follow, stderr=follow, env={**told, **env}, start_new_session=True
        )
        os.close(follow)
        self._painted = bytearray()
        self._parts: list[tuple[float, int]] = []
        """When something was painted, and how much there was by then."""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, keys: str) -> float:
        """Press keys; the time of it."""
        at = time.perf_counter()
        os.write(self._lead, keys.encode())
        return at

    @property
    def painted(self) -> int:
        """How many bytes were painted so far."""
        return len(self._painted)

    @property
    def paintings(self) -> int:
        """How often something was painted so far."""
        return len(self._parts)

    def sees(self, text: str, since: int = 0, seconds: float = 20) -> float:
        """Wait until a text is painted, not counting the first so many bytes; the time at which it was."""
        wanted, deadline = text.encode(), time.perf_counter() + seconds
        with self._more:
            while (place := self._painted.find(wanted, since)) < 0:
                left = deadline - time.perf_counter()
                if left <= 0 or not self._more.wait(left):
                    raise NotPainted(f"{text!r}; last: {bytes(self._painted[-2000:])!r}")
            return next(at for at, size in self._parts if size >= place + len(wanted))

    def rests(self, seconds: float = 0.3, most: float = 20) -> None:
        """Wait until nothing has been painted for so long."""
        deadline = time.perf_counter() + most
        while time.perf_counter() < deadline:
            before = self.painted
            time.sleep(seconds)
            if self.painted == before:
                return

    def rss_kib(self) -> int:
        """Its resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split(maxsplit=1)[0])

    def cpu_seconds(self) -> float:
        """The CPU time it has used, in all its threads."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        os.close(self._lead)

    def _read(self) -> None:
        while True:
            try:
                block = os.read(self._lead, 1 << 16)
            except OSError:  # the process has ended
                return
            at = time.perf_counter()
            with self._more:
                self._painted += block
                self._parts.append((at, len(self._painted)))
                self._more.notify_all()
