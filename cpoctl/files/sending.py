"""Sending by a process of its own, from the side of the server: connections go there, and counts of bytes come back."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final, Protocol

from cpoctl.files.sender import GOES_ON, JOB, TOLD
from cpoctl.files.turns import Rate

_ENDS_WITHIN: Final = 2.0
_log = logging.getLogger(__name__)
_KIND: Final = getattr(socket, "SOCK_SEQPACKET", None) if hasattr(socket, "send_fds") else None


class Connection(Protocol):
    """A socket, or what a transport shows of its own."""

    def fileno(self) -> int:
        """Its descriptor."""

    def shutdown(self, how: int) -> None:
        """End it, whoever has it."""


class CannotHandOver(Exception):
    """This system, or this moment, has no process to send; who wanted it sends by itself."""


@dataclass
class _Job:
    moved: Callable[[int], None]
    over: asyncio.Future[int]
    bytes: int = 0


class Sending:
    """The sender's process, begun when it is first needed. For one event loop."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._process: subprocess.Popen[bytes] | None = None
        self._sender: socket.socket | None = None
        self._jobs: dict[int, _Job] = {}
        self._last = 0

    async def send(self, to: Connection, file: IO[bytes], place: int, count: int, moved: Callable[[int], None]) -> None:
        """Send a part of a file over a connection that nobody else writes to meanwhile.

        `moved` is told how many bytes more have gone. Raises OSError; CannotHandOver before anything has gone.
        """
        sender = self._sender or self._begin()
        self._last += 1
        number, job = self._last, _Job(moved, asyncio.get_running_loop().create_future())
        try:
            socket.send_fds(sender, [JOB.pack(number, place, count)], [to.fileno(), file.fileno()])
        except OSError as error:
            raise CannotHandOver(str(error)) from error
        self._jobs[number] = job
        try:
            ended = await job.over
        except asyncio.CancelledError:
            to.shutdown(socket.SHUT_RDWR)  # the sender has it as well: to close it here ends nothing
            raise
        finally:
            del self._jobs[number]
        if ended:
            raise OSError(ended, os.strerror(ended))
        if job.bytes < count:
            raise OSError("the image is shorter than it was")

    async def end(self) -> None:
        """Send no more; what is on its way is cut."""
        await self._lose()

    def _begin(self) -> socket.socket:
        if _KIND is None:
            raise CannotHandOver("this system does not pass connections on")
        try:
            here, there = socket.socketpair(socket.AF_UNIX, _KIND)
        except OSError as error:
            raise CannotHandOver(str(error)) from error
        with there:
            command = [sys.executable, "-m", "cpoctl.files.sender", str(there.fileno()), str(self._rate.bytes_per_s)]
            try:
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])  # noqa: S603 # ourselves
            except OSError as error:
                here.close()
                raise CannotHandOver(str(error)) from error
        here.setblocking(False)
        asyncio.get_running_loop().add_reader(here, self._told)
        self._sender = here
        return here

    def _told(self) -> None:
        assert self._sender is not None  # noqa: S101 # it is what is read
        try:
            told = self._sender.recv(TOLD.size)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        if not told:
            _log.warning("files: the process that sends has ended; what it sent is cut")
            self._lose()
            return
        number, count, ended = TOLD.unpack(told)
        self._rate.wait_s(count)  # counts as gone for those that send from here
        job = self._jobs.get(number)
        if job is None:
            return
        job.bytes += count
        job.moved(count)
        if ended != GOES_ON and not job.over.done():
            job.over.set_result(ended)

    def _lose(self) -> asyncio.Future[None]:
        """The sender is there no more, once what this returns is done."""
        if self._sender is not None:
            asyncio.get_running_loop().remove_reader(self._sender)
            self._sender.close()
            self._sender = None
        for job in self._jobs.values():
            if not job.over.done():
                job.over.set_exception(OSError("the process that sends has ended"))
        process, self._process = self._process, None
        return asyncio.get_running_loop().run_in_executor(None, _ended, process)


def _ended(process: subprocess.Popen[bytes] | None) -> None:
    """It sees that nobody is there any more."""
    if process is None:
        return
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
