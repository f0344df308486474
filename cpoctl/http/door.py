"""The door: a connection that the kernel does not vouch for needs a key (UX §4.1, RELIABILITY O-07, O-09).

Without a good key nothing is answered but why not. Wrong keys are slowed down by address, and who was
turned away is recorded. An event stream ends soon after its key does.
"""

from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cpoctl.clock import stored
from cpoctl.csms.auth import Buckets
from cpoctl.domain import keys
from cpoctl.errors import CpoctlError, Denied
from cpoctl.http import ServerFace, denials
from cpoctl.http.callers import CALLER, PEER_UID, Caller
from cpoctl.http.problems import problem, wrong
from cpoctl.http.streams import ABORT
from cpoctl.operations import Record, Role
from cpoctl.routes import CONTENTS
from cpoctl.store import rows

ATTEMPTS, EVERY_SECONDS = 10, 6.0
JUDGED_AGAIN_SECONDS = 10.0
USE_NOTED_SECONDS = 60.0
LONGEST_BODY = 16 << 20
_REMEMBERED = 1000
_KEY = "SELECT key_id, name, role, digest, expires_at, revoked_at FROM key WHERE key_id = ?"
_NEEDED = (
    "add --key-file FILE    a file that holds your key",
    "cpoctl key create NAME --role viewer    an admin makes one, on the server",
)


class Door:
    """The application behind a door, which opens for whom the kernel vouches for and for who holds a good key."""

    def __init__(self, app: ASGIApp, server: ServerFace) -> None:
        self._app, self._server = app, server
        self._wrong = Buckets(ATTEMPTS, EVERY_SECONDS)
        self._noted: OrderedDict[str, float] = OrderedDict()
        """When the use of each key was noted last."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope.get(PEER_UID) is not None:
            await self._app(scope, receive, send)
            return
        shown = _shown(Headers(scope=scope))
        try:
            holder = await self._let_in(shown, denials.address(scope))
        except CpoctlError as error:
            await self._refusal(error, scope)(scope, receive, send)
            return
        if (scope["method"], scope["path"]) != ("PUT", CONTENTS):  # that goes to the disk as it comes
            receive = _bounded(receive)
        await self._app({**scope, CALLER: holder}, receive, self._watching(shown, scope, send))

    async def _let_in(self, shown: keys.Secret | None, address: str) -> Caller:
        """Who holds the key that was shown; a good one never waits for a neighbour's wrong ones. Raises Denied."""
        now = self._server.clock.monotonic()
        try:
            record = await self._judged(shown)
        except Denied:
            if seconds := self._wrong.take(denials.network(address), now):
                raise _throttled(int(seconds) + 1) from None
            raise
        self._note_use(record, address, now)
        return Caller(f"key:{record['name']}", Role(record["role"]))

    async def _judged(self, shown: keys.Secret | None) -> Record:
        """The record of a key that is good now. Raises Denied."""
        if shown is None:
            raise Denied("a key is needed here", hints=_NEEDED)
        found = await self._server.read(_KEY, [shown.key_id])
        if not found or not shown.is_of(found[0]["digest"]):
            raise Denied("this key is not known here", hints=_NEEDED)
        record = found[0]
        now = stored(self._server.clock.now())
        if (state := keys.state(record["revoked_at"], record["expires_at"], now)) != "valid":
            raise Denied(
                f"key {record['name']} is {state} since {record['revoked_at'] or record['expires_at']}",
                hints=[f"cpoctl key create …    an admin makes a new one with the role {record['role']}"],
            )
        return record

    def _note_use(self, record: Record, address: str, now: float) -> None:
        """Keep when and from where a key was used, once a minute."""
        noted = self._noted.pop(record["key_id"], float("-inf"))
        if due := now - noted >= USE_NOTED_SECONDS:
            self._server.note([rows.KeyUsed(stored(self._server.clock.now()), address, record["key_id"])])
        self._noted[record["key_id"]] = now if due else noted
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)

    def _refusal(self, error: CpoctlError, scope: Scope) -> Response:
        if not isinstance(error, Denied):
            return problem(error)
        # A stranger's connection ends with the answer, so that nobody holds many open by dripping requests.
        if seconds := error.detail.get("retry_after_s"):
            more = {"Retry-After": str(seconds), "Connection": "close"}
        else:
            denials.note(self._server, scope, error)
            more = {"WWW-Authenticate": 'Bearer realm="cpoctl"', "Connection": "close"}
        response = problem(error, status=429 if seconds else 401)
        response.headers.update(more)
        return response

    def _watching(self, shown: keys.Secret | None, scope: Scope, send: Send) -> Send:
        """A send that judges the key again while an answer goes on, and ends it with the key."""
        clock = self._server.clock
        judged_at = clock.monotonic()

        async def watched(message: Message) -> None:
            nonlocal judged_at
            if message.get("more_body") and clock.monotonic() - judged_at >= JUDGED_AGAIN_SECONDS:
                judged_at = clock.monotonic()
                try:
                    await self._judged(shown)
                except Denied as error:
                    denials.note(self._server, scope, error)
                    scope[ABORT]()
                    return
            await send(message)

        return watched


def _throttled(seconds: int) -> Denied:
    return Denied(
        f"too many wrong keys came from your address; try again in {seconds} s",
        hints=_NEEDED[:1],
        detail={"retry_after_s": seconds},
    )


def _bounded(receive: Receive) -> Receive:
    """A receive that ends a body which would fill the memory."""
    length = 0

    async def bounded() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > LONGEST_BODY:
            raise wrong(f"the body is longer than {LONGEST_BODY >> 20} MiB")
        return message

    return bounded


def _shown(headers: Headers) -> keys.Secret | None:
    """The key in the one Authorization header."""
    given = headers.getlist("authorization")
    if len(given) != 1:
        return None
    scheme, _, text = given[0].strip().partition(" ")
    return keys.read(text.strip()) if scheme.lower() == "bearer" else None
