"""Fifty chargers fetch an image of 200 MB at once while others charge: what it costs the server, and their sessions.

Session traffic is paced, not as fast as it goes: it is measured alone, then while the downloads go on. Each charger takes up
to `--rate` megabytes a second (2 Gbit/s in all). Budgets: the server's memory (with the process that sends for it) grows by
less than 50 MiB, and the p99 of a Call of session traffic is at the most twice what it is alone. Each is measured `--rounds`
times, and the median counts; what was on its way while the host had taken a core away is left out.

The same files are fetched from a bare server once more, a process of its own: what they cost the machine, whoever sends them.
Whatever else runs on the core of the process that measures makes answers look late, as it waits for the next tick of the
scheduler: it is let before all others (as root; else the figures are too high).
"""

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import IO, Final
from urllib.parse import urlsplit

import uvloop

from tests.bench.chargers import LoadCharger
from tests.bench.contest import arguments, cores, idling, paced, start, working_folder
from tests.bench.figures import Figures, Recorder
from tests.bench.table import table, verdict
from tests.bench.wire import handshake
from tests.support.servers import Server

_HEAD = ("session traffic", "calls/s", "p50 ms", "p99 ms", "max ms", "errors", "left out", "stolen s", "as counted")
_CONFIG: Final = """
[files]
download_mb_s = {0.at_most}
[recipe.bench]
forms = ["{0.form}"]
"""
_COMMAND_S: Final = 4.0
_LIMIT: Final = 900.0
_TICK: Final = 0.05
_DROPPED = bytearray(1 << 20)
_LOCATION = re.compile(rb'"location":"((?:http|ftp)://[^"]+)"')


class Fetcher(LoadCharger):
    """A charger that fetches what it is told to, `rate` bytes a second, and forgets it."""

    fetched: "asyncio.Queue[int]"
    rate: float

    def received(self, text: bytes) -> None:
        """Agree to an update and begin to fetch."""
        if found := _LOCATION.search(text):
            self.send(b"[3,%b,{}]" % text.split(b",", 2)[1])
            self.fetching = asyncio.ensure_future(self._fetch(found[1].decode()))
        else:
            super().received(text)

    async def _fetch(self, url: str) -> None:
        await self.fetched.put(await fetch(url, self.rate))


async def fetch(url: str, rate: float) -> int:
    """Take so many bytes a second; how many came. The kernel drops them: what is measured is the server, not this process."""
    opened = _over_ftp if url.startswith("ftp") else _over_http
    async with opened(url) as (sock, count):
        began = time.monotonic()
        while taken := _taken(sock, int(rate * (time.monotonic() - began)) - count):
            count += max(0, taken)
            await asyncio.sleep(_TICK)
    return count


