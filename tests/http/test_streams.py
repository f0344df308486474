"""The event stream: it resumes, tells nothing twice, and drops whoever does not read."""

import itertools
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpoctl.client import Told
from cpoctl.client.unix import UnixClient
from cpoctl.errors import Expired, ServerDown, UsageProblem
from cpoctl.http.feeds import CAPACITY
from cpoctl.operations import Record
from tests.http.face import Face, Running, Tail, database, running


class Ear:
    """Listens to an event stream."""

    def __init__(self, api: Running, target: str, header: str = "") -> None:
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(10)
        self._sock.connect(str(api.socket))
        self._sock.sendall(f"GET {target} HTTP/1.0\r\nHost: cpoctl\r\n{header}\r\n".encode())
        self._file = self._sock.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        while self._file.readline().strip():
            pass

    def block(self) -> list[str]:
        """The lines up to the next blank one; none at the end of the stream."""
        return list(itertools.takewhile(bool, (line.decode().strip() for line in self._file)))

    def greeted(self) -> None:
        """Read how the event stream begins: when to come back, and from which event on it tells."""
        assert self.block() == ["retry: 1000"]
        assert self.block() == ["event: listening", 'data: {"seq": 0}']

    def event(self) -> dict[str, object]:
        """The next message's data with its id."""
        while True:
            lines = dict(line.split(": ", 1) for line in self.block() if not line.startswith(":"))
            if "data" in lines and lines.get("event") != "listening":
                return {"id": lines.get("id"), **json.loads(lines["data"])}

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._sock.close()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Running]:
    """An API of the test's own: its open streams are counted."""
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock") as served:
        yield served


def test_a_reader_that_comes_back_gets_what_it_missed_and_then_the_rest(api: Running) -> None:
    for status in ("a", "b", "c"):
        api.do(lambda status=status: api.face.happen(status))  # type: ignore[misc] # bound now
    ear = Ear(api, "/v1/events?since=1")
    assert [ear.event()["seq"], ear.event()["seq"]] == [2, 3]
    api.do(lambda: api.face.happen("d"))
    fourth = ear.event()
    assert (fourth["id"], fourth["type"]) == ("4", "TagChanged")
    assert fourth["data"] == {
        "tag_id": "4", "status": "d", "parent_id": None, "expires_at": None, "sessions_most": None, "sites": [],
        "places": [],
    }  # fmt: skip
    ear.close()


def test_last_event_id_resumes_too(api: Running) -> None:
    for status in ("a", "b"):
        api.do(lambda status=status: api.face.happen(status))  # type: ignore[misc] # bound now
    ear = Ear(api, "/v1/events", "Last-Event-ID: 1\r\n")
    assert ear.event()["seq"] == 2
    ear.close()


def test_value_changes_are_told_without_an_id(api: Running) -> None:
    ear = Ear(api, "/v1/events")
    ear.greeted()
    api.do(lambda: api.face.happen("", kept=False))
    told = ear.event()
    assert (told["id"], told["seq"], told["type"]) == (None, None, "MeterChanged")
    ear.close()


class Busy(Face):
    """A server at which something happens while stored events are read."""

    async def events_since(self, seq: int, limit: int) -> list[Record]:
        """Before the rows are there, a meter has changed and then a tag."""
        if limit > 1 and len(self.stored) < 2:
            self.happen("", kept=False)
            self.happen("b")
        return await super().events_since(seq, limit)


def test_what_happens_while_the_past_is_read_is_told_in_its_order(tmp_path: Path) -> None:
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock", kind=Busy) as api:
        api.do(lambda: api.face.happen("a"))
        ear = Ear(api, "/v1/events?since=0")
        told = [ear.event() for _ in range(3)]
        assert [(each["type"], each["seq"], each["order"]) for each in told] == [
            ("TagChanged", 1, None), ("MeterChanged", None, 2), ("TagChanged", 2, 3),
        ]  # fmt: skip
        ear.close()


def test_who_was_heard_is_told_to_those_who_ask_and_to_nobody_else(tmp_path: Path) -> None:
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock", seen_every=0.01) as api:
        asking, plain = Ear(api, "/v1/events?seen=true"), Ear(api, "/v1/events")
        asking.greeted()
        plain.greeted()
        at = datetime(2026, 11, 22, 14, 2, 11, 113_900, tzinfo=UTC)
        api.do(lambda: setattr(api.face.live.chargers["hq-02"], "last_seen", at))
        told = asking.event()
        assert (told["type"], told["seq"]) == ("ChargersSeen", None)
        assert told["data"] == {"seen": {"HQ-02": "2026-11-22T14:02:11.113Z"}}
        api.do(lambda: api.face.happen("a"))
        assert plain.event()["type"] == asking.event()["type"] == "TagChanged"  # it moved once and is told once
        asking.close()
        plain.close()


def test_a_wish_that_is_neither_true_nor_false_is_refused(api: Running) -> None:
    with pytest.raises(UsageProblem, match="seen: maybe is neither true nor false"):
        UnixClient(api.socket).request("GET", "/v1/events?seen=maybe")


def test_an_expired_number_is_410_and_so_is_one_ahead(api: Running) -> None:
    api.do(lambda: api.face.happen("a"))
    api.face.pruned_below = 1
    with pytest.raises(Expired):
        UnixClient(api.socket).request("GET", "/v1/events?since=0")
    with pytest.raises(Expired):
        UnixClient(api.socket).request("GET", "/v1/events?since=99")


def test_a_quiet_stream_says_that_it_lives(tmp_path: Path) -> None:
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock", heartbeat=0.01) as api:
        ear = Ear(api, "/v1/events")
        ear.greeted()
        assert ear.block() == [": alive"]
        ear.close()


def test_whoever_does_not_read_is_dropped(api: Running) -> None:
    ear = Ear(api, "/v1/events")
    ear.block()
    assert api.do(lambda: api.feeds.count) == 1

    def flood() -> None:
        for _ in range(CAPACITY + 1):
            api.face.happen("x")

    api.do(flood)
    with pytest.raises(ConnectionResetError):
        while ear.block():
            pass
        raise ConnectionResetError  # the end of the stream is fine as well
    assert api.do(lambda: api.feeds.count) == 0
    ear.close()


def test_a_followed_operation_tells_what_is_stored_and_then_what_comes(api: Running) -> None:
    told = UnixClient(api.socket).events(Tail(follow=True))
    assert [next(told).data["number"], next(told).data["number"]] == [1, 2]
    for _ in range(3):  # numbers 1 and 2 have been told
        api.do(lambda: api.face.happen("new"))
    assert next(told) == Told("3", "message", {"number": 3, "text": "new"})
    told.close()


def test_a_reader_who_is_hung_up_on_hears_so_at_once_and_the_client_can_be_used_on(api: Running) -> None:
    client = UnixClient(api.socket)
    told = client.events(Tail(follow=True))
    next(told)
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(list, told)
        client.hang_up()
        with pytest.raises(ServerDown, match="hung up"):
            reading.result(10)
    assert client.request("GET", "/v1/status")["server"] == "up"


def test_a_client_asks_in_many_threads_at_once(api: Running) -> None:
    client = UnixClient(api.socket)
    words = [f"w{number}" for number in range(32)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda word: client.request("GET", f"/v1/find/{word}"), words))
    assert [rows[0]["text"].strip() for rows in found] == words


def test_an_open_stream_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock") as api:
        ear = Ear(api, "/v1/events")
        ear.greeted()
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert ear.block() == []
    assert not api.socket.exists()
    ear.close()
