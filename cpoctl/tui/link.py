"""The link to the server: a snapshot, then the event stream, for as long as the dashboard lives (UX §5.3).

A thread reads and hands over what it hears on the dashboard's loop, in batches. When the server goes away it tries
again after 1, 2, 4 … 30 seconds, or at once when somebody asks for it, and begins with a fresh snapshot.
"""

import asyncio
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from cpoctl.client import Client, Told
from cpoctl.domain.rebuilding import is_news
from cpoctl.errors import CpoctlError, ServerDown
from cpoctl.operations import Query, Stream
from cpoctl.operations.charger import ChargerRow
from cpoctl.operations.charger.list import ListChargers

_LONGEST_WAIT_S = 30.0
_LISTENING = "listening"


@dataclass(frozen=True)
class Synced:
    """A whole picture: everything live at one sequence number, and the chargers' records."""

    snapshot: dict[str, Any]
    chargers: list[dict[str, Any]]


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
        self._loop = asyncio.get_running_loop()
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
        """Hand one thing over to the loop."""
        first = not self._news
        self._news.append(news)
        if first and not self._ended.is_set():
            try:
                self._loop.call_soon_threadsafe(self._deliver)
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
            try:
                self.read()
                raise ServerDown("the server ended the stream", hints=["cpoctl status"])
            except CpoctlError as error:
                if self._ended.is_set():
                    return
                wait = min(_LONGEST_WAIT_S, 2.0**self.tries) * random.uniform(0.8, 1.0)  # noqa: S311 # spreads the load
                self.tries += 1
                self._again.clear()
                self.tell(Lost(error, self.tries, wait))
                self._again.wait(wait)


class Link(Reading):
    """Reads the live state of the whole fleet. `since` tells from when on energy counts as today's."""

    def __init__(self, client: Client, hear: Callable[[list[News]], None], since: Callable[[], str]) -> None:
        super().__init__(client, hear, "events")
        self._since = since

    def read(self) -> None:
        """A snapshot, then what happens from there on. The stream is opened first, so that nothing falls between."""
        snapshot: dict[str, Any] = {}
        for told in self._client.events(_Happenings()):
            if told.event == _LISTENING:
                snapshot = self._client.request("GET", f"/v1/snapshot?since={self._since()}")
                self.tell(Synced(snapshot, self._client.run(ListChargers())))
                self.tries = 0
            elif is_news(told.data, snapshot):
                self.tell(told)


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
