"""A server's face on a real database file, without any charger behind it, and the API served in a thread."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

from cpoctl import events, operations, plugins
from cpoctl.clock import SystemClock
from cpoctl.csms.no_files import NoFiles
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.errors import Expired
from cpoctl.http.app import create_app
from cpoctl.http.feeds import Feeds
from cpoctl.http.serving import serve_api
from cpoctl.operations import (
    Act,
    Answer,
    Argument,
    Danger,
    Files,
    JsonText,
    Operation,
    Operator,
    Option,
    Outcome,
    Query,
    Record,
    Role,
    Secret,
    Stream,
    accepted,
)
from cpoctl.operations.task import FrameRow, Order
from cpoctl.parameters import declared
from cpoctl.store.rows import Row
from cpoctl.store.sqlite.reading import OfflineReader
from cpoctl.table import Column
from tests.support.databases import empty_database

HOSTILE = "\x1b]0;pwn\x07[/foo]\u202e=1+1\t\x9b2J"


def database(path: Path, chargers: Sequence[str] = ("HQ-01", "HQ-02")) -> Path:
    """A database with the released schema and some chargers."""
    connection = sqlite3.connect(empty_database(path))
    connection.executemany(
        "INSERT INTO charger (charger_id, registration, known, added_at, vendor, model)"
        " VALUES (?, 'Accepted', 1, '2026-11-22T10:00:00.000Z', 'Acme', ?)",
        [(charger_id, HOSTILE) for charger_id in chargers],
    )
    connection.execute(
        "INSERT INTO run VALUES (1, '2026-11-22T10:00:00.000Z', '2026-11-22T13:58:02.000Z', NULL, '1', 1)"
    )
    connection.commit()
    connection.close()
    return path


@dataclass(frozen=True)
class Line:
    """A row of a stream."""

    number: Annotated[int, Column("NO")]
    text: Annotated[str, Column("TEXT")]


@dataclass(frozen=True, kw_only=True)
class Poke(Act):
    """Poke a charger."""

    path = "charger poke"
    route = "POST /chargers/{charger}/poke"
    row = Outcome
    examples = ("cpoctl charger poke HQ-01 Now",)
    charger: Annotated[str, Argument("the charger", kind="charger")]
    how: Annotated[str, Argument("in which way")] = "Softly"
    times: Annotated[int, Option("how often")] = 1
    hard: Annotated[bool, Option("harder")] = False
    fussy: Annotated[bool, Option("let it refuse")] = False

    def danger_now(self) -> Danger:
        """Severe when hard."""
        return Danger.SEVERE if self.hard else Danger.DISRUPTS

    def consequence(self) -> str:
        """What it does."""
        return f"pokes {self.charger}"

    def confirm_with(self) -> str:
        """The id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Say who poked how."""
        status = "Rejected" if self.fussy else "Accepted"
        answer = Answer(
            self.charger,
            7,
            "Poke",
            {"status": status},
            None,
            '[2,"1","Poke",{}]',
            f'[3,"1",{{"status":"{status}"}}]',
            12.0,
        )
        return accepted(answer, f"{self.charger} by {operator.actor} {self.how} x{self.times}")


@dataclass(frozen=True, kw_only=True)
class Say(Act):
    """Say JSON as it is."""

    path = "charger say"
    route = "POST /chargers/{charger}/say"
    row = Line
    charger: Annotated[str, Argument("the charger", kind="charger")]
    payload: Annotated[str, JsonText("what to say")] = "{}"
    password: Annotated[str | None, Secret("a password")] = None

    async def run(self, operator: Operator) -> Line:
        """Echo it."""
        return Line(len(self.password or ""), f"{self.charger} {self.payload}")


@dataclass(frozen=True, kw_only=True)
class Find(Query):
    """Find lines."""

    path = "charger find"
    route = "GET /find/{word}"
    row = Line
    word: Annotated[str, Argument("a word")]
    count: Annotated[int | None, Option("how many")] = None
    tags: Annotated[tuple[str, ...], Option("more words")] = ()

    def select(self, read: Any) -> list[Line]:
        """As asked."""
        return [Line(number, f"{self.word} {'/'.join(self.tags)}") for number in range(self.count or 1)]


@dataclass(frozen=True, kw_only=True)
class Tail(Stream):
    """Tag events as lines."""

    path = "charger tail"
    route = "GET /tail"
    row = Line
    follow: Annotated[bool, Option("go on", short="-f")] = False

    def select(self, read: Any) -> list[Line]:
        """Two stored lines."""
        return [Line(1, "one"), Line(2, HOSTILE)]

    def take(self, event: events.Event) -> Line | None:
        """A line a tag."""
        return Line(int(event.tag_id), event.status) if isinstance(event, events.TagChanged) else None

    def place(self, row: Line) -> int:
        """Its number."""
        return row.number

    @classmethod
    def line(cls, row: Record) -> str:
        """Number and text."""
        return f"#{row['number']} {row['text']}"


class Hand:
    """The part of an operator that the test operations use."""

    def __init__(self, actor: str) -> None:
        self.actor = actor


class Face:
    """What the API asks of a server."""

    def __init__(self, path: Path) -> None:
        self.clock = SystemClock()
        self.show(path)

    def show(self, path: Path) -> None:
        """Be the face of this database, on which nothing has happened yet."""
        self.path = path
        self.live, self.bus = LiveFleet(), events.Bus()
        self.stored: list[Record] = []
        self.orders: list[Order] = []
        self.pruned_below = 0
        self.is_ready = True
        for record in OfflineReader(path).read("SELECT charger_id FROM charger"):
            self.live.add(LiveCharger(record["charger_id"], password_hash="CANARY-hash"))

    files: Files = NoFiles()

    @property
    def latest_seq(self) -> int:
        """The newest number."""
        return len(self.stored)

    async def query(self, query: Query) -> list[Any]:
        """Select and overlay."""
        with OfflineReader(self.path) as reader:
            rows = query.select(reader.read)
        return query.chosen([query.overlay(row, self.live, self.clock.now()) for row in rows])

    async def act(self, act: Act, actor: str, role: Role) -> Any:
        """Let it run with a hand."""
        return await act.run(cast("Operator", Hand(actor)))

    async def start(self, order: Order) -> int:
        """Keep the order; tasks themselves are for the tests with a central system."""
        self.orders.append(order)
        return len(self.orders)

    async def rehearse(self, act: Act, actor: str, role: Role) -> list[FrameRow]:
        """Say which act it would be."""
        return [FrameRow(str(getattr(act, "charger", "")), None, None, repr(act))]

    async def read(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """Run one SELECT."""
        with OfflineReader(self.path) as reader:
            return reader.read(sql, params)

    def note(self, rows: Sequence[Row]) -> None:
        """Keep nothing."""

    async def events_since(self, seq: int, limit: int) -> list[Record]:
        """Stored events."""
        if seq < self.pruned_below:
            raise Expired(f"{seq} is kept no longer", hints=["GET /v1/snapshot"])
        return self.stored[seq : seq + limit]

    def health(self) -> Mapping[str, Any]:
        """Its own facts."""
        return {
            "version": "1.2.3",
            "started_at": "2026-11-22T10:00:00.000Z",
            "store": "ok" if self.is_ready else "failing",
        }

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether the store is well."""
        return self.is_ready, {"store": self.health()["store"]}

    def metrics(self) -> Mapping[str, float]:
        """One counter."""
        return {'cpoctl_messages_total{action="Heartbeat"}': 3.0}

    def happen(self, status: str, *, kept: bool = True) -> None:
        """Let a tag change, or with `kept` False a meter."""
        if not kept:
            self.bus.publish(
                None,
                events.MeterChanged(
                    charger_id="HQ-01", evse_id=1, transaction_id=None, taken_at="2026-11-22T10:00:00.000Z",
                    energy_wh=1.0, power_w=2.0, soc_percent=None,
                ),
            )  # fmt: skip
            return
        seq = len(self.stored) + 1
        event = events.TagChanged(tag_id=str(seq), status=status, parent_id=None, expires_at=None)
        data = f'{{"tag_id": "{seq}", "status": "{status}", "parent_id": null, "expires_at": null}}'
        self.stored.append(
            {"seq": seq, "at": "2026-11-22T10:00:00.000Z", "type": "TagChanged", "charger_id": None, "data": data}
        )
        self.bus.publish(seq, event)


