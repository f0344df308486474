"""The server's unix socket: plain HTTP/1.0 over a raw socket.

`http.client` would import ssl and double the time of a command.
"""

import socket
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any

from cpoctl.client import BYTES, CONNECT_SECONDS, HOW_TO_START, SILENCE_SECONDS, Client, Line, judged
from cpoctl.errors import CpoctlError, ServerDown, TimedOut
from cpoctl.routes import Filled

_BLOCK = 65536


class UnixClient(Client):
    """Asks the server that listens on a unix socket."""

    def __init__(self, path: Path | str, *, timeout: float | None = 120.0) -> None:
        super().__init__(timeout=timeout)
        self.path = Path(path)

    def ask(self, request: Filled) -> Any:
        """Send a request and read the whole answer."""
        with self.line() as line, self._sent(request, line) as sock:
            answer = bytearray()
            while block := self._block(sock):
                answer += block
        head, _, body = bytes(answer).partition(b"\r\n\r\n")
        return judged(_status(head), body)

    def hand_over(self, target: str, file: IO[bytes], size: int) -> Any:
        """Send a file; the kernel moves its bytes."""
        with self.line() as line, self._sent(Filled("PUT", target, b""), line, _head_of_file(target, size)) as sock:
            try:
                sock.sendfile(file, count=size) if size else None
            except OSError as error:
                raise self._down(error) from error
            answer = bytearray()
            while block := self._block(sock):
                answer += block
        head, _, body = bytes(answer).partition(b"\r\n\r\n")
        return judged(_status(head), body)

    def stream(self, request: Filled) -> Generator[bytes, None, None]:
        """The blocks of an answer as they come."""
        with self.line() as line, self._sent(request, line) as sock:
            buffer = b""
            while b"\r\n\r\n" not in buffer:
                if not (block := self._block(sock)):
                    raise ServerDown("the server ended the connection", hints=[HOW_TO_START])
                buffer += block
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            if _status(head) != 200:
                while block := self._block(sock):
                    buffer += block
                judged(_status(head), buffer)
            sock.settimeout(SILENCE_SECONDS)
            yield buffer
            while block := self._block(sock):
                yield block

    def _sent(self, request: Filled, line: Line, head: bytes | None = None) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(CONNECT_SECONDS, self.timeout or CONNECT_SECONDS))
            sock.connect(str(self.path))
            line.carried_by(sock)
            sock.settimeout(self.timeout)
            sock.sendall((head or _head(request)) + (request.body or b""))
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
        return ServerDown(f"no server answers on {self.path}: {error.strerror or error}", hints=[HOW_TO_START])


def _head(request: Filled) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.0", "Host: cpoctl", "Accept: application/json"]
    if request.body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(request.body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _head_of_file(target: str, size: int) -> bytes:
    lines = [f"PUT {target} HTTP/1.0", "Host: cpoctl", "Accept: application/json"]
    lines += [f"Content-Type: {BYTES}", f"Content-Length: {size}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _status(head: bytes) -> int:
    try:
        return int(head.split(None, 2)[1])
    except (IndexError, ValueError):
        raise ServerDown("what answers there is not cpoctl", hints=[HOW_TO_START]) from None
