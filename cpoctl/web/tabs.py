"""A tab of the browser: one process that draws the dashboard, for as long as the tab is open and no longer.

The process is textual-serve's AppService with what it lacks: it is begun from words and not through a shell, what
it says on stderr is told here, the page hears when it ends, and when it does not end by itself it is ended.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from json import JSONDecodeError
from typing import Any

from aiohttp import WSMessage, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from cpoctl.table import clean
from cpoctl.web import DRIVER

MOST = 8
"""How many tabs may be open: each is a process."""
GRACE_S = 2.0
"""How long a page or a process may take to end by itself."""
_MOST_CELLS = 1000  # of a row or column; a page can ask for any number

Told = Callable[[str], None]


class Tab(AppService):
    """The process behind one tab."""

    def __init__(
        self, words: Sequence[str], socket: web.WebSocketResponse, downloads: DownloadManager, told: Told, grace: float
    ) -> None:
        async def close() -> None:
            await socket.close()

        super().__init__(
            "",  # the words are used instead
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=downloads,
        )
        self._words, self._told, self._grace = words, told, grace
        self._quitting = False

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(*_fitting(width, height))
        return {**environment, "TEXTUAL_DRIVER": DRIVER}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        process = await asyncio.create_subprocess_exec(
            *self._words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
        )
        self._process, self._stdin = process, process.stdin
        self._complaints = asyncio.create_task(self._tell(process.stderr))
        process.stderr = asyncio.StreamReader()  # textual-serve would write it to stdout
        process.stderr.feed_eof()
        return process

    async def _tell(self, said: asyncio.StreamReader | None) -> None:
        """Tell what the process says on stderr, but not what it says of being ended."""
        while said and (line := await _line(said)):
            if not self._quitting:
                self._told(clean(line.decode("utf-8", "replace").rstrip()))

    async def run(self) -> None:
        """Pass on what the process draws; the page is told when it has ended."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def on_data(self, payload: bytes) -> None:
        """Draw on the page. When it is gone we read on, or the process would never get to its end."""
        with suppress(ConnectionResetError):
            await super().on_data(payload)

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Tell the process how large the page is now."""
        await super().set_terminal_size(*_fitting(width, height))

    async def stop(self) -> None:
        """Ask the process to quit; end it when it does not."""
        if (process := self._process) is None:
            return
        self._quitting = True
        patience = asyncio.get_running_loop().call_later(self._grace, _end, process)
        try:
            await super().stop()
            await process.wait()
            await self._complaints
        finally:
            patience.cancel()
            _end(process)

    async def hear(self, message: WSMessage) -> Any:
        """Do what the page says; return what to answer. What nobody can mean does nothing."""
        if message.type is not WSMsgType.TEXT:
            return None
        with suppress(JSONDecodeError, RecursionError):
            match message.json():
                case ["stdin", str(typed)]:
                    await self.send_bytes(typed.encode("utf-8", "replace"))
                case ["resize", {"width": int(width), "height": int(height)}]:
                    await self.set_terminal_size(width, height)
                case ["focus", *_]:
                    await self.focus()
                case ["blur", *_]:
                    await self.blur()
                case ["ping", sent]:
                    return ["pong", sent]
        return None


class Tabs:
    """The tabs that are open, no more than so many."""

    def __init__(self, words: Sequence[str], told: Told, most: int = MOST, grace: float = GRACE_S) -> None:
        self.most = most
        self.downloads = DownloadManager()
        self._words, self._told, self._grace = words, told, grace
        self._places = asyncio.Semaphore(most)
        self._sockets: set[web.WebSocketResponse] = set()

    async def open(self, request: web.Request) -> web.WebSocketResponse:
        """Run a process for a tab until either is closed."""
        socket = web.WebSocketResponse(heartbeat=15, timeout=self._grace)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._seat(socket, _asked(request, "width", 80), _asked(request, "height", 24))
        finally:
            self._sockets.discard(socket)
        return socket

    async def _seat(self, socket: web.WebSocketResponse, width: int, height: int) -> None:
        """Run a process if there is room for it; the place of a tab that is loaded again is free in a moment."""
        try:
            await asyncio.wait_for(self._places.acquire(), 2 * self._grace)
        except TimeoutError:
            await socket.send_bytes(f"{self.most} tabs are open, and there is no room for more: close one.".encode())
            await socket.close()
            return
        try:
            await self._run(socket, width, height)
        finally:
            self._places.release()

    async def _run(self, socket: web.WebSocketResponse, width: int, height: int) -> None:
        tab = Tab(self._words, socket, self.downloads, self._told, self._grace)
        try:
            await tab.start(width, height)
            async for message in socket:
                if (answer := await tab.hear(message)) is not None:
                    await socket.send_json(answer)
        finally:
            await tab.stop()

    async def close(self) -> None:
        """Close every tab; each ends its process."""
        await asyncio.gather(*(socket.close(code=1001) for socket in self._sockets))


async def _line(said: asyncio.StreamReader) -> bytes:
    try:
        return await said.readline()
    except ValueError:  # a line longer than the reader keeps, which it has dropped
        return b"(a line that is too long)"


def _asked(request: web.Request, name: str, otherwise: int) -> int:
    said = request.query.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 6 else otherwise


def _fitting(width: int, height: int) -> tuple[int, int]:
    return max(1, min(width, _MOST_CELLS)), max(1, min(height, _MOST_CELLS))


def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
