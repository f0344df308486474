"""The remote operator of the command line: the same operations, asked of a server over HTTP.

`unix.py` asks on the server's socket, `https.py` a server elsewhere; the latter is loaded only for it.
What the server tells as a problem becomes the error class again that it was there.
"""

import json
import socket
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, NamedTuple

from cpoctl.errors import CpoctlError, ServerDown, UsageProblem, from_json
from cpoctl.operations import Operation, Query
from cpoctl.routes import Filled, filled

HOW_TO_START = "cpoctl serve    start it"
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0  # a stream that lives says so every 15 s
BYTES: Final = "application/octet-stream"
_LONG = 1 << 20
_HUNG_UP = "hung up"


class Told(NamedTuple):
    """One message of an event stream; `id` is its place in the stream, empty when it has none."""

    id: str
    event: str
    data: Any


class Line:
    """A connection in use, which another thread may end."""

    def __init__(self) -> None:
        self.hung_up = False
        self._sock: socket.socket | None = None

    def carried_by(self, sock: socket.socket) -> None:
        """Say which socket it is. Whichever thread comes second, this or the one that hangs up, shuts it down."""
        self._sock = sock
        if self.hung_up:
            self.hang_up()

    def hang_up(self) -> None:
        """End it, so that whoever waits for it goes on at once."""
        self.hung_up = True
        if self._sock is not None:
            with suppress(OSError):  # it has ended by itself
                # TLS is not asked: it belongs to the thread that reads.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class Client:
    """Asks one server, in as many threads as one likes. `timeout` is how long an answer may take."""

    def __init__(self, *, timeout: float | None = 120.0) -> None:
        self.timeout = timeout
        self._lines: set[Line] = set()

    def close(self) -> None:
        """Let go of what it holds open; it is not used any more."""

    def hang_up(self) -> None:
        """End what other threads ask and listen to at this moment: there it raises ServerDown. It can be used on."""
        for line in list(self._lines):
            line.hang_up()

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A connection's life. Whatever comes of its being ended by `hang_up` is ServerDown."""
        line = Line()
        self._lines.add(line)
        try:
            yield line
        except CpoctlError as error:
            if line.hung_up:
                raise ServerDown(_HUNG_UP) from error
            raise
        finally:
            self._lines.discard(line)
        if line.hung_up:
            raise ServerDown(_HUNG_UP)

    def run(self, operation: Operation) -> Any:
        """Do one operation; its rows or its outcome as JSON data."""
        if isinstance(operation, Query) and operation.remarks:
            return self.remarked(operation)[0]
        return self.ask(filled(operation))

    def remarked(self, operation: Query) -> tuple[list[Any], list[Any]]:
        """The rows of a query that bears remarks, and these."""
        told = self.ask(filled(operation))
        return told["rows"], told["remarks"]

    def request(self, method: str, target: str, body: Any = None) -> Any:
        """One request with a JSON body; the answer as JSON data."""
        return self.ask(Filled(method, target, None if body is None else json.dumps(body).encode()))

    def whole(self, operation: Operation) -> bytes:
        """The answer to one operation as its JSON text, which may be large. Raises what `stream` raises."""
        return b"".join(self.stream(filled(operation)))

    def events(self, operation: Operation) -> Generator[Told, None, None]:
        """The messages of an event stream as they come, until the server ends it."""
        yield from messages(self.stream(filled(operation)))

    def ask(self, request: Filled) -> Any:
        """Send a request and read the whole answer. Raises what the server tells, ServerDown, TimedOut."""
        raise AssertionError(f"{type(self).__name__} does not ask")

    def hand_over(self, target: str, file: IO[bytes], size: int) -> Any:
        """Send a file of so many bytes; the answer as JSON data. Raises what `ask` raises."""
        raise AssertionError(f"{type(self).__name__} hands nothing over")

    def stream(self, request: Filled) -> Generator[bytes, None, None]:
        """The blocks of an answer as they come. Raises as `ask` does."""
        raise AssertionError(f"{type(self).__name__} does not stream")


def client_for(
    server: str, *, timeout: float | None = 120.0, key: str | None = None, ca_file: str | None = None
) -> Client:
    """The client for a server's address: `unix:PATH`, or `https://HOST:PORT` with a key."""
    scheme, _, rest = server.partition(":")
    if scheme == "unix" and rest:
        from cpoctl.client.unix import UnixClient

        return UnixClient(rest, timeout=timeout)
    if scheme in ("https", "http"):
        from cpoctl.client.https import HttpsClient

        return HttpsClient(server, timeout=timeout, key=key, ca_file=ca_file)
    raise UsageProblem(
        f"{server} is no address of a server",
        hints=[
            "cpoctl --server unix:/run/cpoctl/cpoctl.sock status    on this machine",
            "cpoctl --server https://cpo.example.org:9443 --key-file FILE status    elsewhere",
        ],
    )


def judged(status: int, body: bytes) -> Any:
    """The answer's data; a problem becomes its error."""
    try:
        data = _read(body) if body else None
    except ValueError:
        raise CpoctlError(f"the server's answer is not JSON (status {status})", hints=["cpoctl status"]) from None
    if status >= 400:
        raise from_json(data if isinstance(data, dict) else {"message": f"the server answered {status}"})
    return data


def _read(body: bytes) -> Any:
    """JSON data. A long answer is worth loading what reads it in a third of the time."""
    if len(body) > _LONG:
        import msgspec

        with suppress(msgspec.DecodeError):  # Python reads half a surrogate pair too
            return msgspec.json.decode(body)
    return json.loads(body)


def messages(blocks: Iterable[bytes]) -> Generator[Told, None, None]:
    """The messages of a stream, whatever its blocks."""
    buffer = b""
    for block in blocks:
        *whole, buffer = (buffer + block).split(b"\n\n")
        for message in whole:
            if told := _told(message.decode("utf-8", "replace")):
                yield told


def _told(message: str) -> Told | None:
    fields: dict[str, str] = {}
    for line in message.split("\n"):
        name, _, value = line.partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
    if "data" not in fields:
        return None
    return Told(fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"]))
