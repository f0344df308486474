"""HTTP and HTTPS for chargers: GET with ranges and HEAD for firmware, PUT and POST, raw or multipart, for diagnostics.

aiohttp serves it, in a thread with an event loop of its own: the loop of the chargers never waits for a disk, and a
file passes in blocks however large it is. What has no grant is 404, whatever it asks.
"""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import IO, Final, cast

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from cpoctl.files.folder import TooLarge, harmless
from cpoctl.files.grants import Grant
from cpoctl.files.sender import BLOCK, STALLED
from cpoctl.files.sending import CannotHandOver, Order
from cpoctl.files.transfers import Busy, Desk, Transfer, Upload, why
from cpoctl.files.turns import Turns
from cpoctl.foreground import files_most

ALIVE: Final = "/alive"
_STOP_WITHIN: Final = 5.0
_SHAKE_HANDS_WITHIN: Final = 10.0
_log = logging.getLogger(__name__)


class WebListener:
    """The listener on some bound sockets, each with or without TLS, until it is stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._turns = desk, Turns(desk.soon, desk.rate)
        self._loop = asyncio.new_event_loop()  # not uvloop, which holds the interpreter while it sends
        self._thread = threading.Thread(target=self._run, name="files: http", daemon=True)
        self._runner: web.AppRunner | None = None
        self._servers: list[asyncio.Server] = []
        self.most = files_most() // 8  # connections: chargers' own and the database need the descriptors too (S-15)
        self._shaking = 0

    async def start(self, sockets: list[tuple[socket.socket, ssl.SSLContext | None]]) -> None:
        """Serve."""
        self._thread.start()
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._serve(sockets), self._loop))

    async def add(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Serve on one more socket."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._site(sock, tls), self._loop))

    async def stop(self) -> None:
        """End; what is on its way is cut."""
        ending: Future[None] = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        try:
            await asyncio.wait_for(asyncio.wrap_future(ending), _STOP_WITHIN)
        except TimeoutError:
            _log.warning("the file exchange took longer than %g s to stop", _STOP_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, _STOP_WITHIN)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _serve(self, sockets: list[tuple[socket.socket, ssl.SSLContext | None]]) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        # As it was sent: a compressed log stays one, and no bomb is unpacked.
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            auto_decompress=False,
            shutdown_timeout=0.1,
            keepalive_timeout=15,
        )
        await self._runner.setup()
        for sock, tls in sockets:
            await self._site(sock, tls)

    async def _site(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        within = _SHAKE_HANDS_WITHIN if tls else None
        connected = partial(self._connected, tls=tls is not None)
        self._servers.append(
            await self._loop.create_server(connected, sock=sock, ssl=tls, ssl_handshake_timeout=within)
        )

    def _connected(self, *, tls: bool) -> asyncio.BaseProtocol:
        """Who serves a new connection; one that comes with TLS counts for a while even if it never says anything."""
        serving = self._runner.server if self._runner else None
        if serving is None or len(serving.connections) + self._shaking >= self.most:
            return _NoRoom()
        if tls:
            self._shaking += 1
            self._loop.call_later(_SHAKE_HANDS_WITHIN, self._shaken)
        return serving()

    def _shaken(self) -> None:
        self._shaking -= 1

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == ALIVE:
            return web.Response(status=204)
        secret, _, rest = request.match_info["path"].lstrip("/").partition("/")
        grant = self._desk.grants.of_path(secret, self._desk.now())
        if grant is None:
            return _told(404, "there is nothing here")
        does = _DOES.get((grant.purpose, request.method))
        if does is None:
            allowed = ", ".join(method for purpose, method in _DOES if purpose == grant.purpose)
            return web.Response(status=405, headers={"Allow": allowed}, text=f"this is for {allowed}\n")
        try:
            return await does(self._desk, grant, request, rest, self._turns)
        except Busy:
            return _told(503, "too many transfers at once")


class _NoRoom(asyncio.Protocol):
    """Ends a connection for which there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """End it."""
        cast(asyncio.Transport, transport).abort()


async def _fetch(desk: Desk, grant: Grant, request: web.Request, rest: str, turns: Turns) -> web.StreamResponse:
    """The image, or a range of it."""
    size, tag = grant.bytes or 0, f'"{grant.sha256}"'
    try:
        begin, end, status = _range(request, size, tag)
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(end - begin),
        "ETag": tag,
    }
    if status == 206:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    response = web.StreamResponse(status=status, headers=headers)
    if request.method == "HEAD":
        await response.prepare(request)
        return response
    await _send(desk, grant, request, response, begin, end, turns)
    return response


async def _send(
    desk: Desk, grant: Grant, request: web.Request, response: web.StreamResponse, begin: int, end: int, turns: Turns
) -> None:
    transfer = desk.fetch(grant, request.remote or "", grant.bytes or 0)
    transfer.bytes = 0
    try:
        with desk.folder.image(grant.sha256 or "").open("rb") as file:
            await response.prepare(request)
            await _Leaving(desk, request, response, file, transfer, turns).send(begin, end)
            async with asyncio.timeout(STALLED):
                await response.write_eof()
    except (OSError, TimeoutError) as error:
        transfer.end(whole=False, error=why(error))
        if request.transport is not None:
            request.transport.abort()  # no other answer can follow half of one
    finally:
        transfer.end(whole=end == grant.bytes, error=None if end == grant.bytes else f"bytes {begin} to {end - 1}")


