"""Rebuilding: a reader of snapshot and stream knows the fleet as the server does."""

import asyncio
import dataclasses
import json
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl import events
from cpoctl.client import Client
from cpoctl.client.unix import UnixClient
from cpoctl.csms.operator import Face
from cpoctl.domain.fleet import Evse, Link, LiveCharger, LiveFleet, OpenSession
from cpoctl.domain.rebuilding import Snapshot, ToldCharger, event_of, fleet_of, is_news, read_snapshot, told
from cpoctl.http.app import create_app
from cpoctl.http.feeds import Feeds
from cpoctl.http.serving import serve_api
from cpoctl.ocpp import Version
from cpoctl.operations import Query
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.approve import ApproveCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.site.add import AddSite
from cpoctl.routes import Filled
from tests.csms.test_transaction_event import ENDED, STARTED, UPDATED
from tests.support.csms import Csms, metered, start, stop

STAYS_BEHIND = {
    "clock_ahead_s",
    "clock_off_s",
    "password_hash",
    "password_next_hash",
    "ponged",
    "starts",
    "newest_start_raw",
    "strays",
}
AT = "2026-11-22T14:02:11.113Z"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Happenings(Query):
    """Everything that happens."""

    path: ClassVar[str] = "_events"
    route: ClassVar[str] = "GET /events"
    row: ClassVar[type] = ToldCharger
    seen: bool = True


class Reader:
    """Follows a server as a dashboard does, in a thread of its own."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.live = LiveFleet()
        self.heard: list[events.Event] = []
        self.synced = threading.Event()

    def read(self, until: Callable[["Reader"], bool]) -> None:
        """Take a snapshot once the stream is open, and then in what it does not hold."""
        snapshot = Snapshot(chargers=[], sessions=[], alerts=[])
        for message in self._client.events(Happenings()):
            if message.event == "listening":
                snapshot = read_snapshot(b"".join(self._client.stream(Filled("GET", "/v1/snapshot", None))))
                self.live = fleet_of(snapshot)
                self.synced.set()
            elif is_news(message.data, snapshot) and (event := event_of(message.data)):
                self.live.apply(event)
                self.heard.append(event)
                if until(self):
                    return


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[Csms]:
    async with Csms(tmp_path / "c.db") as made:
        await made.tag("ANNA")
        yield made


@pytest.fixture
async def reader(csms: Csms, tmp_path: Path) -> AsyncIterator[Reader]:
    """A reader of the server's control API."""
    served = await serve_api(create_app([], Face(csms.central), Feeds(seen_every=0.01)), tmp_path / "s")
    yield Reader(UnixClient(tmp_path / "s"))
    await served.stop()


def facts(live: LiveFleet) -> dict[str, dict[str, Any]]:
    """All chargers as a reader can know them, last_seen to the millisecond."""
    return {
        key: msgspec.to_builtins(told(charger), str_keys=True)
        | {"sessions": {name: dataclasses.asdict(session) for name, session in charger.sessions.items()}}
        for key, charger in live.chargers.items()
    }


async def test_snapshot_and_stream_together_make_the_servers_own_fleet(csms: Csms, reader: Reader) -> None:
    await csms.do(AddSite(site="HQ", time_zone="Europe/Berlin"))
    old, new = await csms.booted("OLD"), await csms.booted("NEW", version=Version.V201)
    status = {"connectorId": 1, "status": "Charging", "errorCode": "NoError"}
    await old.call("StatusNotification", status)
    begun = await old.call("StartTransaction", start())
    await old.call("MeterValues", metered(begun["transactionId"], 2000))
    await new.call("TransactionEvent", STARTED)
    stranger = await csms.dial("GUEST")

    reading = asyncio.create_task(asyncio.to_thread(reader.read, _sees_the_end))
    await asyncio.to_thread(reader.synced.wait, 10)
    assert facts(reader.live) == facts(csms.central.fleet.live)

    await old.call("MeterValues", metered(begun["transactionId"], 3000, "2026-11-22T13:40:00Z"))
    faulted = {"connectorId": 2, "status": "Faulted", "errorCode": "GroundFailure", "info": "\x1b[31m", "vendorId": "A"}
    await old.call("StatusNotification", faulted)
    await old.call("StopTransaction", stop(begun["transactionId"]))
    for step in (UPDATED, ENDED, {**STARTED, "transactionInfo": {"transactionId": "second"}}):
        await new.call("TransactionEvent", step)
    occupied = {"timestamp": AT, "connectorStatus": "Occupied", "evseId": 3, "connectorId": 2}
    await new.call("StatusNotification", occupied)
    await stranger.hang_up()
    await csms.do(ApproveCharger(charger="GUEST"))
    await csms.do(EditCharger(charger="NEW", site="HQ", label=("row=A",)))
    await csms.do(AddCharger(charger="GONE"))
    await csms.do(AddCharger(charger="BACK"))
    await csms.do(RemoveCharger(charger="GONE"))
    again = await old.call("StartTransaction", start(meter=9000, at="2026-11-22T13:50:00Z"))
    open_ = csms.known("OLD").sessions[str(again["transactionId"])]
    await csms.do(CloseSession(session=str(open_.session_id), energy_wh=9.5, reason="cable cut"))
    await csms.booted("OLD", version=Version.V21)
    await csms.do(AddSite(site="END", time_zone="UTC"))
    await asyncio.wait_for(reading, 10)

    assert facts(reader.live) == facts(csms.central.fleet.live)
    assert sorted(reader.live.alerts.open) == sorted(csms.central.fleet.live.alerts.open)
    assert {charger.password_hash for charger in reader.live.chargers.values()} == {None}


