"""The guard at the door: browsers are kept out (RELIABILITY O-08).

Only known hosts, no foreign origin, JSON only; no cookies, no CORS. It also keeps the path as it was
sent, so that a `%2F` in an id is part of the id.
"""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cpoctl.errors import Denied
from cpoctl.http.problems import problem, wrong

HOSTS = frozenset({"localhost", "cpoctl"})


class Guard:
    """Answers what must not come in; hands the rest on."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = HOSTS, origins: frozenset[str] = frozenset()) -> None:
        self._app, self._hosts, self._origins = app, hosts, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        if refusal := self._refusal(scope["method"], Headers(scope=scope)):
            await refusal(scope, receive, send)
            return
        path = scope.get("raw_path") or scope["path"].encode()
        await self._app({**scope, "path": path.decode("latin-1")}, receive, send)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return problem(wrong(f"no host {host or 'was named'} here", "Host"), status=421)
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            return problem(Denied(f"origin {origin} may not ask", hints=["use the cpoctl command"]))
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if method in ("POST", "PUT", "PATCH") and media != "application/json":
            return problem(wrong("the body must be application/json", "Content-Type"), status=415)
        return None