OPERATIONS: list[type[Operation]] = [
    *(kind for module in plugins.load_all(operations) for kind in declared(module)), Poke, Say, Find, Tail,
]  # fmt: skip


class Running:
    """An API that is served in a thread of its own."""

    def __init__(self, face: Face, socket: Path, feeds: Feeds, loop: asyncio.AbstractEventLoop) -> None:
        self.face, self.socket, self.feeds, self._loop = face, socket, feeds, loop

    def do(self, work: Callable[[], Any]) -> Any:
        """Run something on the server's loop."""

        async def doing() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(doing(), self._loop).result(10)


@contextmanager
def running(
    db: Path, socket: Path, heartbeat: float = 15.0, *, seen_every: float = 5.0, kind: type[Face] = Face
) -> Iterator[Running]:
    """Serve the API of a database on a socket."""
    started, stop = threading.Event(), asyncio.Event()
    held: list[Running] = []

    async def serve() -> None:
        feeds = Feeds(heartbeat, seen_every)
        face = kind(db)
        served = await serve_api(create_app(OPERATIONS, face, feeds), socket)
        held.append(Running(face, socket, feeds, asyncio.get_running_loop()))
        started.set()
        await stop.wait()
        await served.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="api")
    thread.start()
    try:
        assert started.wait(20)
        yield held[0]
    finally:
        held[0].do(stop.set)
        thread.join(10)
        assert not thread.is_alive()
