"""A running server: store, central system, charger port and control API, from start to orderly stop."""

import asyncio
import gc
import logging
import shutil
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpoctl import operations, plugins
from cpoctl.addresses import usable
from cpoctl.campaigns.engine import Engine
from cpoctl.clock import Clock, SystemClock
from cpoctl.config import (
    AlertSettings,
    ApiSettings,
    Config,
    FileSettings,
    MoneySettings,
    RecipeSettings,
    ServeSettings,
    database_path,
    socket_path,
)
from cpoctl.csms.central import CentralSystem
from cpoctl.csms.ledger import noted
from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict, StoreUnavailable, UsageProblem
from cpoctl.events import Event, FilesOpened
from cpoctl.files.exchange import HEARD, Exchange, Reached, Surroundings
from cpoctl.files.listeners import Ports
from cpoctl.foreground import attended
from cpoctl.http import elsewhere
from cpoctl.http.app import create_app
from cpoctl.http.serving import serve_api
from cpoctl.parameters import declared
from cpoctl.store.sqlite import leftovers, open_store
from cpoctl.store.sqlite.prune import Retention
from cpoctl.store.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from fastapi import FastAPI

SWITCH_INTERVAL: Final = 0.0002  # how soon the writer thread gets its turn; at 1 ms all chargers waited for it
GC_THRESHOLD: Final = 50_000  # young objects; the default pauses 10,000 busy connections for 0.7 s
PRUNE_EVERY: Final = 3600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """What runs, and where it can be reached."""

    central: CentralSystem
    charger_host: str
    charger_port: int
    tls: bool
    socket: Path
    db: Path
    api: str | None = None  # where operators elsewhere ask
    secure: tuple[str, int] | None = None  # where chargers come with TLS, beside those without

    @property
    def url(self) -> str:
        """What a charger is pointed at, up to its id."""
        return self.urls[0]

    @property
    def urls(self) -> list[str]:
        """The same for each address on which chargers are listened for."""
        first = f"{'wss' if self.tls else 'ws'}://{usable(self.charger_host)}:{self.charger_port}/"
        return [first, *([f"wss://{usable(self.secure[0])}:{self.secure[1]}/"] if self.secure else [])]


@asynccontextmanager
async def running(
    settings: ServeSettings,
    clock: Clock | None = None,
    *,
    api: ApiSettings | None = None,
    alerts: AlertSettings | None = None,
    files: FileSettings | None = None,
    recipes: Mapping[str, RecipeSettings] | None = None,
    money: MoneySettings | None = None,
) -> AsyncIterator[Running]:
    """Run a server. Raises Conflict when the database, a port or the socket is taken."""
    api = api or ApiSettings()
    elsewhere.checked(api)
    with _Places(settings) as places:
        store = open_store(places.db, lock_info={"socket": str(places.socket), "ephemeral": settings.ephemeral})
        try:
            central = await CentralSystem.start(store, clock or SystemClock(), settings, alerts, money)
            known = Config(api=api, files=files or FileSettings(), recipe=recipes or {})
            async with _on(central, store, settings, known, places) as server:
                yield server
        finally:
            await store.close()


@asynccontextmanager
async def _on(
    central: CentralSystem,
    store: SqliteStore,
    settings: ServeSettings,
    known: Config,
    places: "_Places",
) -> AsyncIterator[Running]:
    pruning = asyncio.get_running_loop().create_task(_prune(store, settings, known.files, central.clock))
    exchange: Exchange | None = None
    engine = Engine(central.ledger, central.tasks, central.clock)
    try:
        tls = _tls(settings.tls_cert, settings.tls_key, "cpoctl serve --tls-cert chain.pem --tls-key key.pem")
        beside = settings.tls_listen
        exchange = await _exchange(central, known, settings, tls)
        await engine.open()
        host, port = await _listen(central, settings.listen, None if beside else tls)
        secure = await _listen(central, beside, tls) if beside else None
        every = [kind for module in plugins.load_all(operations) for kind in declared(module)]
        app = create_app(every, Face(central))
        async with _served(app, known.api, places.socket) as url:
            listen = [f"{host}:{port}", *([f"{secure[0]}:{secure[1]}"] if secure else [])]
            store.announce(listen=listen, api=url, tls_cert=settings.tls_cert)
            whole = tls is not None and secure is None
            yield Running(central, host, port, whole, places.socket, places.db, url, secure)
    finally:
        pruning.cancel()
        await engine.close()
        if exchange is not None:
            await exchange.close()
        await central.close()


async def _exchange(
    central: CentralSystem, known: Config, settings: ServeSettings, tls: ssl.SSLContext | None
) -> Exchange:
    """The file exchange beside a central system, which from then on offers it to operations."""

    def make(charger_id: str) -> tuple[str | None, str | None, str | None]:
        charger = central.fleet.live.charger(charger_id)
        return (charger.vendor, charger.model, charger.firmware) if charger else (None, None, None)

    def reached(charger_id: str) -> Reached:
        connection = central.fleet.connection(charger_id)
        return Reached(connection.socket.address, connection.socket.dialled) if connection else Reached()

    host, _, port = settings.listen.rpartition(":")
    only_tls = tls is not None and settings.tls_listen is None
    around = Surroundings(
        ports=Ports(host.strip("[]"), any_port=settings.ephemeral or port == "0", tls=tls, only_tls=only_tls),
        make=make,
        reached=reached,
        here=lambda: [each.charger_id for each in central.fleet.live.chargers.values() if each.link],
        recipes=known.recipe,
        tell=lambda unit, happened: central.ledger.commit(unit, happened, noted),
    )
    exchange = await Exchange.start(central.store, central.clock, known.files, around)
    central.ledger.bus.listen(exchange.heard, *HEARD)
    central.files = exchange
    return exchange


