"""Serving: the application on a unix socket that only its owner can open, and on a listener for operators elsewhere.

The socket is bound here (uvicorn would make it 0666), the peer's uid comes from the kernel, signals
belong to cpoctl, and open event streams do not hold up a stop.
"""

import asyncio
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from cpoctl import places
from cpoctl.errors import Conflict, StoreUnavailable
from cpoctl.http.callers import PEER_UID
from cpoctl.http.feeds import Feeds
from cpoctl.http.guard import NAMES
from cpoctl.http.streams import ABORT

if TYPE_CHECKING:
    import ssl

_GRACE_SECONDS = 1
_TICK_SECONDS = 1.0
FIRST_REQUEST_SECONDS = 10.0
_ELSEWHERE_MOST = 200  # connections from elsewhere; the unix socket stays free for whoever has to stop a flood
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class _Config(Config):
    """How uvicorn serves one socket, and the names by which that is called; None for the unix socket."""

    def __init__(self, app: FastAPI, tls: "ssl.SSLContext | None" = None, names: frozenset[str] | None = None) -> None:
        super().__init__(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # a header would choose the address that is throttled and recorded
            limit_concurrency=None if names is None else _ELSEWHERE_MOST,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            ssl_context_factory=None if tls is None else lambda _, make: tls,
        )
        self.names = names
        self.feeds: Feeds = app.state.feeds


class _Vouched:
    """The application as one connection sees it: with the peer's uid, our names and a hold on the connection."""

    def __init__(self, app: ASGIApp, transport: asyncio.Transport, names: frozenset[str] | None) -> None:
        self._app = app
        self._known: dict[str, Any] = {PEER_UID: _peer_uid(transport), ABORT: transport.abort, NAMES: names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, **self._known}, receive, send)


def _peer_uid(transport: asyncio.Transport) -> int | None:
    """Who opened the connection, as the kernel says; None where it does not."""
    held = transport.get_extra_info("socket")
    if held is None or held.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return None
    with socket.socket(fileno=os.dup(held.fileno())) as peer:  # uvloop's own object has no getsockopt
        credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(credentials)[1]
    return uid


class _Protocol(H11Protocol):
    """HTTP/1.1 that knows its peer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Vouch for the peer."""
        super().connection_made(transport)
        names = self.config.names if isinstance(self.config, _Config) else None
        self.app = _Vouched(self.app, transport, names)
        if names is None:
            return
        if len(self.connections) > _ELSEWHERE_MOST:  # chargers need the descriptors too (S-15)
            transport.abort()
        else:
            self.loop.call_later(FIRST_REQUEST_SECONDS, self._give_up)

    def _give_up(self) -> None:
        """Close a connection from elsewhere on which nothing was asked in all that time."""
        if not self.cycle and not self.transport.is_closing():
            self.transport.abort()


class _Server(Server):
    """A uvicorn server that leaves signals alone and says when it listens."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()
        self._told = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=sockets)
        self.listens.set()

    async def main_loop(self) -> None:
        """Serve until told to end; each tick renews the date of the answers. Its own looks ten times a second."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._told.wait()

    def end(self) -> None:
        """Serve no more."""
        self.should_exit = True
        self._told.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Served:
    """A control API that is being served on one socket; `stop` it in the end."""

    def __init__(self, server: _Server, task: "asyncio.Task[None]", feeds: Feeds, path: Path | None = None) -> None:
        self._server, self._task, self._feeds, self.path = server, task, feeds, path

    async def stop(self) -> None:
        """End all streams, finish what is being answered, remove the socket; takes less than 2 seconds."""
        self._feeds.end()
        self._server.end()
        await self._task
        if self.path is not None:
            self.path.unlink(missing_ok=True)


async def serve_api(app: FastAPI, path: Path) -> Served:
    """Serve on a unix socket. Raises Conflict when somebody else does already."""
    return await _serving(_Config(app), bind(path), path)


async def serve_elsewhere(
    app: FastAPI, sock: socket.socket, tls: "ssl.SSLContext | None", names: frozenset[str]
) -> Served:
    """Serve operators elsewhere on a listening TCP socket, which is called by these names."""
    return await _serving(_Config(app, tls, names), sock)


async def _serving(config: "_Config", sock: socket.socket, path: Path | None = None) -> Served:
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]), name="control API")
    listens = asyncio.create_task(server.listens.wait())
    await asyncio.wait({task, listens}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():  # it failed
        listens.cancel()
        task.result()
    return Served(server, task, config.feeds, path)


def bind(path: Path) -> socket.socket:
    """A listening unix socket, 0600 in a directory that is ours alone (RELIABILITY O-07).

    The system's own is for its group as well, whose directory the service manager has made (UX §4.1).
    """
    _prepare(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o117 if path == places.SYSTEM_SOCKET else 0o177)
    try:
        sock.bind(str(path))
        sock.listen(128)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise StoreUnavailable(
            f"cannot listen on {path}: {error.strerror or error}",
            hints=["cpoctl serve --socket /tmp/cpoctl/cpoctl.sock"],
        ) from error
    finally:
        os.umask(mask)
    return sock


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_ISSOCK(path.lstat().st_mode):
            _remove_stale(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreUnavailable(
            f"cannot use {path.parent}: {error.strerror}", hints=["cpoctl serve --socket PATH"]
        ) from error


def _remove_stale(path: Path) -> None:
    """Remove a socket file on which nobody listens; a living one stays."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise Conflict(
        f"a server already listens on {path}", target=str(path), hints=["cpoctl status", "cpoctl serve --socket PATH"]
    )
