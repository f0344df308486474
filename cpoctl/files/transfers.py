"""Transfers: every file on its way, counted byte by byte in whichever thread moves it, and told on the event loop.

The rows and events of a begin and an end are kept; what lies between is told at most once a second.
"""

import asyncio
import itertools
import json
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.files.archives import listed
from cpoctl.files.folder import Folder, Incoming
from cpoctl.files.grants import Grant, Grants
from cpoctl.files.sender import STALLED
from cpoctl.files.sending import Sending
from cpoctl.files.turns import Rate
from cpoctl.store import rows

TELL_EVERY: Final = 1.0
Tell = Callable[[Sequence[rows.Row], Sequence[events.Event]], None]
Whole = Callable[[Grant], None]
_log = logging.getLogger(__name__)


class Busy(Exception):
    """Too many transfers of one grant go on."""


def why(error: BaseException) -> str:
    """The reason that is told of an end."""
    if isinstance(error, TimeoutError):
        return f"no byte for {STALLED:g} s"
    if isinstance(error, ConnectionError):
        return "the charger ended the connection"
    return str(error) or type(error).__name__


class Transfer:
    """One file on its way."""

    def __init__(self, desk: "Desk", grant: Grant, number: int, name: str, total: int | None) -> None:
        self.grant, self.number, self.name, self.total = grant, number, name, total
        self.bytes = 0
        self.sha256: str | None = None
        self._desk = desk
        self._began = self._told = monotonic()
        self._told_bytes = 0
        self._over = False

    def moved(self, count: int) -> None:
        """So many bytes more."""
        self.bytes += count
        now = monotonic()
        if now - self._told >= TELL_EVERY:
            speed = (self.bytes - self._told_bytes) / (now - self._told)
            self._told, self._told_bytes = now, self.bytes
            self._desk.tell([], [self._progress(speed)])

    def end(
        self, *, whole: bool, error: str | None = None, kept: str | None = None, entries: str | None = None
    ) -> None:
        """It ended; only the first end counts. `kept` is where an upload is, `entries` what it holds."""
        if self._over:
            return
        self._over = True
        seconds = monotonic() - self._began
        state, at = ("whole" if whole else "cut"), stored(self._desk.now())
        row = rows.TransferEnded(
            at, self.bytes, round(seconds, 3), state, error, kept, self.sha256, entries, self.number
        )
        event = events.FileTransferFinished(
            charger_id=self.grant.charger_id,
            transfer_id=self.number,
            grant_id=self.grant.grant_id,
            purpose=self.grant.purpose,
            form=self.grant.form,
            name=self.name,
            bytes=self.bytes,
            total=self.total,
            seconds=round(seconds, 3),
            state=state,
            error=error,
            sha256=self.sha256,
        )
        self._desk.ended(self, row, event, whole=whole)

    def _progress(self, speed: float) -> events.FileTransferProgressed:
        return events.FileTransferProgressed(
            charger_id=self.grant.charger_id,
            transfer_id=self.number,
            purpose=self.grant.purpose,
            form=self.grant.form,
            name=self.name,
            bytes=self.bytes,
            total=self.total,
            bytes_per_s=round(speed, 1),
        )


class Upload:
    """An upload on its way: bytes go to the disk as they come, and the file in its place when it is whole."""

    def __init__(self, desk: "Desk", transfer: Transfer, incoming: Incoming) -> None:
        self.transfer, self._desk, self._incoming = transfer, desk, incoming

    def write(self, block: bytes) -> None:
        """Take in a block. Raises TooLarge, OSError."""
        self._incoming.write(block)
        self.transfer.moved(len(block))

    def keep(self) -> None:
        """It is whole. Raises OSError when the disk does not take it."""
        transfer, folder = self.transfer, self._desk.folder
        target = folder.upload(transfer.grant.charger_id, transfer.number, transfer.name)
        try:
            self._incoming.keep(target)
        except OSError as error:
            self.cut(str(error))
            raise
        transfer.sha256 = self._incoming.sha256
        found = listed(target)
        transfer.end(whole=True, kept=folder.relative(target), entries=json.dumps(found) if found else None)

    def cut(self, why: str) -> None:
        """It ended before it was whole."""
        self._incoming.discard()
        self.transfer.end(whole=False, error=why)


class Desk:
    """Where every listener begins its transfers."""

    def __init__(
        self, grants: Grants, folder: Folder, clock: Clock, first: int, rate: Rate, tell: Tell, whole: Whole
    ) -> None:
        """`tell` and `whole` are called on the event loop that is running now. `rate` is of all downloads together."""
        self.grants, self.folder, self.rate = grants, folder, rate
        self.sending = Sending(rate)
        self._clock, self._tell, self._whole = clock, tell, whole
        self._numbers = itertools.count(first)
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._open: set[Transfer] = set()

    def now(self) -> datetime:
        """The time by which grants expire."""
        return self._clock.now()

    def fetch(self, grant: Grant, peer: str, total: int) -> Transfer:
        """A charger begins to fetch. Raises Busy."""
        return self._begin(grant, peer, grant.name or "image", total)

    def upload(self, grant: Grant, peer: str, name: str, total: int | None) -> Upload:
        """A charger begins to upload. Raises Busy, OSError."""
        transfer = self._begin(grant, peer, name, total)
        try:
            return Upload(self, transfer, self.folder.incoming(f"{transfer.number}"))
        except OSError as error:
            transfer.end(whole=False, error=str(error))
            raise

    def ended(self, transfer: Transfer, row: rows.Row, event: events.Event, *, whole: bool) -> None:
        """Tell of an end, and let the grant go with a whole one."""
        with self._lock:
            self._open.discard(transfer)
        self.grants.end(transfer.grant)
        unit = [row]
        if whole:
            shortened = self.grants.used(transfer.grant, self.now())
            unit.append(rows.FileGrantEnds(stored(shortened.expires_at), shortened.grant_id))
            self._soon(self._whole, transfer.grant)  # first: who hears of the end may ask what was learned of it
        self.tell(unit, [event])

    def tell(self, unit: Sequence[rows.Row], happened: Sequence[events.Event]) -> None:
        """Commit rows and tell events, from whichever thread."""
        self._soon(self._tell, unit, happened)

    def soon(self, do: Callable[[], None]) -> None:
        """Call something on the chargers' event loop, from whichever thread."""
        self._soon(do)

    def close(self) -> None:
        """Whatever is still on its way is cut."""
        with self._lock:
            left = list(self._open)
        for transfer in left:
            transfer.end(whole=False, error="the server stopped")

    def _begin(self, grant: Grant, peer: str, name: str, total: int | None) -> Transfer:
        if not self.grants.begin(grant):
            raise Busy
        transfer = Transfer(self, grant, next(self._numbers), name[:255], total)
        with self._lock:
            self._open.add(transfer)
        told = (grant.charger_id, grant.purpose, grant.form, peer, transfer.name, stored(self.now()), total)
        event = events.FileTransferStarted(
            charger_id=grant.charger_id,
            transfer_id=transfer.number,
            grant_id=grant.grant_id,
            purpose=grant.purpose,
            form=grant.form,
            name=transfer.name,
            total=total,
        )
        self.tell([rows.TransferStarted(transfer.number, grant.grant_id, *told)], [event])
        return transfer

    def _soon(self, do: Callable[..., None], *given: object) -> None:
        try:
            self._loop.call_soon_threadsafe(do, *given)
        except RuntimeError:  # the loop has ended, and the server with it: the next start calls the transfer cut
            _log.debug("a transfer ended after the server")
