"""Who gets in: whoever has the key that was told at the start, in a browser that came to this machine by its own name.

The key comes in the address once and goes on as a cookie, so that it stands neither in the address bar nor in the
history of what is opened next. The cookie is called by the port that the browser sees: cookies know no ports, and
two dashboards may be open through two tunnels.
"""

import hmac
import secrets
from urllib.parse import SplitResult, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from cpoctl.addresses import is_loopback
from cpoctl.web import pages


class Door:
    """Judges every request, whatever it asks for."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe()

    @web.middleware
    async def judge(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Hand on what may come in; answer the rest."""
        host = _host(request)
        if host is None:  # a foreign name that was pointed at this machine
            return _told(421, pages.WRONG_HOST)
        if not _from_here(request):
            return _told(403, pages.WRONG_ORIGIN)
        cookie = f"cpoctl_{host.port or 80}"
        if "key" in request.query:
            return self._let_in(request, cookie)
        if not self._is_key(request.cookies.get(cookie, "")):
            return _told(403, pages.NO_KEY)
        return await handler(request)

    def _let_in(self, request: web.Request, cookie: str) -> web.Response:
        """Take the key out of the address."""
        if not any(map(self._is_key, (request.query["key"], request.cookies.get(cookie, "")))):
            return _told(403, pages.NO_KEY)
        answer = web.Response(status=303, headers={"Location": "/"})
        if self._is_key(request.query["key"]):
            answer.set_cookie(cookie, self.key, httponly=True, samesite="Strict")
        return answer

    def _is_key(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self.key.encode())


def _host(request: web.Request) -> SplitResult | None:
    """What the browser calls us, if it is a name of this machine for itself."""
    said = request.headers.get("Host", "")
    try:
        host = urlsplit(f"//{said}")
        plain = host.netloc == said and host.username is None and host.port != 0  # an impossible port is a ValueError
    except ValueError:
        return None
    return host if plain and is_loopback(host.hostname or "") else None


def _from_here(request: web.Request) -> bool:
    """Whether our own page asks. Browsers always name the origin of a WebSocket; who does not is no browser."""
    origin = request.headers.get("Origin")
    if origin is None:
        return "Upgrade" not in request.headers
    return origin == f"http://{request.headers['Host']}"


def _told(status: int, message: str) -> web.Response:
    return web.Response(status=status, text=pages.notice(message), content_type="text/html")
