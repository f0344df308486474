"""The remote operator of the command line: the same operations over HTTP on the server's unix socket.

Plain HTTP/1.0 over a raw socket: `http.client` would import ssl and double the time of a command.
What the server tells as a problem becomes the error class again that it was there.
"""

import json
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

from cpoctl.errors import CpoctlError, ServerDown, TimedOut, UsageProblem, from_json
from cpoctl.operations import Operation
from cpoctl.routes import Filled, filled

_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 60.0  # a stream that lives says so every 15 s
_BLOCK = 65536
_HOW_TO_START = "cpoctl serve    start it"


class Told(NamedTuple):
    """One message of an event stream; `id` is its place in the stream, empty when it has none."""

    id: str
    event: str
    data: Any


class Client:
    """Asks the server that listens on a unix socket. `timeout` is how long an answer may take."""

    def __init__(self, path: Path, *, timeout: float | None = 120.0) -> None:
        self.path = path
        self.timeout = timeout

    def run(self, operation: Operation) -> Any:
        """Do one operation; its rows or its outcome as JSON data."""
        return self.ask(filled(operation))

    def request(self, method: str, target: str, body: Any = None) -> Any:
        """One request with a JSON body; the answer as JSON data."""
        return self.ask(Filled(method, target, None if body is None else json.dumps(body).encode()))

    def ask(self, request: Filled) -> Any:
        """Send a request and read the whole answer."""
        with self._sent(request) as sock:
            answer = bytearray()
            while block := self._block(sock):
                answer += block
        head, _, body = bytes(answer).partition(b"\r\n\r\n")
        return _judged(_status(head), body)

    def events(self, operation: Operation) -> Generator[Told, None, None]:
        """The messages of an event stream as they come, until the server ends it."""
        with self._sent(filled(operation)) as sock:
            buffer = b""
            while b"\r\n\r\n" not in buffer:
                if not (block := self._block(sock)):
                    raise ServerDown("the server ended the connection", hints=[_HOW_TO_START])
                buffer += block
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            if _status(head) != 200:
                while block := self._block(sock):
                    buffer += block
                _judged(_status(head), buffer)
            sock.settimeout(_SILENCE_SECONDS)
            yield from self._messages(sock, buffer)

    def _messages(self, sock: socket.socket, buffer: bytes) -> Generator[Told, None, None]:
        while True:
            *messages, buffer = buffer.split(b"\n\n")
            for message in messages:
                if told := _told(message.decode("utf-8", "replace")):
                    yield told
            if not (block := self._block(sock)):
                return
            buffer += block

    def _sent(self, request: Filled) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(_CONNECT_SECONDS, self.timeout or _CONNECT_SECONDS))
            sock.connect(str(self.path))
            sock.settimeout(self.timeout)
            sock.sendall(_head(request) + (request.body or b""))
        except OSError as error:
            sock.close()
            raise self._down(error) from error
        return sock

    def _block(self, sock: socket.socket) -> bytes:
        try:
            return sock.recv(_BLOCK)
        except TimeoutError as error:
            raise TimedOut(
                f"the server said nothing for {sock.gettimeout():g} s", hints=["cpoctl status    is it healthy"]
            ) from error
        except OSError as error:
            raise self._down(error) from error

    def _down(self, error: OSError) -> CpoctlError:
        if isinstance(error, PermissionError):
            return ServerDown(f"{self.path} may not be opened by you", hints=["sudo cpoctl status    ask as its owner"])
        return ServerDown(f"no server answers on {self.path}: {error.strerror or error}", hints=[_HOW_TO_START])


def client_for(server: str, *, timeout: float | None = 120.0) -> Client:
    """The client for a server's address: `unix:PATH`."""
    scheme, _, rest = server.partition(":")
    if scheme == "unix" and rest:
        return Client(Path(rest), timeout=timeout)
    raise UsageProblem(
        f"{server} is no address of a server that this version reaches",
        hints=["cpoctl --server unix:/run/cpoctl/cpoctl.sock status    the form it takes"],
    )


def _head(request: Filled) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.0", "Host: cpoctl", "Accept: application/json"]
    if request.body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(request.body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _status(head: bytes) -> int:
    try:
        return int(head.split(None, 2)[1])
    except (IndexError, ValueError):
        raise ServerDown("what answers there is not cpoctl", hints=[_HOW_TO_START]) from None


def _judged(status: int, body: bytes) -> Any:
    """The answer's data; a problem becomes its error."""
    try:
        data = json.loads(body) if body else None
    except ValueError:
        raise CpoctlError(f"the server's answer is not JSON (status {status})", hints=["cpoctl status"]) from None
    if status >= 400:
        raise from_json(data if isinstance(data, dict) else {"message": f"the server answered {status}"})
    return data


def _told(message: str) -> Told | None:
    fields: dict[str, str] = {}
    for line in message.split("\n"):
        name, _, value = line.partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
    if "data" not in fields:
        return None
    return Told(fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"]))
