"""The page, served in the test's own event loop, and a browser's side of it without a browser."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from cpoctl.web.serving import serve
from cpoctl.web.tabs import Tabs

FAKE = Path(__file__).with_name("fake_app.py")
PATIENCE = 10


@dataclass
class Served:
    """What is served, and what was told about it."""

    told: list[str]
    browser: ClientSession
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """The address without the key."""
        return self.told[0].removeprefix("open ").partition("?")[0]

    @property
    def key(self) -> str:
        """The key that the address brings."""
        return self.told[0].partition("?key=")[2]

    async def enter(self) -> None:
        """Let the browser in."""
        async with self.browser.get(self.url, params={"key": self.key}) as answer:
            assert answer.status == 200

    @asynccontextmanager
    async def tab(self, query: str = "?width=100&height=30") -> AsyncIterator[ClientWebSocketResponse]:
        """Open the WebSocket of a tab, as the page does."""
        async with self.browser.ws_connect(f"{self.url}ws{query}", origin=self.url.rstrip("/")) as socket:
            yield socket


async def first(socket: ClientWebSocketResponse) -> dict[str, Any]:
    """What the process behind a tab says of itself."""
    said: dict[str, Any] = json.loads(await socket.receive_bytes(timeout=PATIENCE))
    return said


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


Serving = Callable[..., AbstractAsyncContextManager[Served]]


@asynccontextmanager
async def page(manner: str = "draws", most: int = 8) -> AsyncIterator[Served]:
    """Serve the page for a manner of the process behind it."""
    ready = asyncio.Event()
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        ready.set()

    # Cookies of an address, not only of a name; a browser keeps both.
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        served = Served(told, browser)
        tabs = Tabs([sys.executable, "-S", str(FAKE), manner], tell, most, grace=0.4)
        task = asyncio.create_task(serve(tabs, "127.0.0.1", 0, served.stop, tell))
        try:
            await asyncio.wait_for(ready.wait(), PATIENCE)
            yield served
        finally:
            served.stop.set()
            await asyncio.wait_for(task, PATIENCE)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    """The page with a process that draws."""
    async with page() as running:
        yield running
