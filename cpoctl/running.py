"""A running server: store, central system, charger port and control API, from start to orderly stop."""

import asyncio
import gc
import shutil
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cpoctl import operations, plugins
from cpoctl.clock import Clock, SystemClock
from cpoctl.config import ServeSettings, database_path, socket_path
from cpoctl.csms.central import CentralSystem
from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.http.app import create_app
from cpoctl.http.serving import serve_api
from cpoctl.parameters import declared
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.prune import Retention
from cpoctl.store.sqlite.store import SqliteStore

SWITCH_INTERVAL: Final = 0.001  # the writer thread gets its turn within a millisecond, not five
GC_THRESHOLD: Final = 50_000  # young objects; the default pauses 10,000 busy connections for 0.7 s
PRUNE_EVERY: Final = 3600.0


@dataclass(frozen=True)
class Running:
    """What runs, and where it can be reached."""

    central: CentralSystem
    charger_host: str
    charger_port: int
    tls: bool
    socket: Path
    db: Path

    @property
    def url(self) -> str:
        """What a charger is pointed at, up to its id."""
        host = _reachable(self.charger_host)
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.charger_port}/"


@asynccontextmanager
async def running(settings: ServeSettings, clock: Clock | None = None) -> AsyncIterator[Running]:
    """Run a server. Raises Conflict when the database, the port or the socket is taken."""
    with _Places(settings) as places:
        store = open_store(places.db, lock_info={"socket": str(places.socket)})
        try:
            async with _on(store, settings, places, clock or SystemClock()) as server:
                yield server
        finally:
            await store.close()


@asynccontextmanager
async def _on(store: SqliteStore, settings: ServeSettings, places: "_Places", clock: Clock) -> AsyncIterator[Running]:
    central = await CentralSystem.start(store, clock, settings)
    pruning = asyncio.get_running_loop().create_task(_prune(store, settings, clock))
    try:
        tls = _tls(settings)
        host, port = await _listen(central, settings.listen, tls)
        every = [kind for module in plugins.load_all(operations) for kind in declared(module)]
        api = await serve_api(create_app(every, Face(central)), places.socket)
        store.announce(listen=[f"{host}:{port}"])
        try:
            yield Running(central, host, port, tls is not None, places.socket, places.db)
        finally:
            await api.stop()
    finally:
        pruning.cancel()
        await central.close()


class _Places:
    """Where database and socket are; a temporary folder for an ephemeral server, removed in the end."""

    def __init__(self, settings: ServeSettings) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cpoctl-")) if settings.ephemeral else None
        self.db = self._folder / "cpoctl.db" if self._folder else database_path(settings.db).absolute()
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


def _tls(settings: ServeSettings) -> ssl.SSLContext | None:
    """TLS for chargers: 1.2 or newer, no compression (A00.FR.312 to 318)."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    # The suites that the whitepaper names, and their ECDSA kin; RSA key exchange is what old chargers have.
    context.set_ciphers("ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384")
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise UsageProblem(
            f"cannot use the certificate {settings.tls_cert}: {error.strerror or error}",
            target=settings.tls_cert,
            hints=["cpoctl serve --tls-cert chain.pem --tls-key key.pem"],
        ) from error
    return context


async def _prune(store: SqliteStore, settings: ServeSettings, clock: Clock) -> None:
    policy = Retention(journal=timedelta(days=settings.journal_days), events=timedelta(days=settings.event_days))
    while True:
        await asyncio.sleep(PRUNE_EVERY)
        await store.prune(policy, clock.now())


def serve_until_stopped(settings: ServeSettings) -> None:
    """Serve in the foreground; SIGTERM and SIGINT end it in order, a second one at once."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, where it exists (not on Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def stop_signal(*numbers: signal.Signals) -> asyncio.Event:
    """An event that the first of these signals sets; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told_to_stop() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # Python's own for SIGINT would still wait for the order
        stop.set()

    for number in numbers:
        loop.add_signal_handler(number, told_to_stop)
    return stop


async def _serve(settings: ServeSettings) -> None:
    stop = stop_signal(signal.SIGINT, signal.SIGTERM)
    async with running(settings) as server:
        _warn(settings, server)
        _say(f"ready: chargers connect to {server.url}<charger id>, operators use {server.socket}")
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _reachable(host: str) -> str:
    """The address that others can use for a host that we are bound to."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 # compared, not bound
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system only picks the outgoing address
        except OSError:
            return "127.0.0.1"
        name: str = probe.getsockname()[0]
        return name
