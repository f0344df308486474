"""Sending by a process of its own, from the side of the server: connections go there, and counts of bytes come back."""

import itertools
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from cpoctl.files.sender import GOES_ON, JOB, TOLD
from cpoctl.files.turns import Rate

_ENDS_WITHIN: Final = 2.0
_ROOT: Final = str(Path(__file__).parents[2])
_START: Final = "import sys; sys.path.insert(0, sys.argv[1]); from cpoctl.files.sender import main; main(*sys.argv[2:])"
"""The same package as here, whatever lies in the folder in which the server was started."""
_log = logging.getLogger(__name__)


class Connection(Protocol):
    """A socket, or what a transport shows of its own. To close it ends nothing, as the sender has it too."""

    def fileno(self) -> int:
        """Its descriptor."""

    def shutdown(self, how: int) -> None:
        """End it for both."""


class CannotHandOver(Exception):
    """This system, or this moment, has no process to send; who wanted it sends by itself."""


@dataclass(frozen=True)
class Order:
    """A part of a file for a connection that nobody else writes to meanwhile."""

    to: Connection
    file: IO[bytes]
    place: int
    count: int
    moved: Callable[[int], None]
    """Told how many bytes more have gone, from a thread of its own."""


class Sending:
    """The sender's process, begun when it is first needed and again when it has died. For any thread."""

    def __init__(self, rate: Rate) -> None:
        self._rate, self._lock = rate, threading.Lock()
        self._sender: _Sender | None = None

    def send(self, order: Order) -> Future[None]:
        """Have it sent; what is returned is done when it is, with an OSError where it was cut.

        Raises CannotHandOver, and then nothing has gone.
        """
        with self._lock:
            if self._sender is None or self._sender.gone:
                self._sender = _Sender(self._rate)
            return self._sender.send(order)

    def end(self) -> None:
        """Send no more; what is on its way is cut."""
        with self._lock:
            sender, self._sender = self._sender, None
        if sender is not None:
            sender.end()


class _Sender:
    """One process, what it was given to do, and the thread that listens to it."""

    def __init__(self, rate: Rate) -> None:
        try:
            self._socket, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except (AttributeError, OSError) as error:
            raise CannotHandOver("this system does not pass connections on") from error
        with there:
            command = [sys.executable, "-P", "-c", _START, _ROOT, str(there.fileno()), str(rate.bytes_per_s)]
            try:
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])  # noqa: S603 # ourselves
            except OSError as error:
                self._socket.close()
                raise CannotHandOver(str(error)) from error
        self._rate, self._lock = rate, threading.Lock()
        self._numbers = itertools.count(1)
        self._orders: dict[int, _Left] = {}
        self._ending = self.gone = False
        self._thread = threading.Thread(target=self._listen, name="files: sending", daemon=True)
        self._thread.start()

    def send(self, order: Order) -> Future[None]:
        """Hand an order over. Raises CannotHandOver."""
        number = next(self._numbers)
        job, descriptors = JOB.pack(number, order.place, order.count), [order.to.fileno(), order.file.fileno()]
        with self._lock:
            if self.gone:
                raise CannotHandOver("the process that sends has ended")
            try:
                socket.send_fds(self._socket, [job], descriptors, socket.MSG_DONTWAIT)
            except OSError as error:
                raise CannotHandOver(str(error)) from error
            left = self._orders[number] = _Left(order.count, order.moved)
        return left.sent

    def end(self) -> None:
        """Let it go, and wait until it has gone."""
        self._ending = True
        with suppress(OSError):  # it may have gone by itself
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(2 * _ENDS_WITHIN)

    def _listen(self) -> None:
        while told := self._received():
            number, count, ended = TOLD.unpack(told)
            self._rate.wait_s(count)  # counts as gone for whoever sends from here
            with self._lock:
                left = self._orders[number] if ended == GOES_ON else self._orders.pop(number)
            left.moved(count)
            if ended != GOES_ON:
                left.end(ended)
        self._leave()

    def _received(self) -> bytes:
        try:
            return self._socket.recv(TOLD.size)
        except OSError:
            return b""

    def _leave(self) -> None:
        with self._lock:
            self.gone = True
            cut, self._orders = self._orders, {}
            self._socket.close()
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if not self._ending:
            _log.warning("files: the process that sends has ended (%s); what it sent is cut", self._process.returncode)
        for left in cut.values():
            left.sent.set_exception(OSError("the process that sends has ended"))


class _Left:
    """What is left of an order."""

    def __init__(self, count: int, moved: Callable[[int], None]) -> None:
        self._count, self._moved = count, moved
        self.sent: Future[None] = Future()
        self.sent.set_running_or_notify_cancel()  # nobody cancels it: a connection is shut down

    def moved(self, count: int) -> None:
        """So many bytes have gone."""
        self._count -= count
        self._moved(count)

    def end(self, ended: int) -> None:
        """It ended, for the sender with an errno or 0."""
        if ended:
            self.sent.set_exception(OSError(ended, os.strerror(ended)))
        elif self._count:
            self.sent.set_exception(OSError("the image is shorter than it was"))
        else:
            self.sent.set_result(None)
