"""The contest that every bench is: a server on one core, the load on the other, the servers by turns."""

import argparse
import contextlib
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from tests.bench.figures import Figures
from tests.support.servers import Server, cpoctl, database

_ROOT = Path(__file__).parents[2]


def server_command(name: str, folder: Path, port: int = 0) -> list[str]:
    """Return the command of a contender: `cpoctl`, or a program of the folder `peers`."""
    if name == "cpoctl":
        return cpoctl(folder, port)
    module, *flags = {"echo": ["echo"], "pure": ["echo", "--pure"]}.get(name, [name, "--db", str(database(folder))])
    return [sys.executable, "-m", f"tests.bench.peers.{module}", "--port", str(port), *flags]


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """Make a folder for one server's files, gone afterwards; its name is short, as a socket's path must be."""
    with tempfile.TemporaryDirectory(prefix="cpoctl-bench-") as name:
        yield Path(name)


def start(name: str, folder: Path, port: int = 0) -> Server:
    """Start a contender on the first core."""
    where = folder if name == "cpoctl" else _ROOT  # peers are modules of this tree
    return Server(server_command(name, folder, port), folder=where, core=cores()[0])


class LoadEnded(Exception):
    """The load gave up before it had something to report."""


_months = itertools.count()


class Load:
    """The load's process; leaving its `with` block ends it.

    Each charges in a month of its own: times that were told before would be taken for repeats, which no table gets.
    """

    def __init__(self, kind: str, port: int, **options: object) -> None:
        options["month"] = next(_months)
        flags = [f"--{name}={value}" for name, value in options.items() if value is not None]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load", kind, f"--port={port}", f"--core={cores()[1]}", *flags],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def first(self) -> None:
        """Let it have its core whenever it wants it, whoever else is there; for root only."""
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(self._process.pid, os.SCHED_RR, os.sched_param(1))

    def event(self, name: str) -> dict[str, Any]:
        """Wait for the next report of the load, which is bounded in time by itself."""
        line = _pipe(self._process.stdout).readline()
        report = json.loads(line) if line else {}
        if report.get("event") != name:
            raise LoadEnded(f"the load ended (exit code {self._process.wait(10)}) before it was {name}")
        del report["event"]
        return dict(report)

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        _pipe(self._process.stdin).close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        _pipe(self._process.stdout).close()


def measure(name: str, kind: str, folder: Path, **options: object) -> Figures:
    """Run one server against one load."""
    with start(name, folder) as server, Load(kind, server.port, **options) as load:
        load.event("online")
        return msgspec.convert(load.event("figures"), Figures)


def paced(server: Server, seconds: float, begun: Callable[[], None] | None = None, **load: object) -> Figures:
    """Measure session traffic that is not as fast as it goes, for latencies beside other work; call `begun` once it flows."""
    given = {"chargers": 100, "warmup": 1.5, "pause": 0.1} | load
    with Load("sessions", server.port, watch=watched(), seconds=seconds, **given) as running:
        running.first()
        running.event("online")
        if begun is not None:
            begun()
        return msgspec.convert(running.event("figures"), Figures)


def best(runs: Sequence[Figures]) -> Figures:
    """Return the run with the highest rate: noise of the machine only ever takes away."""
    return max(runs, key=lambda figures: figures.rate)


def cores() -> tuple[int, int]:
    """Return the core of the server and the core of the load."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def watched() -> str:
    """Return the `watch` of a load that leaves out what was on its way while the host had taken a core away."""
    return ",".join(map(str, sorted(set(cores()))))


def allow_many_files(count: int) -> None:
    """Raise the limit of open files for this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 200
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{count} connections need {wanted} open files a process, and the hard limit is {hard}")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def arguments(description: str | None, **defaults: float) -> argparse.ArgumentParser:
    """Return a parser with one option for each of `defaults`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=f"default {value:g}")
    return parser


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def idling(pid: int) -> None:
    """Put a process on the core of the load, below everything else there: it must not be what is measured."""
    os.sched_setaffinity(pid, {cores()[1]})
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
