"""The past: the fleet as it was and what happened then, from stored events and from the rows alone (TUI-28)."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cpoctl.clock import stored
from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.rebuilding import event_of, fleet_of, read_snapshot
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations._past import PastEvents, PastSnapshot, ShowSpan
from cpoctl.operations._past.windows import Window
from cpoctl.store import Read
from cpoctl.store.sqlite.reading import OfflineReader
from tests.support.databases import empty_database
from tests.tui.past_scene import scene, standing, without_events
from tests.tui.story import NOW

END = NOW + timedelta(seconds=1)
Write = Callable[..., None]


@pytest.fixture(params=["with events", "rows alone"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Read]:
    """The afternoon of the scene, with its events and when they are gone."""
    path = scene().path if request.param == "with events" else without_events(tmp_path)
    with OfflineReader(path) as reader:
        yield reader.read


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows into a small database of a charger that is there since ten o'clock: a table, and its values by column."""
    path = empty_database(tmp_path / "small.db")

    def write(table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*values.values()])
            connection.commit()

    write("run", run_id=1, started_at=at("10:00"), alive_at=at("14:00"), version="1", pid=1)
    write("charger", charger_id="HQ-1", registration="Accepted", known=1, added_at=at("10:00"))
    return write


@pytest.fixture
def small(write: Write, tmp_path: Path) -> Iterator[Read]:
    """Reads that database."""
    with OfflineReader(tmp_path / "small.db") as reader:
        yield reader.read


def at(clock: str) -> str:
    return f"2026-11-20T{clock}:00.000Z"


def was(read: Read, moment: str) -> LiveFleet:
    return fleet_of(read_snapshot(PastSnapshot(at=moment).select(read)[0].body))


def happened(read: Read, since: str, until: str) -> list[dict[str, Any]]:
    """All that was told, page by page."""
    told = []
    while since < until:
        page = msgspec.json.decode(PastEvents(since=since, until=until).select(read)[0].body)
        assert page["through"] > since
        since = page["through"]
        told += page["events"]
    return told


def connection(write: Write, number: int, opened: str, closed: str | None) -> None:
    write("connection", connection_id=number, charger_id="HQ-1", opened_at=at(opened), address="10.0.0.7", version="1.6",
          auth="basic", closed_at=closed and at(closed), close_reason="gone")  # fmt: skip


def status(write: Write, told: str, received: str, happened: str, connector: int | None = None) -> None:
    write("status_change", charger_id="HQ-1", evse_id=1, status=told, error_code="NoError", happened_at=at(happened),
          timestamp_raw=at(happened), received_at=at(received), connector_id=connector)  # fmt: skip


def test_the_fleet_is_as_the_server_knew_it(read: Read) -> None:
    assert standing(was(read, stored(END))) == scene().stood


@pytest.mark.parametrize("minutes", [30, 250])
def test_what_followed_leads_from_one_picture_to_the_next(read: Read, minutes: int) -> None:
    begin = stored(NOW - timedelta(minutes=minutes))
    fleet = was(read, begin)
    for message in happened(read, begin, stored(END)):
        if event := event_of(message):
            fleet.apply(event)
    assert standing(fleet) == scene().stood


