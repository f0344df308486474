"""The command line in a process of its own, forked from one that has loaded it: without the seconds that loading takes.

`loaded()` is what a test begins a command with in place of `python -m cpoctl`. What it starts, hand_over.py, looks like
that process to the test; killing it kills the one that is at work.
"""

import atexit
import functools
import gc
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

_LOADED = (
    "cpoctl.cli.running", "cpoctl.cli.stage", "cpoctl.cli.commands.demo", "cpoctl.cli.commands.commission",
    "cpoctl.app", "cpoctl.running", "cpoctl.tui.app", "uvloop",
)  # fmt: skip
_HAND_OVER = Path(__file__).with_name("hand_over.py")


def loaded() -> list[str]:
    """The first words of a command line."""
    return [sys.executable, "-S", "-I", str(_HAND_OVER), str(_address())]


@functools.cache
def _address() -> Path:
    """Where the loaded process listens; it is there as long as this one is."""
    path = Path(tempfile.mkdtemp(prefix="cpoctl-tests-"), "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        number = listener.fileno()
        command = [sys.executable, "-m", "tests.support.loaded", str(number)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[number], cwd=Path(__file__).parents[2])
    atexit.register(_end, server, path)
    return path


def _end(server: "subprocess.Popen[bytes]", path: Path) -> None:
    server.communicate()
    path.unlink()
    path.parent.rmdir()


class Forks:
    """Forks a process for each that connects, and tells it how that one ended."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, socket.socket] = {}
        self._children: dict[int, int] = {}

    def run(self) -> list[str] | None:
        """Serve until our stdin ends; in each forked process it returns the words that it is to run."""
        self._selector.register(0, selectors.EVENT_READ, None)
        self._selector.register(self._listener, selectors.EVENT_READ, self._begin)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    for pid in self._children:
                        os.kill(pid, signal.SIGKILL)
                    return None
                words: list[str] | None = key.data()
                if words is not None:
                    return words

    def _begin(self) -> list[str] | None:
        connection, _ = self._listener.accept()
        head, files, _, _ = socket.recv_fds(connection, 4, 3)
        told = _received(connection, int.from_bytes(head)).decode().split("\0")
        pid = os.fork()
        if not pid:
            self._selector.close()
            for each in (self._listener, connection, *self._open.values()):
                each.close()
            for child in self._children.values():
                os.close(child)
            return _become(told, files)
        for number in files:
            os.close(number)
        connection.sendall(pid.to_bytes(4))
        self._open[pid], self._children[pid] = connection, os.pidfd_open(pid)
        self._selector.register(self._children[pid], selectors.EVENT_READ, functools.partial(self._ended, pid))
        gone = functools.partial(os.kill, pid, signal.SIGKILL)
        self._selector.register(connection, selectors.EVENT_READ, self._left(connection, gone))
        return None

    def _left(self, connection: socket.socket, gone: Callable[[], None]) -> Callable[[], None]:
        def leave() -> None:
            self._selector.unregister(connection)
            gone()

        return leave

    def _ended(self, pid: int) -> None:
        _, status = os.waitpid(pid, 0)
        child, connection = self._children.pop(pid), self._open.pop(pid)
        self._selector.unregister(child)
        os.close(child)
        if connection.fileno() in self._selector.get_map():
            self._selector.unregister(connection)
            connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, signed=True))
        connection.close()


def _received(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        got += connection.recv(size - len(got))
    return got


def _become(told: list[str], files: list[int]) -> list[str]:
    """Be what a shell would have made: its folder, environment and open files; the words that remain."""
    folder, count, *others = told
    for theirs, number in zip(files, range(3), strict=True):
        os.dup2(theirs, number)
        os.close(theirs)
    # The interpreter's own were made for what the process that was forked had in these places.
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    os.environ.clear()
    for each in others[: int(count)]:
        name, _, os.environ[name] = each.partition("=")
    os.chdir(folder)
    time.tzset()
    tempfile.tempdir = None
    return others[int(count) :]


def _main() -> None:
    operations = import_module("cpoctl.operations")
    for name in (*_LOADED, *(each.name for each in walk_packages(operations.__path__, f"{operations.__name__}."))):
        import_module(name)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        words = Forks(listener).run()
    if words is not None:
        sys.argv = ["cpoctl", *words]
        from cpoctl.__main__ import main

        main()


if __name__ == "__main__":
    _main()
