"""The remote operator of the command line: the same operations, asked of a server over HTTP.

`unix.py` asks on the server's socket, `https.py` a server elsewhere; the latter is loaded only for it.
What the server tells as a problem becomes the error class again that it was there.
"""

import json
from collections.abc import Generator, Iterable
from typing import Any, NamedTuple

from cpoctl.errors import CpoctlError, UsageProblem, from_json
from cpoctl.operations import Operation
from cpoctl.routes import Filled, filled

HOW_TO_START = "cpoctl serve    start it"
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0  # a stream that lives says so every 15 s


class Told(NamedTuple):
    """One message of an event stream; `id` is its place in the stream, empty when it has none."""

    id: str
    event: str
    data: Any


class Client:
    """Asks one server. `timeout` is how long an answer may take."""

    def __init__(self, *, timeout: float | None = 120.0) -> None:
        self.timeout = timeout

    def run(self, operation: Operation) -> Any:
        """Do one operation; its rows or its outcome as JSON data."""
        return self.ask(filled(operation))

    def request(self, method: str, target: str, body: Any = None) -> Any:
        """One request with a JSON body; the answer as JSON data."""
        return self.ask(Filled(method, target, None if body is None else json.dumps(body).encode()))

    def events(self, operation: Operation) -> Generator[Told, None, None]:
        """The messages of an event stream as they come, until the server ends it."""
        yield from messages(self.stream(filled(operation)))

    def ask(self, request: Filled) -> Any:
        """Send a request and read the whole answer. Raises what the server tells, ServerDown, TimedOut."""
        raise AssertionError(f"{type(self).__name__} does not ask")

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
        data = json.loads(body) if body else None
    except ValueError:
        raise CpoctlError(f"the server's answer is not JSON (status {status})", hints=["cpoctl status"]) from None
    if status >= 400:
        raise from_json(data if isinstance(data, dict) else {"message": f"the server answered {status}"})
    return data


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