@asynccontextmanager
async def _served(app: "FastAPI", api: ApiSettings, path: Path) -> AsyncIterator[str | None]:
    """The control API on its socket and, if switched on, for operators elsewhere at the address that comes back."""
    async with AsyncExitStack() as stack:
        local = await serve_api(app, path)
        stack.push_async_callback(local.stop)
        tls = _tls(api.cert, api.key, "cpoctl serve --api-listen 0.0.0.0:9443 --api-cert chain.pem --api-key key.pem")
        found = await elsewhere.listen(app, api, tls)
        if found is None:
            yield None
            return
        remote, host, port = found
        stack.push_async_callback(remote.stop)
        yield f"{'https' if tls else 'http'}://{usable(host)}:{port}"


class _Places:
    """Where database and socket are; a temporary folder for an ephemeral server, removed in the end."""

    def __init__(self, settings: ServeSettings) -> None:
        if settings.ephemeral:
            leftovers.remove()
        self._folder = Path(tempfile.mkdtemp(prefix=leftovers.PREFIX)) if settings.ephemeral else None
        self.db = self._folder / leftovers.DATABASE if self._folder else database_path(settings.db).absolute()
        given = settings.socket is not None or self._folder is None
        self.socket = socket_path(settings.socket).absolute() if given else (self._folder or Path()) / "cpoctl.sock"

    def __enter__(self) -> "_Places":
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


async def _listen(central: CentralSystem, where: str, tls: ssl.SSLContext | None) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    try:
        return await central.listen(host.strip("[]"), int(port), tls)
    except OSError as error:
        raise Conflict(
            f"cannot listen on {where}: {error.strerror or error}",
            target=where,
            hints=["cpoctl serve --listen 0.0.0.0:9001    another port", "cpoctl status    whether one runs already"],
        ) from error


def _tls(cert: str | None, key: str | None, how: str) -> ssl.SSLContext | None:
    """TLS for chargers and operators: 1.2 or newer, no compression (A00.FR.312 to 318)."""
    if cert is None or key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    # The suites that the whitepaper names, and their ECDSA kin; RSA key exchange is what old chargers have.
    context.set_ciphers("ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384")
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise UsageProblem(
            f"cannot use the certificate {cert}: {error.strerror or error}",
            target=cert,
            hints=[how],
        ) from error
    return context


async def _prune(store: SqliteStore, settings: ServeSettings, files: FileSettings, clock: Clock) -> None:
    policy = Retention(
        journal=timedelta(days=settings.journal_days),
        events=timedelta(days=settings.event_days),
        transfers=timedelta(days=files.transfer_days),
        samples=timedelta(days=settings.meter_days) if settings.meter_days > 0 else None,
    )
    while True:
        await asyncio.sleep(PRUNE_EVERY)
        try:
            await store.prune(policy, clock.now())
        except StoreUnavailable as error:  # a full disk is no reason never to make room again (D-15)
            _log.warning("nothing is pruned this hour: %s", error)


def serve_until_stopped(settings: ServeSettings, known: Config) -> None:
    """Serve in the foreground; SIGTERM, SIGINT and a terminal that closes end it in order, a second one at once."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    attended(lambda stop: _serve(settings, known, stop))


async def _serve(settings: ServeSettings, known: Config, stop: asyncio.Event) -> None:
    async with running(
        settings, api=known.api, alerts=known.alerts, files=known.files, recipes=known.recipe, money=known.money
    ) as server:
        _warn(settings, server)
        where = " or ".join(f"{url}<charger id>" for url in server.urls)
        _say(f"ready: chargers connect to {where}, operators use {server.socket}")
        if server.api:
            _say(f"operators elsewhere use {server.api} and a key: cpoctl key create NAME --role viewer")
        for form, url in server.central.files.facts().items():
            if url:
                _say(f"files: chargers fetch and upload by {form} on {url}")
        server.central.ledger.bus.listen(_files_opened, FilesOpened)
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD, 20, 100)
        await stop.wait()
        _say("stopping")


def _warn(settings: ServeSettings, server: Running) -> None:
    if settings.accept_all and not server.charger_host.startswith(("127.", "::1")):
        _say("warning: --accept-all lets in every charger and every tag that can reach this port")
    if settings.ephemeral:
        _say("note: this database is temporary and is removed at the end")


def _files_opened(seq: int | None, event: Event) -> None:
    """Nobody opens a port in silence."""
    if isinstance(event, FilesOpened):
        _say(f"files: chargers fetch and upload by {event.form} on {event.address}")


def _say(text: str) -> None:
    with suppress(OSError):  # where nobody can write a line any more, chargers are served all the same (D-14)
        print(text, file=sys.stderr, flush=True)