@asynccontextmanager
async def _over_http(url: str) -> AsyncIterator[tuple[socket.socket, int]]:
    """The connection of a file, and how many bytes of it have come already."""
    parts, loop = urlsplit(url), asyncio.get_running_loop()
    with await _connected(parts.hostname or "", parts.port or 0) as sock:
        await loop.sock_sendall(sock, f"GET {parts.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        yield sock, len((await loop.sock_recv(sock, 1 << 14)).partition(b"\r\n\r\n")[2])


@asynccontextmanager
async def _over_ftp(url: str) -> AsyncIterator[tuple[socket.socket, int]]:
    """The same by passive FTP."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    await reader.readline()
    for words in (f"USER {parts.username}", f"PASS {parts.password}", "TYPE I", "EPSV"):
        writer.write(f"{words}\r\n".encode())
        answer = (await reader.readline()).decode()
    with await _connected(parts.hostname or "", int(answer.split("|")[-2])) as sock:
        writer.write(f"RETR {parts.path}\r\n".encode())
        await reader.readline()
        yield sock, 0
    writer.close()


async def _connected(host: str, port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, len(_DROPPED))
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (host, port))
    return sock


def _taken(sock: socket.socket, wanted: int) -> int:
    """How many bytes have come, up to so many; -1 for none yet, 0 for the end."""
    try:
        return sock.recv_into(_DROPPED, min(wanted, len(_DROPPED)), socket.MSG_TRUNC) if wanted > 0 else -1
    except BlockingIOError:
        return -1


async def _fetch_from(url: str, chargers: int, rate: float) -> None:
    """The same files from elsewhere, by nobody's order."""
    fetching = [asyncio.ensure_future(fetch(url, rate)) for _ in range(chargers)]
    print("online", flush=True)
    await asyncio.gather(*fetching)


async def _fetch_all(port: int, chargers: int, rate: float) -> None:
    """Be the chargers that fetch; say when all are online, and how many bytes each got."""
    fetched: asyncio.Queue[int] = asyncio.Queue()
    online: asyncio.Queue[None] = asyncio.Queue()
    for number in range(chargers):
        hello = handshake(f"FETCH-{number:03}", "127.0.0.1", port, None, "1.6")
        fetcher = Fetcher(hello, Recorder(), lambda: online.put_nowait(None), lambda: None)
        fetcher.fetched, fetcher.rate = fetched, rate
        await asyncio.get_running_loop().create_connection(lambda each=fetcher: each, "127.0.0.1", port)  # type: ignore[misc] # bound
    async with asyncio.timeout(_LIMIT):
        for _ in range(chargers):
            await online.get()
        print("online", flush=True)
        print(json.dumps([await fetched.get() for _ in range(chargers)]), flush=True)


@contextmanager
def _fetchers(port: int, options: argparse.Namespace, url: str = "") -> Iterator[IO[str]]:
    """The process of the chargers that fetch, apart from the one that measures; its words."""
    command = [sys.executable, "-m", "tests.bench.downloads", "--port", str(port), "--url", url]
    process = subprocess.Popen(
        [*command, f"--chargers={options.chargers}", f"--rate={options.rate}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        idling(process.pid)
        yield process.stdout
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def _peer(image: Path) -> Iterator[str]:
    """A bare server of the same file on the server's core; its URL."""
    command = [sys.executable, "-m", "tests.bench.peers.files", str(image)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        os.sched_setaffinity(process.pid, {cores()[0]})
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.kill()
        process.wait(10)


class Memory(Thread):
    """Looks at the server's memory ten times a second."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server, self._over = server, Event()
        self.before = self.most = server.rss_kib()

    def run(self) -> None:
        """Remember the most of it."""
        while not self._over.wait(0.1):
            self.most = max(self.most, self._server.rss_kib())

    def grown(self) -> float:
        """How many MiB it grew at the most."""
        self._over.set()
        return (self.most - self.before) / 1024


def _cpoctl(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "cpoctl", "--server", f"unix:{folder / 'c.sock'}", *words]
    subprocess.run(command, check=True, capture_output=True, timeout=_LIMIT)


def _sessions(server: Server, options: argparse.Namespace, folder: Path, update: Sequence[str] = ()) -> list[Figures]:
    """Session traffic, in `--rounds`; with the first of them an update begins."""
    runs = []
    for number in range(options.rounds):
        begins = update if number == 0 else ()
        # The process of the command line must be over when the measuring begins.
        warmup = options.warmup + (_COMMAND_S if begins else 0)
        begun = partial(_cpoctl, folder, *begins) if begins else None
        load = {"chargers": options.sessions, "warmup": warmup, "pause": options.pause}
        runs.append(paced(server, options.seconds, begun, **load))
    return runs


def main() -> None:
    """Measure and tell."""
    parser = arguments(
        __doc__, chargers=50, sessions=100, megabytes=200, rate=5.0, rounds=3, seconds=8.0, warmup=1.5, pause=0.1
    )
    parser.add_argument(
        "--at-most", type=float, default=0.0, help="files.download_mb_s of the server; default: no bound"
    )
    parser.add_argument("--form", choices=["http", "ftp"], default="http")
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.url:
        asyncio.run(_fetch_from(options.url, options.chargers, options.rate * 1e6))
        return
    if options.port is not None:
        uvloop.run(_fetch_all(options.port, options.chargers, options.rate * 1e6))
        return
    with working_folder() as folder:
        config = folder / "config.toml"
        config.write_text(_CONFIG.format(options), encoding="utf-8")
        os.environ["CPOCTL_CONFIG"] = str(config)
        image = folder / "fw-2.0.0.bin"
        with image.open("wb") as file:
            for _ in range(options.megabytes):
                file.write(os.urandom(1 << 20))
        with start("cpoctl", folder) as server:
            _cpoctl(folder, "image", "add", str(image))
            os.sync()
            alone = _sessions(server, options, folder)
            with _peer(image) as url, _fetchers(server.port, options, url) as words:
                words.readline()
                beside = _sessions(server, options, folder)
            with _fetchers(server.port, options) as words:
                words.readline()
                memory = Memory(server)
                memory.start()
                began = time.monotonic()
                update = ["firmware", "update", "FETCH-*", "--file", image.name, "--parallel", str(options.chargers)]
                during = _sessions(server, options, folder, [*update, "--confirm", str(options.chargers), "-q"])
                measured = time.monotonic() - began
                counts = json.loads(words.readline() or "[]")
                lasted = time.monotonic() - began
            runs = {"alone": alone, "beside another server's": beside, "during downloads": during}
            _tell(options, runs, counts, lasted, measured, memory.grown())


def _tell(
    options: argparse.Namespace,
    runs: dict[str, list[Figures]],
    counts: list[int],
    lasted: float,
    measured: float,
    grown: float,
) -> None:
    rows = [
        (name, run.rate, run.p50_ms, run.p99_ms, run.max_ms, run.errors, f"{run.left_out:.1%}", *run.stolen_s)
        for name, several in runs.items()
        for run in several
    ]
    print(table(f"{options.chargers} chargers fetch {options.megabytes} MiB each", _HEAD, rows))
    whole = sum(count == options.megabytes << 20 for count in counts)
    print(
        f"      {whole} of {options.chargers} whole, in {lasted:.1f} s: {sum(counts) / lasted / 1e6:.0f} MB/s in all;",
        end=" ",
    )
    print(f"the downloads were over before the measuring was: {lasted <= measured + 0.1}")
    print(verdict("memory", grown, 50, unit=" MiB"))
    alone, beside, during = (median(run.p99_ms for run in several) for several in runs.values())
    print(verdict("p99 during / alone", during / alone, 2))
    print(f"      p99 beside another server's / alone: {beside / alone:.3g}")


if __name__ == "__main__":
    main()