def _sees_the_end(reader: Reader) -> bool:
    return isinstance(reader.heard[-1], events.SiteChanged) and reader.heard[-1].site_id == "END"


async def test_a_heartbeat_reaches_the_reader_though_it_is_no_event(csms: Csms, reader: Reader) -> None:
    charger = await csms.booted()
    reading = asyncio.create_task(
        asyncio.to_thread(reader.read, lambda r: isinstance(r.heard[-1], events.ChargersSeen))
    )
    await asyncio.to_thread(reader.synced.wait, 10)
    csms.clock.move(7)
    await charger.call("Heartbeat", {})
    await asyncio.wait_for(reading, 10)
    assert facts(reader.live)["cp-1"]["last_seen_at"] == "2026-11-22T14:00:07.000Z"


def test_every_fact_of_a_charger_is_told_or_known_to_stay_behind() -> None:
    evse = Evse(2, "Faulted", "E", "i", "v", "c", AT, AT, 1.0, 2.0, 3.0, AT, {1: "Occupied"})
    session = OpenSession(
        7, 2, "t", "ANNA", "Accepted", AT, 1.0, 2.0, 3.0, 4.0, AT, True, ("flag",), 5, 6, 7, "Charging", 8, 9, "EUR"
    )
    charger = LiveCharger(
        "CP-1", "Pending", False, "v", "m", "s", "f", link=Link(9, "10.0.0.1:1", "1.6", "basic", AT), left_at=AT,
        left_because="gone", version="1.6", booted_at=AT, last_seen=datetime(2026, 11, 22, 14, tzinfo=UTC),
        evses={2: evse}, sessions={"t": session}, site_id="HQ", labels={"row": "A"},
    )  # fmt: skip
    untouched = LiveCharger("")
    same = {
        field.name
        for field in dataclasses.fields(charger)
        if getattr(charger, field.name) == getattr(untouched, field.name)
    }
    assert same == STAYS_BEHIND
    snapshot = {
        "chargers": [msgspec.to_builtins(told(charger), str_keys=True)],
        "sessions": [{"charger_id": "CP-1", **dataclasses.asdict(session)}],
        "alerts": [],
    }
    assert fleet_of(read_snapshot(json.dumps(snapshot).encode())).chargers == {"cp-1": charger}


def _made(kind: type[events.Event]) -> st.SearchStrategy[events.Event]:
    fields = {field.name: _of(field.type) for field in msgspec.structs.fields(kind)}
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


def _of(kind: Any) -> st.SearchStrategy[Any]:
    if kind is float:
        return st.integers(-9, 9).map(float)
    if kind is Any:
        return st.integers()
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        several = st.lists(_of(inner[0]), max_size=2) if inner[-1] is ... else st.tuples(*map(_of, inner))
        return several.map(tuple)
    if get_origin(kind) is dict:
        return st.dictionaries(st.text(), _of(inner[1]), max_size=2)
    return st.one_of(*map(_of, inner)) if inner else st.from_type(kind)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(events.kinds().values(), key=str)).flatmap(_made))
def test_every_event_comes_through_the_stream_as_it_is(event: events.Event) -> None:
    message = {"type": event.type, "charger_id": event.charger_id, "data": events.as_data(event)}
    came = event_of(json.loads(json.dumps(message)))
    if isinstance(event, events.PasswordChanged):
        assert came is None
    elif isinstance(event, events.ChargerAdded):
        assert came == msgspec.structs.replace(event, password_hash=None)
    else:
        assert came == event


@pytest.mark.parametrize(
    "message",
    [
        {"type": "Unheard", "charger_id": None, "data": {}},
        {"type": "ChargerRemoved", "charger_id": 7, "data": {}},
        {"type": "SiteRemoved", "charger_id": None, "data": {"site": "HQ"}},
    ],
)
def test_an_event_of_another_version_is_left_out(message: dict[str, Any]) -> None:
    assert event_of(message) is None


@pytest.mark.parametrize(
    ("seq", "order", "news"),
    [(7, None, False), (8, None, True), (7, 40, False), (8, 41, True), (None, 40, False), (None, 41, True)],
)
def test_what_a_snapshot_holds_is_no_news(seq: int | None, order: int | None, news: bool) -> None:
    assert is_news({"seq": seq, "order": order}, Snapshot(seq=7, order=40, chargers=[], sessions=[], alerts=[])) is news
