"""Data connections, and the files that pass over them."""

import logging
import os
import socket
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, Any

from pyftpdlib.handlers import DTPHandler

from cpoctl.files.sender import STALLED
from cpoctl.files.sending import CannotHandOver, Order
from cpoctl.files.transfers import Desk, Transfer, Upload, why
from cpoctl.files.turns import waited


class Moving:
    """A file as pyftpdlib reads or writes it; without a descriptor, so that every byte passes here."""

    closed = False

    def __init__(self, name: str) -> None:
        self.name = name

    def close(self) -> None:
        """It goes no further; a whole one has been ended before."""
        self.closed = True
        self.end(whole=False)

    def end(self, *, whole: bool) -> None:
        """The data channel has closed. Raises OSError when what came cannot be kept."""


class Coming(Moving):
    """An upload."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.transfer.name)
        self._upload = upload

    def write(self, block: bytes) -> None:
        """Take in a block. Raises OSError, and then nothing of it is left."""
        try:
            self._upload.write(block)
        except OSError as error:
            self._upload.cut(str(error))
            raise

    def end(self, *, whole: bool) -> None:
        """Keep it, or leave nothing of it."""
        if whole:
            self._upload.keep()
        self._upload.cut("the charger ended the connection")  # where it has not ended already


class Going(Moving):
    """An image."""

    def __init__(self, transfer: Transfer, file: IO[bytes], desk: Desk) -> None:
        super().__init__(transfer.name)
        self._transfer, self._file, self._desk = transfer, file, desk

    def read(self, count: int) -> bytes:
        """The next block, in its turn."""
        waited(self._desk.soon, self._desk.rate, count)
        block = self._file.read(count)
        self._transfer.moved(len(block))
        return block

    def hand_over(self, to: socket.socket) -> Future[None]:
        """Let the sender do what is left. Raises CannotHandOver."""
        place = self._file.tell()
        left = os.fstat(self._file.fileno()).st_size - place
        return self._desk.sending.send(Order(to, self._file, place, left, self._transfer.moved))

    def seek(self, place: int) -> None:
        """Go on from there (REST)."""
        self._file.seek(place)

    def cut(self, error: BaseException) -> None:
        """The sender could not go on."""
        self._transfer.end(whole=False, error=why(error))

    def end(self, *, whole: bool) -> None:
        """It is over."""
        self._file.close()
        self._transfer.end(whole=whole, error=None if whole else "the charger ended the connection")


class Data(DTPHandler):  # type: ignore[misc] # pyftpdlib has no types
    """A data connection."""

    timeout = STALLED
    ac_in_buffer_size = ac_out_buffer_size = 256 << 10
    handed_over = False

    def push_with_producer(self, producer: Any) -> None:
        """Send: an image by the sender, a listing and what has its lines converted from here."""
        try:
            if not isinstance(self.file_obj, Going) or producer.type != "i":
                raise CannotHandOver
            sent = self.file_obj.hand_over(self.socket)
        except CannotHandOver:
            super().push_with_producer(producer)
            return
        self._initialized = self.handed_over = True
        self._idler.cancel()  # the sender sees by itself that nothing moves
        self.ioloop.unregister(self._fileno)
        calls = self.cmd_channel.calls
        sent.add_done_callback(lambda sent: calls.soon(lambda: self._sent(sent.exception())))

    def _sent(self, error: BaseException | None) -> None:
        if error is None:
            self.producer_fifo.clear()  # it was all
        else:
            self.file_obj.cut(error)
        self.handle_close()

    def close(self) -> None:
        """End the transfer before the other side is told how it went."""
        if not self._closed and self.handed_over:
            with suppress(OSError):  # it was shut down from the other side
                self.socket.shutdown(socket.SHUT_RDWR)  # for the sender as well
        if not self._closed and isinstance(self.file_obj, Moving):
            try:
                self.file_obj.end(whole=bool(self.transfer_finished))
            except OSError as error:
                self._resp = (f"451 {error.strerror or error}.", logging.getLogger("pyftpdlib").debug)
        super().close()
