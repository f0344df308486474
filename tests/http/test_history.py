"""The past over the API: in the shape of the live snapshot and of the stream's messages (TUI-28)."""

import msgspec
import pytest

from cpoctl.client.unix import UnixClient
from cpoctl.domain.rebuilding import fleet_of, read_snapshot
from cpoctl.errors import UsageProblem
from cpoctl.operations._past import PastEvents, PastSnapshot, ShowSpan
from tests.http.face import Running

AT, LATER = "2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"


@pytest.fixture
def client(api: Running) -> UnixClient:
    return UnixClient(str(api.socket))


def test_it_says_from_when_to_when_something_is_stored(client: UnixClient) -> None:
    told = msgspec.json.decode(client.whole(ShowSpan()))
    assert told == {"begins_at": "2026-11-22T10:00:00.000Z", "ends_at": "2026-11-22T13:58:02.000Z"}


def test_a_snapshot_of_the_past_is_read_like_one_of_now(client: UnixClient) -> None:
    told = read_snapshot(client.whole(PastSnapshot(at=AT, since="2026-11-22T00:00:00Z")))
    assert (told.at, sorted(fleet_of(told).chargers)) == ("2026-11-22T12:00:00.000Z", ["hq-01", "hq-02"])


def test_what_happened_is_told_page_by_page(client: UnixClient) -> None:
    told = msgspec.json.decode(client.whole(PastEvents(since=AT, until=LATER)))
    assert (told["through"], told["events"]) == ("2026-11-22T13:00:00.000Z", [])


def test_a_time_of_which_nothing_is_stored_is_a_problem(client: UnixClient) -> None:
    with pytest.raises(UsageProblem, match="before anything that is stored"):
        client.whole(PastSnapshot(at="2020-01-01T00:00:00Z"))
