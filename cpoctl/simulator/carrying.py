"""Carrying: a simulated charger really fetches and uploads where the URL means this machine, and nowhere else.

Blocking calls for a thread, as a charger's firmware makes them; each is bounded in time.
"""

import ftplib
import io
import ssl
import time
import urllib.request
from http.client import HTTPException
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from cpoctl.addresses import is_loopback
from cpoctl.simulator.misbehaving import Carriage

WITHIN_S: Final = 60.0
SCHEMES: Final = ("http", "https", "ftp")
_BLOCK: Final = 64 << 10
_SLOW: Final = 1e6  # bytes a second
_BOUNDARY: Final = "simulated-charger"


class Failed(Exception):
    """A file did not come or go whole."""


def is_real(url: str) -> bool:
    """Whether a file is really moved there."""
    parts = urlsplit(url)
    return parts.scheme in SCHEMES and is_loopback(parts.hostname or "")


def fetch(url: str, how: Carriage | None) -> int:
    """Fetch a file and forget it; how many bytes it had. Raises Failed."""
    parts, count = urlsplit(url), 0

    def take(block: bytes) -> None:
        nonlocal count
        count += len(block)
        if how is Carriage.HALF:
            raise Failed("the line broke")
        if how is Carriage.SLOW:
            time.sleep(len(block) / _SLOW)

    try:
        if parts.scheme == "ftp":
            with _dialled(parts) as ftp:
                ftp.retrbinary(f"RETR {unquote(parts.path)}", take, blocksize=_BLOCK)
            return count
        with urllib.request.urlopen(url, timeout=WITHIN_S, context=_tls(parts)) as answer:  # noqa: S310 # a scheme of ours
            while block := answer.read(_BLOCK):
                take(block)
    except (OSError, EOFError, HTTPException, ftplib.Error) as error:
        raise Failed(str(error)) from error
    return count


def upload(url: str, name: str, content: bytes, how: Carriage | None) -> None:
    """Upload a file into what the URL names. Raises Failed."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "ftp":
            with _dialled(parts) as ftp:
                ftp.storbinary(f"STOR {unquote(parts.path).rstrip('/')}/{name}", _source(content, how))
            return
        urllib.request.urlopen(_request(url, name, content, how), timeout=WITHIN_S, context=_tls(parts)).close()  # noqa: S310 # a scheme of ours
    except (OSError, EOFError, HTTPException, ftplib.Error) as error:
        raise Failed(str(error)) from error


def _dialled(parts: SplitResult) -> ftplib.FTP:
    ftp = ftplib.FTP(timeout=WITHIN_S)  # noqa: S321 # what chargers speak
    ftp.connect(parts.hostname or "", parts.port or 21)
    ftp.login(unquote(parts.username or "anonymous"), unquote(parts.password or ""))
    return ftp


def _request(url: str, name: str, content: bytes, how: Carriage | None) -> urllib.request.Request:
    if how is Carriage.FORM:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return urllib.request.Request(url, data=body, headers=kind, method="POST")  # noqa: S310 # a scheme of ours
    method = "POST" if how is Carriage.POST else "PUT"
    kind = {"Content-Type": "application/octet-stream", "Content-Length": str(len(content))}
    return urllib.request.Request(  # noqa: S310 # a scheme of ours
        f"{url.rstrip('/')}/{name}", data=_source(content, how), headers=kind, method=method
    )


class _Breaking(io.BytesIO):
    """A content of which only the first half can be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next block, until the line breaks."""
        half = len(self.getvalue()) // 2
        if self.tell() >= half:
            raise Failed("the line broke")
        return super().read(min(size if size is not None and size > 0 else _BLOCK, half - self.tell()))


def _source(content: bytes, how: Carriage | None) -> io.BytesIO:
    return _Breaking(content) if how is Carriage.HALF else io.BytesIO(content)


def _tls(parts: SplitResult) -> ssl.SSLContext | None:
    """Chargers are given our certificate as a root; a simulated one takes it unseen."""
    if parts.scheme != "https":
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
