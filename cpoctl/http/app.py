"""The application: derived endpoints, snapshot, streams, health and metrics, behind the guard."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

import cpoctl
from cpoctl.errors import CpoctlError, Denied, ServerDown
from cpoctl.examining import ExamineCharger
from cpoctl.health import standing
from cpoctl.http import ServerFace, denials
from cpoctl.http.callers import caller, permit
from cpoctl.http.contents import add_contents
from cpoctl.http.describing import EVENTS, SNAPSHOT, description, query, schemas
from cpoctl.http.door import Door
from cpoctl.http.feeds import Feeds
from cpoctl.http.guard import Guard
from cpoctl.http.history import add_history
from cpoctl.http.metrics import MEDIA_TYPE, exposition
from cpoctl.http.problems import no_endpoint, problem
from cpoctl.http.reading import Reader
from cpoctl.http.sightings import Sightings
from cpoctl.http.snapshot import snapshot
from cpoctl.http.streams import aborting, event_stream, followed
from cpoctl.http.tasks import add_tasks
from cpoctl.names import Names
from cpoctl.operations import Act, LocalAct, Operation, Query, Role, Stream
from cpoctl.routes import PREFIX, route
from cpoctl.table import record

_SHORT = 200
Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(operations: Iterable[type[Operation]], server: ServerFace, feeds: Feeds | None = None) -> FastAPI:
    """The control API of a server. `feeds` is what a stopping server ends."""
    feeds = feeds or Feeds()
    app = FastAPI(
        title="cpoctl", version=cpoctl.__version__, openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None
    )
    app.state.feeds, app.state.server = feeds, server
    app.add_exception_handler(CpoctlError, _told)
    app.add_exception_handler(HTTPException, _no_endpoint)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Door, server=server)
    app.add_middleware(Guard)  # the last one added stands outermost
    _add_streams(app, server, feeds)
    _add_own(app, server)
    add_tasks(app, server)
    add_contents(app, server)
    add_history(app, server)
    _add_derived(app, [*operations, Names, ExamineCharger], server, feeds)
    return app


def _add_derived(app: FastAPI, operations: list[type[Operation]], server: ServerFace, feeds: Feeds) -> None:
    kinds = [kind for kind in operations if not issubclass(kind, LocalAct) and kind.route]
    for kind in sorted(kinds, key=_literal_first):
        at = route(kind)
        app.add_api_route(
            at.path,
            _endpoint(kind, server, feeds),
            methods=[at.method],
            operation_id=kind.__name__,
            summary=(kind.__doc__ or "").partition("\n")[0],
            tags=[kind.path.partition(" ")[0]],
            response_model=None,
            openapi_extra=description(kind),
        )
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made().setdefault("components", {}).setdefault("schemas", {}).update(schemas(kinds))
        return made()

    app.openapi = openapi  # type: ignore[method-assign] # how FastAPI wants its schema extended


def _literal_first(kind: type[Operation]) -> list[str]:
    """`/chargers/unknown` before `/chargers/{charger}`."""
    return [part.replace("{", "~") for part in route(kind).path.split("/")]


def _endpoint(kind: type[Operation], server: ServerFace, feeds: Feeds) -> Endpoint:
    reader = Reader(kind)

    async def answer(request: Request) -> Response:
        who = caller(request.scope)
        permit(who, kind.role)
        operation = await reader.read(request)
        permit(who, operation.role_now())
        if isinstance(operation, Stream) and getattr(operation, "follow", False):
            return await followed(server, feeds, operation, aborting(request))
        if isinstance(operation, Query) and operation.remarks:
            return await _remarked(server, operation)
        if isinstance(operation, Query):
            rows = await server.query(operation)
            return await _listed(rows) if operation.many else _json(record(rows[0]))
        if isinstance(operation, Act):
            try:
                return _json(record(await server.act(operation, who.actor, who.role)))
            except asyncio.CancelledError as stopping:  # nobody but a server that stops cancels an answer
                raise ServerDown("the server stopped before there was an answer", hints=["cpoctl status"]) from stopping
        raise TypeError(f"{kind.__name__} is neither a query nor an act")

    return answer


def _json(data: Any) -> Response:
    return Response(json.dumps(data), media_type="application/json")


async def _listed(rows: list[Any]) -> Response:
    return Response(await _text(rows), media_type="application/json")


async def _remarked(server: ServerFace, query: Query) -> Response:
    """The rows with what is to be said of their data, and whether it is complete."""
    rows, beside = await server.query(query), query.beside()
    remarks = record(await server.query(beside)) if beside is not None else []
    complete = beside is None or beside.objection(remarks) is None
    head = json.dumps({"complete": complete, "remarks": remarks})
    return Response(f'{head[:-1]}, "rows": {await _text(rows)}}}', media_type="application/json")


async def _text(rows: list[Any]) -> str:
    """A list as JSON, told row by row off the event loop when it is long: chargers must not wait for it."""
    if len(rows) <= _SHORT:
        return json.dumps(record(rows))
    return f"[{await asyncio.to_thread(lambda: ', '.join(json.dumps(record(row)) for row in rows))}]"


def _add_streams(app: FastAPI, server: ServerFace, feeds: Feeds) -> None:
    sightings = Sightings(server, feeds.seen_every)

    @app.get(
        f"{PREFIX}/snapshot",
        tags=["stream"],
        summary="The live fleet at one sequence number.",
        description=SNAPSHOT,
        openapi_extra=query(since="an instant: adds `energy_wh`, the Wh of sessions that ended since, by charger"),
    )
    async def live(request: Request) -> Response:
        permit(who := caller(request.scope), Role.VIEWER)
        return await snapshot(server, who, request.query_params.get("since"))

    @app.get(
        f"{PREFIX}/events",
        tags=["stream"],
        summary="What happens, as server-sent events. Resumes by `since`.",
        description=EVENTS,
        openapi_extra=query(
            since="a sequence number: begins with the stored events after it",
            seen="`true`: tells every 5 s as ChargersSeen which chargers were heard, and when",
        ),
    )
    async def happening(request: Request) -> Response:
        permit(caller(request.scope), Role.VIEWER)
        return await event_stream(server, feeds, sightings, request)


def _add_own(app: FastAPI, server: ServerFace) -> None:
    @app.get(f"{PREFIX}/status", tags=["health"], summary="The server and its fleet in one object.")
    async def status(request: Request) -> Response:
        permit(caller(request.scope), Role.VIEWER)
        return _json(record(standing(server.health(), server.live, server.clock.now())))

    @app.get("/healthz", tags=["health"], summary="The process answers.")
    async def alive() -> Response:
        return JSONResponse({"status": "ok", **server.health()})

    @app.get("/readyz", tags=["health"], summary="Facts can be written; 503 when not.")
    async def ready() -> Response:
        is_ready, facts = server.ready()
        return JSONResponse({"ready": is_ready, **facts}, status_code=200 if is_ready else 503)

    @app.get("/metrics", tags=["health"], summary="Prometheus metrics.")
    async def metrics() -> Response:
        health = standing(server.health(), server.live, server.clock.now())
        return Response(exposition(server.metrics(), health), media_type=MEDIA_TYPE)


async def _told(request: Request, error: Any) -> Response:
    if isinstance(error, Denied):
        denials.note(request.app.state.server, request.scope, error)
    return problem(error)


async def _no_endpoint(request: Request, error: Any) -> Response:
    return no_endpoint(error.status_code, request.method, request.url.path, error.headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    """The face: what nobody foresaw is logged by the server and told without its inside."""
    return problem(CpoctlError("the server failed unexpectedly", hints=["look into the server's log"]))
