"""A server's process, forked from one that has loaded what a server needs: without the second that loading takes.

The one it is forked from has no thread and no open file of the product's. What runs in it is the command line from
its first word on: it opens its database, loads and listens, and is ended as any process is.
"""

import functools
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from pkgutil import walk_packages
from typing import IO

from cpoctl import operations

_LOADED = ["cpoctl.cli.running", "cpoctl.cli.commands.serve", "cpoctl.app", "cpoctl.running", "uvloop"]


class Forked:
    """What a `subprocess.Popen` tells of a process and does to it; its stderr is a pipe, as text."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Run a command that begins with `python -m cpoctl`, in a folder."""
        words = command[command.index("cpoctl") + 1 :]
        ours, theirs = multiprocessing.Pipe(duplex=False)
        self._process = _context().Process(target=_run, args=(words, folder, dict(os.environ), theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.pid = self._process.pid or 0
        self.stderr: IO[str] = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
        ours.close()

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("cpoctl", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


@functools.cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    every = [module.name for module in walk_packages(operations.__path__, f"{operations.__name__}.")]
    context.set_forkserver_preload([*_LOADED, *every])
    return context


def _run(words: Sequence[str], folder: Path, environment: Mapping[str, str], stderr: Connection) -> None:
    """Make the process what a shell would have made, then run the command line."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for ours, theirs in ((nothing, 0), (nothing, 1), (stderr.fileno(), 2)):
        os.dup2(ours, theirs)
    stderr.close()
    # The interpreter's own were made for what the process that was forked had in these places.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["cpoctl", *words]
    from cpoctl.__main__ import main

    main()
