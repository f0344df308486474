"""Listeners: the ports of the exchange, each opened when it is first needed or because the config names it."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cpoctl import addresses
from cpoctl.config import FileSettings
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.files.ftp.listener import FtpListener
from cpoctl.files.transfers import Desk
from cpoctl.files.web import WebListener

PORTS: Final = {"http": 9080, "https": 9081, "ftp": 9021}
_KEYS: Final = {"http": "listen", "https": "tls_listen", "ftp": "ftp_listen"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ports:
    """Where to listen when the config says nothing: on the `host` of the charger port.

    `any_port` of a server whose addresses nobody keeps; `only_tls` where chargers come with TLS only.
    """

    host: str
    any_port: bool
    tls: ssl.SSLContext | None
    only_tls: bool


class Listeners:
    """The ports that are open."""

    def __init__(self, settings: FileSettings, ports: Ports, desk: Desk, opened: Callable[[str, str], None]) -> None:
        """`opened` is told the form and the address of each."""
        self._settings, self._ports, self._desk, self._opened = settings, ports, desk, opened
        self.where: dict[str, tuple[str, int]] = {}
        self._opening = asyncio.Lock()
        self._web: WebListener | None = None
        self._ftp: FtpListener | None = None

    def available(self) -> list[str]:
        """The forms that this server can do, in the order in which they are tried."""
        with_tls = ["https"] if self._ports.tls is not None else []
        return [*with_tls, "http", "ftp"] if self._ports.only_tls else ["http", *with_tls, "ftp"]

    def named(self, form: str) -> str | None:
        """The address that the config names."""
        named: str | None = getattr(self._settings, _KEYS[form])
        return named

    async def open(self, form: str) -> tuple[str, int]:
        """Listen, if that is not so already; where. Raises Conflict, StoreUnavailable."""
        self.must_be_on()
        async with self._opening:
            if form not in self.where:
                await asyncio.to_thread(self._desk.folder.prepare)
                host, port = self.where[form] = await self._listen(form)
                self._opened(form, f"{host}:{port}")
        return self.where[form]

    def must_be_on(self) -> None:
        """Raise Conflict where the config rules an exchange out."""
        if self._settings.off:
            raise Conflict(
                "the file exchange is switched off here",
                hints=["cpoctl config unset files.off    then restart", "add --url URL    a place of your own"],
            )

    async def reopen(self, form: str) -> None:
        """Listen where a charger was told before the server was started again."""
        try:
            await self.open(form)
        except Conflict as error:
            _log.warning("files: %s; chargers that were given a URL cannot use it", error.message)

    async def close(self) -> None:
        """Listen no more."""
        web, self._web = self._web, None
        ftp, self._ftp = self._ftp, None
        if web is not None:
            await web.stop()
        if ftp is not None:
            await asyncio.to_thread(ftp.stop)
        await asyncio.to_thread(self._desk.sending.end)

    async def _listen(self, form: str) -> tuple[str, int]:
        sock = self._bound(form)
        host, port = sock.getsockname()[:2]
        if form == "ftp":
            self._ftp = FtpListener(self._desk, sock, self._passive(), self._masquerade())
            self._ftp.start()
        else:
            tls = self._ports.tls if form == "https" else None
            if self._web is None:
                self._web = WebListener(self._desk)
                await self._web.start([(sock, tls)])
            else:
                await self._web.add(sock, tls)
        return host, port

    def _bound(self, form: str) -> socket.socket:
        where = self.named(form) or f"{self._ports.host}:{0 if self._ports.any_port else PORTS[form]}"
        host, _, port = where.rpartition(":")
        address = addresses.usable(self._ports.host)
        try:
            return socket.create_server(
                (host.strip("[]"), int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
        except (OSError, ValueError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not HOST:PORT"
            raise Conflict(
                f"cannot listen on {where} for files: {why}",
                target=where,
                hints=[f"cpoctl config set files.{_KEYS[form]} {address}:PORT    another port, then restart"],
            ) from error

    def _passive(self) -> Sequence[int] | None:
        first, _, last = (self._settings.passive_ports or "").partition("-")
        if not first:
            return None
        if not (first.isdigit() and last.isdigit() and 1024 <= int(first) <= int(last) < 65536):
            raise UsageProblem(
                f"files.passive_ports is {self._settings.passive_ports!r}, not FIRST-LAST",
                hints=["cpoctl config set files.passive_ports 50000-50100"],
            )
        return range(int(first), int(last) + 1)

    def _masquerade(self) -> str | None:
        """The address that passive FTP is told; a name has to be looked up for it."""
        if self._settings.host is None:
            return None
        try:
            return socket.gethostbyname(self._settings.host)
        except OSError as error:
            raise Conflict(f"files.host {self._settings.host} has no address: {error}") from error
