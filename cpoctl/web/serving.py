"""Serving the page until the process is told to end: the listener, and what it answers."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence

from aiohttp import web
from textual_serve.server import Server

from cpoctl.addresses import is_loopback, usable
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.foreground import attended
from cpoctl.web import pages
from cpoctl.web.door import Door
from cpoctl.web.tabs import MOST, Tabs

_GRACE_S = 5.0


def serve_in_browser(
    command: Sequence[str], host: str, port: int, told: Callable[[str], None], *, most: int = MOST
) -> None:
    """Serve a page whose tabs each run `command`, a Textual app, until SIGINT, SIGTERM or SIGHUP.

    `told` gets the address to open, with its key, and what the processes complain of. Raises UsageProblem, Conflict.
    """
    if not is_loopback(host):
        raise UsageProblem(
            f"the dashboard in a browser is for this machine only, and others can reach {host}",
            hints=[
                f"cpoctl dashboard --web --listen 127.0.0.1:{port}",
                f"ssh -L {port}:127.0.0.1:{port} {socket.gethostname()}    on the other machine, then open the address there",
            ],
        )

    async def work(stop: asyncio.Event) -> None:
        await serve(Tabs(command, told, most), host, port, stop, told)

    attended(work)


async def serve(tabs: Tabs, host: str, port: int, stop: asyncio.Event, told: Callable[[str], None]) -> None:
    """Serve the page until the event says so; every process has ended when this returns."""
    door = Door()
    runner = web.AppRunner(_app(door, tabs), access_log=None, shutdown_timeout=_GRACE_S)
    await runner.setup()
    try:
        bound = await _bound(runner, "127.0.0.1" if host == "localhost" else host, port)
        told(f"open http://{usable(host)}:{bound}/?key={door.key}")
        await stop.wait()
    finally:
        await runner.cleanup()


async def _bound(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise Conflict(
            f"cannot listen for browsers on {host}:{port}: {os.strerror(error.errno) if error.errno else error}",
            target=f"{host}:{port}",
            hints=["cpoctl dashboard --web --listen 127.0.0.1:0    any free port"],
        ) from error
    found: int = runner.addresses[0][1]
    return found


def _app(door: Door, tabs: Tabs) -> web.Application:
    bundled = Server("")  # for its files and its downloads; it never listens
    bundled.download_manager = tabs.downloads
    app = web.Application(middlewares=[door.judge])
    app.add_routes(
        [
            web.get("/", _page),
            web.get("/ws", tabs.open),
            web.get("/download/{key}", bundled.handle_download),
            web.static("/static", bundled.statics_path),
        ]
    )
    app.on_response_prepare.append(_secured)
    app.on_shutdown.append(lambda _: tabs.close())
    return app


async def _page(request: web.Request) -> web.Response:
    return web.Response(text=pages.terminal(request.headers["Host"]), content_type="text/html")


async def _secured(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(pages.SECURITY)
