"""The link to the server: a snapshot, then the event stream, for as long as the dashboard lives (UX §5.3).

A thread reads and hands over what it hears on the dashboard's loop, in batches. When the server goes away it tries
again after 1, 2, 4 … 30 seconds (3 on this machine, where a try costs nothing), or at once when somebody asks for it,
and begins with a fresh snapshot.
"""

import asyncio
import contextvars
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from cpoctl.client import Client, Told
from cpoctl.client.unix import UnixClient
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.domain.rebuilding import Snapshot, ToldCharger, Written, fleet_of, is_news, read_snapshot
from cpoctl.errors import CpoctlError, ServerDown
from cpoctl.operations import Query, Stream
from cpoctl.operations.charger import ChargerRow, live_facts
from cpoctl.routes import Filled

_LONGEST_WAIT_S = 30.0
_LONGEST_WAIT_HERE_S = 3.0
_LISTENING = "listening"
_WAITING_MOST = 10_000
_LOOKS_AGAIN_S = 0.2


@dataclass(frozen=True)
class Synced:
    """A whole picture: everything live at one sequence number, the known chargers' rows, and their energy of today."""

    seq: int
    at: str
    role: str | None
    live: LiveFleet
    rows: dict[str, ChargerRow]
    today_wh: dict[str, float]


@dataclass(frozen=True)
class Lost:
    """The server is gone; the next try is so many seconds away."""

    error: CpoctlError
    tries: int
    wait_s: float


News = Synced | Lost | Told


@dataclass(frozen=True, kw_only=True)
class _Happenings(Query):
    """Everything that happens from now on."""

    path: ClassVar[str] = "_events"
    route: ClassVar[str] = "GET /events"
    row: ClassVar[type] = ChargerRow

    seen: bool = True  # also when chargers were heard last


class Reading:
    """A thread that reads, and begins again when the server was gone. `hear` is called on the loop, with all the news."""

    def __init__(self, client: Client, hear: Callable[[list[Any]], None], name: str) -> None:
        self._client, self._hear = client, hear
        self._here = isinstance(client, UnixClient)
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()  # a thread has none, and widgets that hear want to know their app
        self._news: deque[Any] = deque()
        self._ended = threading.Event()
        self._again = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def try_again(self) -> None:
        """Do not wait any longer."""
        self._again.set()

    def close(self) -> None:
        """Hear nothing more, and let the thread end."""
        self._ended.set()
        self._again.set()
        self._client.hang_up()

    def read(self) -> None:
        """Tell what there is and go on with what happens, until the server ends it."""
        raise AssertionError(f"{type(self).__name__} reads nothing")

    def tell(self, news: Any) -> None:
        """Hand one thing over to the loop. Waits while it takes nothing, as when the terminal hangs (memory is finite)."""
        while len(self._news) >= _WAITING_MOST and not self._ended.wait(_LOOKS_AGAIN_S):
            pass
        self._news.append(news)
        # Looked at afterwards: before it, the loop could take the last one and nobody would call it for this one.
        if len(self._news) == 1 and not self._ended.is_set():
            try:
                self._loop.call_soon_threadsafe(self._deliver, context=self._context)
            except RuntimeError:  # the loop is closed: the dashboard has ended
                self._ended.set()

    def _deliver(self) -> None:
        news = []
        while self._news:
            news.append(self._news.popleft())
        if news and not self._ended.is_set():
            self._hear(news)

    def _run(self) -> None:
        self.tries = 0
        while not self._ended.is_set():
            error = self._read()
            if self._ended.is_set():
                return
            wait = wait_s(self.tries, here=self._here)
            self.tries += 1
            self._again.clear()
            self.tell(Lost(error, self.tries, wait))
            self._again.wait(wait)

    def _read(self) -> CpoctlError:
        """Read until it ends, and why it did."""
        try:
            self.read()
            return ServerDown("the server ended the stream", hints=["cpoctl status"])
        except CpoctlError as error:
            return error
        except Exception as error:  # noqa: BLE001 # supervises the thread: without it the picture would stand still unsaid
            return CpoctlError(f"unexpected: {type(error).__name__}: {error}", hints=["cpoctl status"])


def wait_s(tries: int, *, here: bool) -> float:
    """How long to wait after so many tries in vain."""
    longest = _LONGEST_WAIT_HERE_S if here else _LONGEST_WAIT_S
    return min(longest, 2.0 ** min(tries, 10)) * random.uniform(0.8, 1.0)  # noqa: S311 # spreads the load


class _Moment(NamedTuple):
    """The places of the newest events that a snapshot holds."""

    seq: int
    order: int


class Link(Reading):
    """Reads the live state of the whole fleet. `since` tells from when on energy counts as today's."""

    def __init__(self, client: Client, hear: Callable[[list[News]], None], since: Callable[[], str]) -> None:
        super().__init__(client, hear, "events")
        self._since = since

    def read(self) -> None:
        """A snapshot, then what happens from there on. The stream is opened first, so that nothing falls between."""
        moment = _Moment(0, 0)
        for told in self._client.events(_Happenings()):
            if told.event == _LISTENING:
                moment = self._sync()
                self.tries = 0
            elif is_news(told.data, moment):
                self.tell(told)

    def _sync(self) -> _Moment:
        """Tell the whole picture, which is made here so that keys are heard meanwhile; the moment that it holds."""
        request = Filled("GET", f"/v1/snapshot?since={quote(self._since())}", None)
        snapshot = read_snapshot(b"".join(self._client.stream(request)))
        self.tell(whole(snapshot))
        return _Moment(snapshot.seq, snapshot.order)


def whole(snapshot: Snapshot) -> Synced:
    """The whole picture that a snapshot tells."""
    live = fleet_of(snapshot)
    keys = {key: key for key in live.chargers}  # each is there once, whoever names it
    rows = {
        key: _row(record, snapshot.written.get(record.charger_id), live.chargers[key])
        for record in snapshot.chargers
        if record.known and (key := keys[record.charger_id.casefold()])
    }
    today_wh = {keys.get(key, key): wh for name, wh in snapshot.energy_wh.items() if (key := name.casefold())}
    return Synced(snapshot.seq, snapshot.at, snapshot.role, live, rows, today_wh)


def _row(told: ToldCharger, written: Written | None, charger: LiveCharger) -> ChargerRow:
    """A charger as `charger list` has it; made at once, because there may be 10,000 of them before anything is shown."""
    return ChargerRow(
        charger_id=told.charger_id,
        **live_facts(charger),
        last_seen_at=told.last_seen_at,
        registration=told.registration,
        version=told.version,
        vendor=told.vendor,
        model=told.model,
        firmware=told.firmware,
        serial=told.serial,
        booted_at=told.booted_at,
        auth=told.auth or "none",
        stale=False,
        name=written.name if written else None,
        site_id=told.site_id,
        labels=told.labels,
        note=written.note if written else None,
    )


class Follower(Reading):
    """Reads the rows of an operation that goes on, such as the wire log. A Lost among them is a gap."""

    def __init__(self, client: Client, stream: Stream, hear: Callable[[list[Any]], None]) -> None:
        super().__init__(client, hear, type(stream).path)
        self._stream = stream

    def read(self) -> None:
        """The last rows, then each new one."""
        for told in self._client.events(self._stream):
            self.tries = 0
            self.tell(told.data)
