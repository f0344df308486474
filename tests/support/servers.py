"""A server process seen from outside: started on one core, ready when it says so, ended by its pid."""

import itertools
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.support.databases import empty_database
from tests.support.forked import Forked

Process = Forked | subprocess.Popen[str]
_READY = re.compile(r"^ready:.*ws://([^:/]+):(\d+)/")


class ServerFailed(Exception):
    """The server process ended, or said nothing, instead of getting ready; `code` is its exit code."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"not ready, but it said:\n{said}")
        self.code = code


def database(folder: Path) -> Path:
    """Name the file in which the server that works in `folder` keeps its data."""
    return folder / "cpoctl.db"


def cpoctl(folder: Path, port: int = 0) -> list[str]:
    """Return the command that serves chargers from a database in `folder`, letting everybody in."""
    return [
        *(sys.executable, "-m", "cpoctl", "serve", "--accept-all"),
        *("--listen", f"127.0.0.1:{port}", "--db", str(database(folder)), "--socket", str(folder / "c.sock")),
    ]


def begun(command: Sequence[str], folder: Path) -> Process:
    """Start a process in `folder`."""
    return subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


class Server:
    """One running server; leaving its `with` block kills what is left of it."""

    host: str
    port: int

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        core: int | None = None,
        timeout: float = 20,
        begin: Callable[[Sequence[str], Path], Process] = begun,
    ) -> None:
        """Start `command` in `folder`, on `core` only, and return when it is ready."""
        self._process = begin(command, folder)
        if core is not None:
            os.sched_setaffinity(self.pid, {core})  # before it has made threads, which inherit it
        self._last_words: deque[str] = deque(maxlen=40)
        self._address: queue.SimpleQueue[tuple[str, int] | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.host, self.port = self._wait_until_ready(timeout)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def url(self) -> str:
        """Where chargers connect, without their id."""
        return f"ws://{self.host}:{self.port}/"

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """The end of what the server wrote on stderr."""
        return "".join(self._last_words)

    def rss_kib(self) -> int:
        """Return the resident memory in KiB, with that of the processes that it started."""
        children = [_read(task / "children").split() for task in Path(f"/proc/{self.pid}/task").iterdir()]
        return sum(_rss_kib(pid) for pid in [str(self.pid), *itertools.chain.from_iterable(children)])

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far, of all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, timeout: float = 15) -> int:
        """Ask the server to end (SIGTERM) and return its exit code."""
        self.send(signal.SIGTERM)
        return self.wait(timeout)

    def send(self, number: signal.Signals) -> None:
        """Send the server a signal."""
        self._process.send_signal(number)

    def wait(self, timeout: float = 15) -> int:
        """Wait until the server has ended and return its exit code."""
        code = self._process.wait(timeout)
        self._listener.join(timeout)
        return code

    def kill(self) -> None:
        """End the server at once (SIGKILL), as a crash would."""
        self._process.kill()
        self._process.wait(10)
        self._listener.join(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def _wait_until_ready(self, timeout: float) -> tuple[str, int]:
        try:
            address = self._address.get(timeout=timeout)
        except queue.Empty:
            self.kill()
            address = None
        if address is None:
            raise ServerFailed(self.wait(), self.last_words)
        return address

    def _listen(self) -> None:
        """Read stderr to its end: a full pipe would stop the server."""
        with _opened(self._process.stderr) as stderr:
            for line in stderr:
                self._last_words.append(line)
                if found := _READY.search(line):
                    self._address.put((found[1], int(found[2])))
        self._address.put(None)


def _rss_kib(pid: str) -> int:
    return int(_read(Path(f"/proc/{pid}/status")).partition("VmRSS:")[2].partition("kB")[0] or 0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # it has ended meanwhile
        return ""


def _opened(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ServerFailed(0, "the process was started without a pipe for stderr")
    return pipe


def warm(folder: Path, port: int = 0) -> Server:
    """Start cpoctl as `cpoctl(folder, port)` says, forked from a process that has loaded it, on a migrated database."""
    if not database(folder).exists():
        empty_database(database(folder))
    return Server(cpoctl(folder, port), folder=folder, begin=Forked)