@dataclass(frozen=True)
class _Leaving:
    """An image on its way out."""

    desk: Desk
    request: web.Request
    response: web.StreamResponse
    file: IO[bytes]
    transfer: Transfer
    turns: Turns

    async def send(self, begin: int, end: int) -> None:
        """Send a part: the first block from here, after which nothing of the answer waits, and the rest by the sender."""
        rest = min(begin + BLOCK, end)
        await self._send_blocks(begin, rest)
        try:
            await self._hand_over(rest, end)
        except CannotHandOver:
            await self._send_blocks(rest, end)

    async def _hand_over(self, begin: int, end: int) -> None:
        if self.request.secure or begin == end:
            raise CannotHandOver
        connection = self._transport().get_extra_info("socket")
        sent = self.desk.sending.send(Order(connection, self.file, begin, end - begin, self.transfer.moved))
        try:
            await asyncio.wrap_future(sent)
        except asyncio.CancelledError:
            connection.shutdown(socket.SHUT_RDWR)
            raise

    async def _send_blocks(self, begin: int, end: int) -> None:
        for place in range(begin, end, BLOCK):
            wanted = min(BLOCK, end - place)
            await self.turns.next(wanted)
            async with asyncio.timeout(STALLED):
                count = await self._send_block(place, wanted)
            if not count:
                raise OSError("the image is shorter than it was")
            self.transfer.moved(count)

    async def _send_block(self, place: int, count: int) -> int:
        """By the kernel alone, but where it has to be encrypted."""
        transport = self._transport()
        if self.request.secure:
            self.file.seek(place)
            block = self.file.read(count)
            await self.response.write(block)
            return len(block)
        return await asyncio.get_running_loop().sendfile(transport, self.file, place, count)

    def _transport(self) -> asyncio.Transport:
        if self.request.transport is None:
            raise ConnectionResetError
        return self.request.transport


def _range(request: web.Request, size: int, tag: str) -> tuple[int, int, int]:
    """From where to where, and the status of the answer. Raises ValueError for a range beyond the end."""
    given = request.headers.get("If-Range")
    several = "," in request.headers.get("Range", "")  # RFC 9110 §14.2: what is not understood is left out
    if several or (given is not None and given != tag):
        return 0, size, 200
    try:
        asked = request.http_range
    except ValueError:
        return 0, size, 200
    if asked.start is None and asked.stop is None:
        return 0, size, 200
    begin, end, _ = asked.indices(size)
    if begin >= end or (asked.start or 0) >= size > 0:
        raise ValueError("beyond the end")
    return begin, end, 206


async def _take(desk: Desk, grant: Grant, request: web.Request, rest: str, turns: Turns) -> web.StreamResponse:
    """An upload: the body as it is, or the files of a form."""
    if request.content_type.startswith("multipart/"):
        return await _take_form(desk, grant, request)
    disposed = request.headers.get("Content-Disposition", "").partition("filename=")[2].strip("\"' ;")
    name = harmless(rest or disposed, "diagnostics")
    return await _take_in(desk, grant, request, name, _body(request), request.content_length)


async def _take_form(desk: Desk, grant: Grant, request: web.Request) -> web.StreamResponse:
    """The files of a form; what has no name in it is passed over."""
    taken: web.StreamResponse | None = None
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                taken = await _take_in(desk, grant, request, harmless(part.filename), _part(part), None)
                if taken.status != 201:
                    return taken
            elif isinstance(part, BodyPartReader):
                await part.release()
    except (ValueError, HttpProcessingError) as error:
        return _told(400, f"that is no form: {error}")
    return taken or _told(400, "the form holds no file")


async def _take_in(
    desk: Desk, grant: Grant, request: web.Request, name: str, blocks: AsyncIterator[bytes], total: int | None
) -> web.StreamResponse:
    try:
        upload = desk.upload(grant, request.remote or "", name, total)
    except TooLarge as error:
        return _told(413, str(error))
    except OSError as error:
        return _told(507, f"the file cannot be kept: {error.strerror}")
    try:
        return await _written(upload, blocks)
    finally:
        upload.cut("the server stopped")  # where it has not ended already


async def _written(upload: Upload, blocks: AsyncIterator[bytes]) -> web.StreamResponse:
    try:
        async for block in blocks:
            upload.write(block)
        await asyncio.to_thread(upload.keep)  # others' files go on while the disk syncs and an archive is looked into
    except TooLarge as error:
        upload.cut(str(error))
        refused = _told(413, str(error))
        refused.force_close()  # the rest is not read
        return refused
    except (OSError, TimeoutError, HttpProcessingError, web.HTTPException, EOFError) as error:
        upload.cut(why(error))
        return _told(400 if isinstance(error, TimeoutError) else 507, f"the file was not kept: {why(error)}")
    return _told(201, f"{upload.transfer.bytes} bytes")


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(STALLED):
            block = await request.content.readany()
        if not block:
            return
        yield block


async def _part(part: BodyPartReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(STALLED):
            block = await part.read_chunk(BLOCK)
        if not block:
            return
        yield block


def _told(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text + "\n")


_Does = Callable[[Desk, Grant, web.Request, str, Turns], Awaitable[web.StreamResponse]]
_DOES: Final[dict[tuple[str, str], _Does]] = {
    ("firmware", "GET"): _fetch,
    ("firmware", "HEAD"): _fetch,
    ("diagnostics", "PUT"): _take,
    ("diagnostics", "POST"): _take,
}
