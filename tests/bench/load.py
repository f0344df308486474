"""The load: chargers in a process of their own, against any server that speaks OCPP 1.6J.

Prints one JSON object a line: when all chargers are online, and what was measured. By hand, for example:
`python -m tests.bench.load sessions --port 9000 --chargers 200 --seconds 8`.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import time

import msgspec
import uvloop

from tests.bench.chargers import MONTH, HeartbeatCharger, LoadCharger, SessionCharger, SessionCharger2
from tests.bench.figures import Recorder
from tests.bench.stolen import Watch
from tests.bench.wire import handshake

_KINDS = {
    "sessions": SessionCharger,
    "sessions2": SessionCharger2,
    "heartbeats": HeartbeatCharger,
    "idle": LoadCharger,
    "storm": LoadCharger,
}
_RETRY_SECONDS = 1.0
"""The pause before every reconnect, the same for all: no jitter is the worst case."""


class Load:
    """All chargers of one run, and how many of them are online."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.recorder = Recorder()
        self._options = options
        self._online = 0
        self._all_online = asyncio.Event()
        self._one_lost = asyncio.Event()
        self._retries: set[asyncio.Task[None]] = set()
        self._ended = False
        self.chargers = [self._charger(number) for number in range(options.chargers)]

    async def connect(self, at_once: int) -> None:
        """Bring all chargers online, `at_once` connecting at a time."""
        for first in range(0, len(self.chargers), at_once):
            batch = self.chargers[first : first + at_once]
            await asyncio.gather(*(self._connect(charger) for charger in batch))
        await self.wait_online()

    async def wait_online(self) -> None:
        """Wait until the boot of every charger is answered, and report the moment."""
        async with asyncio.timeout(self._options.limit):
            await self._all_online.wait()
        _report(event="online", at=time.monotonic())

    async def wait_until_one_is_lost(self) -> None:
        """Wait for the server to go away."""
        async with asyncio.timeout(self._options.limit):
            await self._one_lost.wait()

    async def measure(self) -> None:
        """Let the chargers work, warm up, measure, and report the figures."""
        watch = Watch(self._options.watch.split(",")) if self._options.watch else None
        for charger in self.chargers:
            charger.proceed()
        await asyncio.sleep(self._options.warmup)
        self.recorder.begin()
        await asyncio.sleep(self._options.seconds)
        figures = self.recorder.end(watch.over() if watch else None)
        _report(event="figures", **msgspec.to_builtins(figures))

    def close(self) -> None:
        """Hang up, politely."""
        self._ended = True
        for charger in self.chargers:
            charger.hang_up()

    def _charger(self, number: int) -> LoadCharger:
        version = "2.0.1" if self._options.kind == "sessions2" else "1.6"
        where = self._options.host, self._options.port
        hello = handshake(f"BENCH-{number:05}", *where, self._options.password, version)
        charger = _KINDS[self._options.kind](hello, self.recorder, self._booted, lambda: self._lost(number))
        charger.pause, charger.minute = self._options.pause, self._options.month * MONTH
        return charger

    async def _connect(self, charger: LoadCharger) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: charger, self._options.host, self._options.port)
        except OSError:
            self._retry(charger)

    def _booted(self) -> None:
        self._online += 1
        if self._online == len(self.chargers):
            self._one_lost.clear()
            self._all_online.set()

    def _lost(self, number: int) -> None:
        charger = self.chargers[number]
        if charger.online:
            self._online -= 1
            self._all_online.clear()
            self._one_lost.set()
        self._retry(charger)

    def _retry(self, charger: LoadCharger) -> None:
        """Connect again after the pause, as chargers do."""
        if self._ended or self._options.kind != "storm":
            return
        task = asyncio.ensure_future(self._connect_later(charger))
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)

    async def _connect_later(self, charger: LoadCharger) -> None:
        await asyncio.sleep(_RETRY_SECONDS)
        if not self._ended:
            await self._connect(charger)


async def run(options: argparse.Namespace) -> None:
    """Play one kind of load from its first connection to its last."""
    load = Load(options)
    gc.collect()
    gc.freeze()
    gc.disable()  # a run makes no cycles worth a pause
    if options.kind == "storm":
        await load.connect(at_once=len(load.chargers))
        for _ in range(options.again):
            await load.wait_until_one_is_lost()
            await load.wait_online()
    else:
        await load.connect(at_once=100)
        if options.kind == "idle":
            await _stdin_closed(options.limit)
        else:
            await load.measure()
    load.close()


async def _stdin_closed(limit: float) -> None:
    """Hold on until whoever started the load has seen enough."""
    async with asyncio.timeout(limit):
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        await reader.read()


def _report(**event: object) -> None:
    print(json.dumps(event), flush=True)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=_KINDS)
    parser.add_argument("--host", default="127.0.0.1", choices=["127.0.0.1", "::1"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--chargers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long to measure")
    parser.add_argument("--warmup", type=float, default=1.0, help="how long to work before that")
    parser.add_argument("--limit", type=float, default=60.0, help="how long to wait for anything else")
    parser.add_argument("--again", type=int, default=0, help="storm: how often to wait for all to come back")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between an answer and the next Call")
    parser.add_argument("--month", type=int, default=0, help="sessions: in which month since 2020 they begin")
    parser.add_argument("--password", help="send Basic auth with this password (security profile 1)")
    parser.add_argument("--watch", help="leave out what was on its way while one of these cores was stolen: 0,1")
    parser.add_argument("--core", type=int, help="run on this core only")
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    uvloop.run(run(options))


if __name__ == "__main__":
    main()
