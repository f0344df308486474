"""Asking an application directly, as a connection from elsewhere would: no socket, no TLS, any address."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """What came back; of a stream only its beginning."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem that it tells."""
        assert self.headers["content-type"] == "application/problem+json"
        told: dict[str, Any] = json.loads(self.body)
        return told


async def ask(
    app: ASGIApp,
    method: str,
    target: str,
    *,
    key: str | None = None,
    body: bytes = b"",
    address: str = "192.0.2.7",
    headers: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
    until: Awaitable[Any] | None = None,
) -> Answer:
    """One request, with a key or without; the connection stays as long as `until` is not over."""
    path, _, query = target.partition("?")
    sent = {"Host": "localhost", "Content-Type": "application/json"} | (headers or {})
    sent |= {"Authorization": f"Bearer {key}"} if key is not None else {}
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "https", "root_path": "",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "client": (address, 4711),
        "server": ("localhost", 9443), "headers": [(n.lower().encode(), v.encode()) for n, v in sent.items()],
        **(more or {}),
    }  # fmt: skip
    said: asyncio.Queue[Message] = asyncio.Queue()
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return given.pop() if given else await asyncio.Future()

    async def answering() -> None:
        await app(scope, receive, said.put)

    running = asyncio.create_task(answering())
    try:
        async with asyncio.timeout(20):
            start = await _next(said, running)
            first = await _next(said, running)
            if until is not None:
                await until
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, first["body"])


async def _next(said: "asyncio.Queue[Message]", running: "asyncio.Task[None]") -> Message:
    waiting = asyncio.ensure_future(said.get())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done() and not said.empty():
        await waiting
    if not waiting.done():
        waiting.cancel()
        running.result()
        raise AssertionError("the application ended without an answer")
    return waiting.result()