def test_small_pages_tell_what_a_large_one_tells_and_nothing_twice(read: Read) -> None:
    since, until = stored(NOW - timedelta(minutes=40)), stored(END)
    told, reached = [], since
    while reached < until:
        page = Window(reached, until, most=5).page(read)
        assert page["through"] > reached
        told += page["events"]
        reached = page["through"]
    whole = Window(since, until).page(read)["events"]

    def facts(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [message for message in messages if message["type"] != "ChargersSeen"]

    assert facts(told) == facts(whole)


def test_events_come_in_the_order_in_which_they_were_heard(read: Read) -> None:
    times = [message["at"] for message in happened(read, stored(NOW - timedelta(hours=2)), stored(NOW))]
    assert times == sorted(times)


def test_a_charger_is_heard_whenever_it_tells_something(read: Read) -> None:
    since = stored(NOW - timedelta(minutes=3))
    seen = [message for message in happened(read, since, stored(NOW)) if message["type"] == "ChargersSeen"]
    assert any("MALL-01" in message["data"]["seen"] for message in seen)


def test_a_charger_that_came_later_was_not_there(small: Read, write: Write) -> None:
    write("charger", charger_id="HQ-2", registration="Accepted", known=1, added_at=at("12:00"))
    assert list(was(small, at("11:00")).chargers) == ["hq-1"]


def test_a_charger_that_is_gone_was_there(small: Read, write: Write) -> None:
    write("charger", charger_id="HQ-2", registration="Accepted", known=1, added_at=at("10:00"), removed_at=at("12:00"))
    assert list(was(small, at("11:00")).chargers) == ["hq-1", "hq-2"]


def test_a_server_that_was_killed_took_its_chargers_with_it(small: Read, write: Write) -> None:
    connection(write, 1, "10:05", "12:00")  # as the next start has written it
    write("event", at=at("10:05"), type="ChargerConnected", charger_id="HQ-1", data="{}")
    told = [message["type"] for message in happened(small, at("11:00"), at("13:00"))]
    assert "ChargerDisconnected" in told
    assert not was(small, at("12:30")).chargers["hq-1"].connected


def reading(
    write: Write, taken: str, watts: float | None = None, *, evse: int = 1, session: int = 0, **more: Any
) -> None:
    told = {"received_at": at(taken), "context": "Sample.Clock", "energy_wh": 5_000.0} | more
    write("meter_value", charger_id="HQ-1", evse_id=evse, session_id=session, timestamp_raw=at(taken), taken_at=at(taken),
          power_w=watts, **told)  # fmt: skip


def session(write: Write, began: str, ended: str | None = None) -> None:
    write("session", session_id=1, charger_id="HQ-1", evse_id=1, transaction_id="7", issued=1, keyed=1, tag_id="ANNA",
          tag_status="Accepted", started_raw=at(began), started_at=at(began), start_received_at=at(began),
          meter_start_wh=0.0, meter_start_raw="0", stopped_at=ended and at(ended), stop_received_at=ended and at(ended))  # fmt: skip


@pytest.mark.parametrize("evse", [0, 1])
def test_a_reading_outside_sessions_is_that_of_its_evse(small: Read, write: Write, evse: int) -> None:
    reading(write, "11:00", 40, evse=evse)
    reading(write, "11:15", 60, evse=evse)
    reading(write, "11:20", None, evse=evse)
    reading(write, "11:45", 80, evse=evse)
    found = was(small, at("11:30")).chargers["hq-1"].evses[evse]
    assert (found.power_w, found.metered_at) == (60, at("11:20"))


def test_readings_outside_sessions_follow(small: Read, write: Write) -> None:
    reading(write, "11:15", 60)
    reading(write, "11:30", 80, evse=0)
    told = [m["data"] for m in happened(small, at("11:10"), at("11:30")) if m["type"] == "MeterChanged"]
    assert [(data["evse_id"], data["transaction_id"], data["power_w"]) for data in told] == [(1, None, 60)]


def test_a_reading_that_was_told_with_another_zone_is_found(small: Read, write: Write) -> None:
    write("meter_value", charger_id="HQ-1", evse_id=1, session_id=0, timestamp_raw="2026-11-21T00:15:00+13:00", context="",
          taken_at=at("11:15"), received_at=at("11:15"), power_w=60.0)  # fmt: skip
    assert was(small, at("12:00")).chargers["hq-1"].evses[1].power_w == 60


@pytest.mark.parametrize("later", ["connects again", "tells that it is free", "ends a session"])
def test_a_power_is_forgotten_by_what_came_after_it(small: Read, write: Write, later: str) -> None:
    reading(write, "11:00", 7_000)
    write("evse", charger_id="HQ-1", evse_id=1, status="Available", since=at("11:05"))
    match later:
        case "connects again":
            connection(write, 1, "11:05", None)
        case "tells that it is free":
            status(write, "Available", "11:05", "11:05")
        case _:
            session(write, "10:30", "11:05")
    assert was(small, at("12:00")).chargers["hq-1"].evses[1].power_w is None


def test_the_power_of_a_session_is_unknown_from_a_reconnection_to_its_next_reading(small: Read, write: Write) -> None:
    session(write, "10:30")
    reading(write, "11:00", 7_000, session=1)
    connection(write, 1, "11:05", None)
    assert was(small, at("11:30")).chargers["hq-1"].sessions["7"].power_w is None


def test_a_status_that_came_late_is_not_the_shown_one(small: Read, write: Write) -> None:  # V-05
    write("evse", charger_id="HQ-1", evse_id=1, status="Charging", since=at("11:00"))
    status(write, "Charging", "11:00", "11:00")
    status(write, "Preparing", "11:05", "10:30")
    assert was(small, at("12:00")).chargers["hq-1"].evses[1].status == "Charging"


def test_a_status_that_was_told_again_and_again_is_as_old_as_its_first(small: Read, write: Write) -> None:
    write("evse", charger_id="HQ-1", evse_id=1, status="Available", since=at("13:30"))
    for minute in range(10, 40):
        status(write, "Available", f"11:{minute}", f"11:{minute}")
    assert was(small, at("12:00")).chargers["hq-1"].evses[1].since == at("11:10")


def test_an_evse_shows_what_its_connectors_make_together(small: Read, write: Write) -> None:
    write("evse", charger_id="HQ-1", evse_id=1, status="Charging", since=at("11:00"))
    status(write, "Charging", "11:00", "11:00", connector=1)
    status(write, "Available", "11:05", "11:05", connector=2)
    assert was(small, at("11:02")).chargers["hq-1"].evses[1].status == "Charging"
    told = happened(small, at("11:02"), at("11:10"))
    assert [m["data"]["status"] for m in told if m["type"] == "StatusChanged"] == ["Charging"]


def test_nobody_knows_when_a_charger_was_heard_whose_frames_are_gone(small: Read, write: Write) -> None:
    connection(write, 1, "10:05", None)
    assert was(small, at("13:00")).chargers["hq-1"].last_seen is None


@pytest.mark.parametrize("moment", [at("09:59"), at("14:30")])
def test_a_time_of_which_nothing_is_stored_is_told_what_there_is(small: Read, moment: str) -> None:
    with pytest.raises(UsageProblem, match=f"from {at('10:00')} to {at('14:00')}"):
        PastSnapshot(at=moment).select(small)


def test_an_instant_without_a_zone_is_none(small: Read) -> None:
    with pytest.raises(UsageProblem, match="at: 2026-11-20T12:00 is not an instant"):
        PastSnapshot(at="2026-11-20T12:00").select(small)


def test_of_an_empty_database_there_is_no_past(tmp_path: Path) -> None:
    with (
        OfflineReader(empty_database(tmp_path / "new.db")) as reader,
        pytest.raises(NotFound, match="nothing is stored"),
    ):
        ShowSpan().select(reader.read)


def test_a_page_ends_where_nothing_more_is_stored(small: Read) -> None:
    page = msgspec.json.decode(PastEvents(since=at("13:59"), until=at("18:00")).select(small)[0].body)
    assert page["through"] == page["ends_at"] == at("14:00")


def ran(read: Read, since: str, until: str) -> list[list[str]]:
    found: list[list[str]] = msgspec.json.decode(PastEvents(since=since, until=until).select(read)[0].body)["runs"]
    return found


def test_a_page_says_when_a_server_ran(small: Read, write: Write) -> None:
    write("run", run_id=2, started_at=at("15:00"), alive_at=at("15:10"), stopped_at=at("15:12"), version="1", pid=2)
    assert ran(small, at("13:00"), at("14:30")) == [[at("10:00"), at("14:00")]]
    assert ran(small, at("14:10"), at("14:30")) == []
    assert ran(small, at("14:10"), at("15:05")) == [[at("15:00"), at("15:12")]]


def test_a_server_that_has_not_stopped_ran_up_to_the_newest_that_is_stored(small: Read, write: Write) -> None:
    write("event", at=at("14:01"), type="ChargerConnected", charger_id="HQ-1", data="{}")
    assert ran(small, at("13:00"), at("14:30")) == [[at("10:00"), at("14:01")]]


def test_the_energy_of_the_day_is_what_had_been_used_by_then(read: Read) -> None:
    body = PastSnapshot(at=stored(NOW - timedelta(minutes=200)), since="2026-11-20T00:00:00Z").select(read)[0].body
    assert sorted(read_snapshot(body).energy_wh) == ["DEPOT-02", "MALL-06"]
