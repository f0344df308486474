"""A server elsewhere, over HTTPS with a key.

Its certificate is held against the system's store, or against the one file that the caller names.
"""

import socket
import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import httpx

from cpoctl.addresses import is_loopback
from cpoctl.client import BYTES, CONNECT_SECONDS, SILENCE_SECONDS, Client, Line, judged
from cpoctl.errors import Denied, ServerDown, TimedOut, UsageProblem
from cpoctl.routes import Filled

_NO_KEY = (
    "add --key-file FILE    a file that holds your key",
    "cpoctl key create NAME --role viewer    an admin makes one, on the server",
)


class HttpsClient(Client):
    """Asks a server at `https://HOST:PORT`."""

    def __init__(self, url: str, *, timeout: float | None = 120.0, key: str | None, ca_file: str | None = None) -> None:
        super().__init__(timeout=timeout)
        self.url = _origin(url)
        if not key:
            raise Denied(f"{self.url} wants a key", target=self.url, hints=_NO_KEY)
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._trust = _trust(ca_file)

    def ask(self, request: Filled) -> Any:
        """Send a request and read the whole answer."""
        with self.line() as line, self._telling(), self._client(self.timeout) as client:
            answer = client.send(self._built(client, request, line))
            return judged(answer.status_code, answer.content)

    def hand_over(self, target: str, file: IO[bytes], size: int) -> Any:
        """Send a file in blocks."""
        with self.line() as line, self._telling(), self._client(self.timeout) as client:
            built = self._built(client, Filled("PUT", target, None), line, file, {"Content-Length": str(size)})
            answer = client.send(built)
            return judged(answer.status_code, answer.content)

    def stream(self, request: Filled) -> Generator[bytes, None, None]:
        """The blocks of an answer as they come."""
        with self.line() as line, self._telling(), self._client(self.timeout) as client:
            built = self._built(client, request, line)
            built.extensions["timeout"]["read"] = SILENCE_SECONDS
            answer = client.send(built, stream=True)
            try:
                if answer.status_code != 200:
                    judged(answer.status_code, answer.read())
                yield from answer.iter_bytes()
            finally:
                answer.close()

    def _client(self, timeout: float | None) -> httpx.Client:
        patience = httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout or CONNECT_SECONDS))
        return httpx.Client(
            base_url=self.url,
            headers=self._headers,
            verify=self._trust,
            timeout=patience,
            trust_env=self.url.startswith("https"),  # a proxy would read what goes to this machine's own address
        )

    def _built(
        self,
        client: httpx.Client,
        request: Filled,
        line: Line,
        file: IO[bytes] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        headers = {} if request.body is None else {"Content-Type": "application/json"}
        headers |= {"Content-Type": BYTES, **(more or {})} if file is not None else {}
        # The target is bytes already: httpx would undo the percent-encoding of a charger's id.
        url = client.base_url.copy_with(raw_path=request.target.encode("ascii"))
        built = client.build_request(
            request.method, url, content=request.body if file is None else file, headers=headers
        )
        built.extensions["trace"] = partial(_note_socket, line)
        return built

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Every way in which a connection fails, as an error of ours."""
        try:
            yield
        except httpx.ConnectTimeout as error:
            raise ServerDown(f"{self.url} does not answer", target=self.url, hints=self._hints()) from error
        except httpx.TimeoutException as error:
            raise TimedOut(
                f"the server said nothing for {self.timeout or SILENCE_SECONDS:g} s",
                hints=["cpoctl status    is it healthy"],
            ) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if self.url.startswith("http:") and _speaks_tls(self.url):
                raise self._other("https") from error
            raise ServerDown(f"{self.url} ended the connection", target=self.url, hints=self._hints()) from error
        except httpx.TransportError as error:
            if "WRONG_VERSION_NUMBER" in str(error):  # of TLS: what answers does not speak it
                raise self._other("http") from error
            raise ServerDown(f"{self.url}: {_reason(error)}", target=self.url, hints=self._hints(error)) from error

    def _other(self, scheme: str) -> UsageProblem:
        """It was reached by the wrong scheme."""
        host = urlsplit(self.url).hostname or ""
        url = f"{scheme}{self.url[self.url.index(':') :]}"
        instead, hint = f"use {url}", f"cpoctl --server {url} …"
        if scheme == "http" and not is_loopback(host):
            instead = "a key must not cross a network in the clear"
            hint = "cpoctl serve --api-cert FILE --api-key FILE …    on that machine, so that it speaks https"
        return UsageProblem(f"{self.url}: it speaks {scheme} here; {instead}", target=self.url, hints=[hint])

    def _hints(self, error: Exception | None = None) -> list[str]:
        if error is not None and "CERTIFICATE_VERIFY_FAILED" in str(error):
            return ["add --ca-file FILE    the server's own certificate, or that of its authority"]
        return ["cpoctl context list    which servers are known", "cpoctl serve --api-listen …    on that machine"]


def _note_socket(line: Line, step: str, info: Mapping[str, Any]) -> None:
    """TLS begins on a new socket object, which takes the place of the one before."""
    if step.startswith(("connection.connect_tcp.complete", "connection.start_tls.complete")):
        line.carried_by(info["return_value"].get_extra_info("socket"))


def _origin(url: str) -> str:
    """The address without anything behind the port. Raises UsageProblem."""
    how = ["cpoctl --server https://cpo.example.org:9443 --key-file FILE status    the form it takes"]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageProblem(f"{url} is no address of a server: {error}", hints=how) from error
    if not host or parts.path.strip("/") or parts.query or parts.username:
        raise UsageProblem(f"{url} is no address of a server", hints=how)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageProblem(f"{url}: a key must not cross a network in the clear", hints=how)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port}" if port else f"{parts.scheme}://{shown}"


def _speaks_tls(url: str) -> bool:
    """Whether what listens there begins a TLS handshake with a stranger."""
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is told, nobody is believed
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 80), CONNECT_SECONDS) as plain,
            context.wrap_socket(plain),
        ):
            return True
    except OSError:
        return False


def _trust(ca_file: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(Path(ca_file).expanduser()) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise UsageProblem(
            f"cannot use {ca_file} as a certificate: {error.strerror or error}",
            target=ca_file,
            hints=["add --ca-file FILE    a PEM file"],
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _reason(error: Exception) -> str:
    text = str(error)
    return text.partition("certificate verify failed: ")[2].partition(" (_ssl")[0] or text or type(error).__name__
