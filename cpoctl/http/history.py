"""History: the fleet as it was and what happened then, for whoever replays it (TUI-28).

It is read and written as JSON on a reader's thread: of a large fleet it is much, and chargers must not wait for it.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from cpoctl.http import ServerFace
from cpoctl.http.callers import caller, permit
from cpoctl.http.describing import query
from cpoctl.http.reading import Reader
from cpoctl.operations import Query
from cpoctl.operations._past import PastEvents, PastSnapshot, ShowSpan
from cpoctl.routes import route

_KINDS: Final[dict[type[Query], dict[str, str]]] = {
    ShowSpan: {},
    PastSnapshot: {
        "at": "an instant; needed",
        "since": "an instant: adds `energy_wh`, the Wh of sessions that ended since, by charger",
    },
    PastEvents: {"since": "an instant; needed", "until": "a later one, which is not part of it; needed"},
}


def add_history(app: FastAPI, server: ServerFace) -> None:
    """Add the three endpoints."""
    for kind, meanings in _KINDS.items():
        app.add_api_route(
            route(kind).path,
            _endpoint(kind, server),
            methods=["GET"],
            operation_id=kind.__name__,
            tags=["stream"],
            summary=(kind.__doc__ or "").partition("\n")[0],
            description=kind.__doc__ or "",
            response_model=None,
            openapi_extra=query(**meanings),
        )


def _endpoint(kind: type[Query], server: ServerFace) -> Callable[[Request], Awaitable[Response]]:
    reader = Reader(kind)

    async def answer(request: Request) -> Response:
        permit(caller(request.scope), kind.role)
        found = await server.query(await reader.read(request))  # type: ignore[arg-type] # the kind is a query's
        return Response(found[0].body, media_type="application/json")

    return answer
