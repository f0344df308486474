"""A whole server with its file exchange, on loopback and ports of its own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cpoctl import events
from cpoctl.config import FileSettings, ServeSettings
from cpoctl.csms.operator import Face, ServerOperator
from cpoctl.csms.watching import Watching
from cpoctl.files.exchange import Exchange
from cpoctl.ocpp import Version
from cpoctl.operations import Act, Content, Offer, Purpose, Query
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.image.add import AddImage
from cpoctl.running import Running, running
from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.store import Record

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

    @asynccontextmanager
    async def charger(self, misbehave: str = "", version: Version = Version.V16, **given: Any) -> AsyncIterator[Any]:
        """HQ-07, simulated, whose time goes by at once."""
        url, time = self.server.url, ManualTime(self.server.central.clock.now())
        async with VirtualCharger(url, "HQ-07", version=version, misbehave=misbehave, time=time, **given) as charger:
            await charger.connect()
            await charger.boot()
            yield charger

    async def waited(self, act: Act) -> Any:
        """Let the operator act with --wait."""
        central = self.server.central
        async with asyncio.timeout(WITHIN):
            with Watching(central.ledger.bus, central.ledger.live, "HQ-07") as watch:
                return await act.settled(await self.do(act), watch)

    async def finished(self) -> events.FileTransferFinished:
        """The next transfer that ends."""
        async with asyncio.timeout(WITHIN):
            while not isinstance(event := await self.happened.get(), events.FileTransferFinished):
                pass
            return event

    async def handed(self, content: bytes = IMAGE) -> Content:
        """A file that an operator has handed over."""

        async def blocks() -> AsyncIterator[bytes]:
            yield content

        return await self.exchange.take_in(blocks())

    async def image(self, content: bytes = IMAGE, name: str = "fw-2.1.0.bin") -> Record:
        """An image that the server keeps."""
        kept = await self.handed(content)
        await self.do(AddImage(file=f"{kept.sha256}:{name}", version="2.1.0"))
        return {"name": name, "sha256": kept.sha256, "bytes": kept.bytes}

    async def listed(self, query: Query) -> list[Any]:
        """What a query tells."""
        await self.server.central.store.write([])
        return await Face(self.server.central).query(query)


Make = Callable[..., Any]


@pytest.fixture
async def make_place(tmp_path: Path) -> AsyncIterator[Make]:
    """A server with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def make(**given: Any) -> Place:
            settings = ServeSettings(
                listen="127.0.0.1:0", db=str(tmp_path / "cpoctl.db"), socket=str(tmp_path / "s"), accept_all=True
            )
            if chain := given.pop("certificate", None):
                settings = replace(settings, tls_cert=chain[0], tls_key=chain[1], tls_listen="127.0.0.1:0")
            recipes = given.pop("recipes", None)
            server = await stack.enter_async_context(running(settings, files=FileSettings(**given), recipes=recipes))
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
