"""Server-sent events: the event stream, which resumes by sequence number, and the operations that follow.

Stored events carry their number as `id:`, so that a reader that comes back says how far it got;
unstored value changes carry none, because a snapshot tells them again. The `order` of what is told live says which
of it a snapshot holds already.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Expired
from cpoctl.http import ServerFace
from cpoctl.http.feeds import Feeds
from cpoctl.http.problems import wrong
from cpoctl.http.sightings import Sightings
from cpoctl.operations import Record, Stream
from cpoctl.table import record

ABORT = "cpoctl.abort"
LISTENING = "listening"
"""The first message of the event stream: whatever happens from now on is told, its data says after which `seq`."""
_PAGE = 500
_HELLO = b"retry: 1000\n\n"
_ALIVE = b": alive\n\n"


def message(data: Any, *, event: str = "", id: int | None = None) -> bytes:
    """One message of a stream."""
    lines = [f"id: {id}"] if id is not None else []
    lines += [f"event: {event}"] if event else []
    return "\n".join([*lines, f"data: {json.dumps(data)}", "", ""]).encode()


def aborting(request: Request) -> Callable[[], None]:
    """How to close the request's connection at once."""
    abort: Callable[[], None] = request.scope.get(ABORT, _cannot)
    return abort


def _cannot() -> None:
    """A connection that gives no such hold ends with its stream."""


def since_of(request: Request) -> int | None:
    """How far the reader got: `?since=` or the header of a browser's event source."""
    text = request.query_params.get("since") or request.headers.get("last-event-id")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise wrong(f"since: {text} is not a sequence number", "since")
    return int(text)


async def event_stream(server: ServerFace, feeds: Feeds, sightings: Sightings, request: Request) -> StreamingResponse:
    """What happens, from a sequence number on, else from now on."""
    since, seen = since_of(request), _wants(request, "seen")
    last = server.latest_seq if since is None else since
    if last > server.latest_seq:
        raise Expired(f"{last} lies ahead of this database", hints=["GET /v1/snapshot    start afresh"])
    await server.events_since(last, 1)  # what has expired is told before the stream begins
    return _response(_events(server, feeds, last, sightings if seen else None, aborting(request)))


def _wants(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise wrong(f"{name}: {text} is neither true nor false", name)
    return text == "true"


async def _events(
    server: ServerFace, feeds: Feeds, last: int, sightings: Sightings | None, abort: Callable[[], None]
) -> AsyncIterator[bytes]:
    # Listening begins before the reading, so that nothing falls between them.
    bus, newest = server.bus, server.latest_seq
    feed = feeds.open(bus, lambda seq, event: (bus.order, seq, event), seen=sightings is not None, abort=abort)
    try:
        with sightings.wanted() if sightings else nullcontext():
            yield _HELLO + message({"seq": last}, event=LISTENING)
            async for row in _kept(server, last, newest):
                yield _stored(row)
            async for item in feed.items(feeds.heartbeat):
                if item is None:
                    yield _ALIVE
                elif item[1] is None or item[1] > newest:
                    yield _live(stored(server.clock.now()), *item)
    finally:
        feed.close()


async def _kept(server: ServerFace, last: int, newest: int) -> AsyncIterator[Record]:
    """The stored events up to the newest; what is younger is told live, in its place among the unstored."""
    while last < newest and (page := await server.events_since(last, _PAGE)):
        for row in page:
            if row["seq"] <= newest:
                yield row
        last = page[-1]["seq"]


def _stored(row: Record) -> bytes:
    told = {"seq": row["seq"], "order": None} | row | {"data": json.loads(row["data"])}
    return message(told, event=row["type"], id=row["seq"])


def _live(at: str, order: int, seq: int | None, event: events.Event) -> bytes:
    told = {
        "seq": seq,
        "order": order,
        "at": at,
        "type": event.type,
        "charger_id": event.charger_id,
        "data": events.as_data(event),
    }
    return message(told, event=event.type, id=seq)


async def followed(server: ServerFace, feeds: Feeds, operation: Stream, abort: Callable[[], None]) -> StreamingResponse:
    """The stored rows of a stream, then each new one as it comes, up to one that is final."""

    def heard(seq: int | None, event: events.Event) -> Any | None:
        row = operation.take_live(event, server.live)
        return None if row is None else operation.numbered(row, seq)

    feed = feeds.open(server.bus, heard, abort=abort, frames=operation.frames)
    try:
        backlog = await server.query(operation)
    except BaseException:
        feed.close()
        raise

    async def rows() -> AsyncIterator[bytes]:
        last = 0
        try:
            yield _HELLO
            for row in backlog:
                last = operation.place(row) or last
                told = record(row)
                yield message(told, id=operation.place(row))
                if operation.final(told):
                    return
            async for row in feed.items(feeds.heartbeat):
                place = None if row is None else operation.place(row)
                if row is None:
                    yield _ALIVE
                elif place is None or place > last:
                    told = record(row)
                    yield message(told, id=place)
                    if operation.final(told):
                        return
        finally:
            feed.close()

    return _response(rows())


def _response(messages: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(messages, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
