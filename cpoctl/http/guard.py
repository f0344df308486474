"""The guard at the door: browsers are kept out (RELIABILITY O-08).

Only known hosts, no foreign origin, JSON only, but for the bytes of a file by PUT; no cookies, no CORS. A listener for operators elsewhere
adds the names of its certificate, and any address: a page that rebinds a name to us can only send that
name. The guard also keeps the path as it was sent, so that a `%2F` in an id is part of the id.
"""

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cpoctl.errors import Denied
from cpoctl.http.problems import problem, wrong

HOSTS = frozenset({"localhost", "cpoctl"})
NAMES = "cpoctl.names"
"""Where a listener puts the names by which it is called, `*.example.org` among them."""


class Guard:
    """Answers what must not come in; hands the rest on."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = HOSTS, origins: frozenset[str] = frozenset()) -> None:
        self._app, self._hosts, self._origins = app, hosts, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        if refusal := self._refusal(scope["method"], Headers(scope=scope), scope.get(NAMES)):
            refusal.headers["Connection"] = "close"  # whoever it is has no business here
            await refusal(scope, receive, send)
            return
        path = scope.get("raw_path") or scope["path"].encode()
        await self._app({**scope, "path": path.decode("latin-1")}, receive, send)

    def _refusal(self, method: str, headers: Headers, names: frozenset[str] | None) -> Response | None:
        host = headers.get("host", "")
        if not self._known(host, names):
            return problem(wrong(f"no host {host or 'was named'} here", "Host"), status=421)
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            return problem(Denied(f"origin {origin} may not ask", hints=["use the cpoctl command"]))
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if (
            method == "PUT" and media == "application/octet-stream"
        ):  # no page sends it unasked, and nothing answers that
            return None
        if method in ("POST", "PUT", "PATCH") and media != "application/json":
            return problem(wrong("the body must be application/json", "Content-Type"), status=415)
        return None

    def _known(self, host: str, names: frozenset[str] | None) -> bool:
        name = _name(host)
        if name in self._hosts:
            return True
        if names is None:
            return False
        return name in names or f"*.{name.partition('.')[2]}" in names or _is_address(name)


def _name(host: str) -> str:
    """The host without its port, in lower case."""
    bracketed = host.startswith("[")
    name = host[1:].partition("]")[0] if bracketed else host.partition(":")[0]
    return name.lower().removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
