"""The event stream: it resumes, tells nothing twice, and drops whoever does not read."""

import itertools
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpoctl.client import Told
from cpoctl.client.unix import UnixClient
from cpoctl.errors import Expired
from cpoctl.http.feeds import CAPACITY
from tests.http.face import Running, Tail, database, running


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


def test_an_open_stream_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with running(database(tmp_path / "a.db"), tmp_path / "a.sock") as api:
        ear = Ear(api, "/v1/events")
        ear.greeted()
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert ear.block() == []
    assert not api.socket.exists()
    ear.close()
