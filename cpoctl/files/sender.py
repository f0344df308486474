"""The sender: a process of its own that puts images on the wire, so that what chargers say never waits for a file.

It runs below the server in the order of who may run, and shares no interpreter with it. The server hands it a connection
and an open file at a time; it has neither secrets nor paths, and ends with the server. Started by `sending`.
"""

import asyncio
import errno
import os
import signal
import socket
import struct
import time
from contextlib import suppress
from typing import Final

from cpoctl.files.turns import Rate

BLOCK: Final = 256 << 10
STALLED: Final = 120.0  # seconds without a byte: the other side is gone
JOB: Final = struct.Struct("!QQQ")
"""Its number, the place in the file, how many bytes; the connection and the file come with it."""
TOLD: Final = struct.Struct("!QQi")
"""The job's number, how many bytes more, and how it ended: an errno, 0, or `GOES_ON`."""
GOES_ON: Final = -1
_TELL_EVERY: Final = 0.25
_NICER: Final = 10


class _Job:
    """What is left of a file for one connection."""

    def __init__(self, told: socket.socket, rate: Rate, job: tuple[int, int, int], descriptors: list[int]) -> None:
        self._told, self._rate = told, rate
        self._number, self._place, self._left = job
        self._to, self._file = descriptors
        self._moved, self._told_at = 0, time.monotonic()

    async def run(self) -> None:
        """Send it all, and tell how that went."""
        try:
            await self._send()
            self._tell(0)
        except OSError as error:
            self._tell(error.errno or errno.EIO)
        finally:
            os.close(self._to)
            os.close(self._file)

    async def _send(self) -> None:
        while self._left:
            wanted = min(BLOCK, self._left)
            await asyncio.sleep(self._rate.wait_s(wanted))
            sent = await self._send_block(wanted)
            if not sent:
                return  # the file is shorter than it was: what was told does not add up
            if time.monotonic() - self._told_at >= _TELL_EVERY:
                self._tell(GOES_ON)

    async def _send_block(self, wanted: int) -> int:
        begun = self._left
        while wanted:
            try:
                sent = os.sendfile(self._to, self._file, self._place, wanted)
            except BlockingIOError:
                await self._writable()
                continue
            if not sent:
                break
            wanted -= sent
            self._place += sent
            self._left -= sent
            self._moved += sent
        return begun - self._left

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._to, ready.set)
        try:
            await asyncio.wait_for(ready.wait(), STALLED)
        except TimeoutError as error:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
        finally:
            loop.remove_writer(self._to)

    def _tell(self, ended: int) -> None:
        with suppress(OSError):  # the server has gone, and so will this
            self._told.send(TOLD.pack(self._number, self._moved, ended))
        self._moved, self._told_at = 0, time.monotonic()


class _Sender:
    """Takes jobs until the server has gone."""

    def __init__(self, server: socket.socket, rate: Rate) -> None:
        self._server, self._rate = server, rate
        self._gone = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work."""
        asyncio.get_running_loop().add_reader(self._server, self._take)
        await self._gone.wait()

    def _take(self) -> None:
        job, descriptors, _, _ = socket.recv_fds(self._server, JOB.size, 2)
        if not job:
            self._gone.set()
            return
        number, place, count = JOB.unpack(job)
        if len(descriptors) < 2:  # this process has as many files open as it may
            for descriptor in descriptors:
                os.close(descriptor)
            self._server.send(TOLD.pack(number, 0, errno.EMFILE))
            return
        task = asyncio.ensure_future(_Job(self._server, self._rate, (number, place, count), descriptors).run())
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)


def main(descriptor: str, bytes_per_s: str) -> None:
    """Serve the server at the other end of a descriptor."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # of a terminal, of systemd: the server's to hear, and this ends with it
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICER)
    with socket.socket(fileno=int(descriptor)) as server:
        asyncio.run(_Sender(server, Rate(float(bytes_per_s))).run())
