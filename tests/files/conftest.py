"""A whole server with its file exchange, on loopback and ports of its own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.config import FileSettings, ServeSettings
from cpoctl.csms.operator import ServerOperator
from cpoctl.files.exchange import Exchange
from cpoctl.operations import Act, Offer, Purpose
from cpoctl.operations.charger.add import AddCharger
from cpoctl.running import Running, running
from cpoctl.store import Record, rows

WITHIN = 30.0
IMAGE = bytes(range(256)) * 2048  # half a MiB, every byte in it
LINES = b"line one\nline two\n"


@dataclass
class Place:
    """A server, as the tests use it."""

    server: Running
    happened: "asyncio.Queue[events.Event]"

    @property
    def exchange(self) -> Exchange:
        """Its exchange."""
        found = self.server.central.files
        assert isinstance(found, Exchange)
        return found

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.exchange.folder.path

    async def do(self, act: Act) -> Any:
        """Let the operator act."""
        return await act.run(ServerOperator(self.server.central, "test"))

    async def offer(self, purpose: Purpose, form: str, image: Record | None = None) -> Offer:
        """A grant for HQ-07."""
        return await self.exchange.offer("HQ-07", purpose, form, image=image)

    async def rows(self, sql: str, *params: Any) -> list[Record]:
        """What stands in the database once everything that was submitted is committed."""
        await self.server.central.store.write([])
        return await self.server.central.store.read(sql, params)

    async def finished(self) -> events.FileTransferFinished:
        """The next transfer that ends."""
        async with asyncio.timeout(WITHIN):
            while not isinstance(event := await self.happened.get(), events.FileTransferFinished):
                pass
            return event

    async def image(self, content: bytes = IMAGE, name: str = "fw-2.1.0.bin") -> Record:
        """An image that the server keeps."""

        async def blocks() -> AsyncIterator[bytes]:
            yield content

        kept = await self.exchange.take_in(blocks())
        now = stored(self.server.central.clock.now())
        row = rows.Image(1, name, kept.sha256, kept.md5, kept.bytes, None, None, "2.1.0", None, None, now, "test")
        await self.server.central.store.write([row])
        return {"name": name, "sha256": kept.sha256, "bytes": kept.bytes}


Make = Callable[..., Any]


@pytest.fixture
async def make_place(tmp_path: Path) -> AsyncIterator[Make]:
    """A server with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def make(**given: Any) -> Place:
            settings = ServeSettings(
                listen="127.0.0.1:0", db=str(tmp_path / "cpoctl.db"), socket=str(tmp_path / "s"), accept_all=True
            )
            server = await stack.enter_async_context(running(settings, files=FileSettings(**given)))
            place = Place(server, asyncio.Queue())
            server.central.ledger.bus.listen(lambda seq, event: place.happened.put_nowait(event))
            await place.do(AddCharger(charger="HQ-07"))
            return place

        yield make


@pytest.fixture
async def place(make_place: Make) -> Place:
    """A server as it is by default: no port for files is open."""
    made: Place = await make_place()
    return made


def sha256(content: bytes) -> str:
    """The hash of a content."""
    return hashlib.sha256(content).hexdigest()
