"""The replay: the dashboard as it was, read from the bare file of the scene's afternoon (TUI-28)."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from cpoctl.client.bare import BareClient
from cpoctl.clock import stored
from cpoctl.domain.rebuilding import read_snapshot
from cpoctl.errors import ServerDown, UsageProblem
from cpoctl.operations._past import PastSnapshot
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.session.list import ListSessions
from cpoctl.store.sqlite.reading import OfflineReader
from cpoctl.tui.app import Dashboard
from cpoctl.tui.link import whole
from cpoctl.tui.past import as_it_was
from cpoctl.tui.picture import used_wh
from cpoctl.tui.replay import Replaying
from tests.tui.harness import Watched, settled, until
from tests.tui.past_scene import scene
from tests.tui.story import NOW

Begin = Callable[..., Replaying]


@pytest.fixture
def client() -> Iterator[BareClient]:
    """The file of the afternoon."""
    with closing(BareClient(OfflineReader(scene().path))) as client:
        yield client


@pytest.fixture
def begin(client: BareClient) -> Begin:
    """A replay from so many minutes before the end, standing still unless it has a speed."""

    def begin(minutes: float, speed: float | None = None) -> Replaying:
        replay = Replaying(client, NOW - timedelta(minutes=minutes), speed or 1.0)
        replay.pace.pause(speed is None)
        return replay

    return begin


@asynccontextmanager
async def replayed(client: BareClient, replay: Replaying, **more: Any) -> AsyncIterator[Watched]:
    """A dashboard that has its first picture."""
    app = Dashboard(client, server="test", fps=20, replay=replay, **more)
    app.animation_level = "none"
    async with app.run_test(size=(110, 32), notifications=True) as pilot:
        await until(pilot, lambda: app.picture.synced)
        await settled(pilot)
        yield Watched(app, pilot)


def banner(replay: Replaying) -> str:
    return "".join(text for line in replay.told() for text, _ in line)


async def test_the_fleet_is_shown_as_it_was(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(60)) as desk:
        assert "REPLAY 2026-11-20 13:02:11 ×1 · read-only · paused" in desk.text
        assert "14 chargers" in desk.text
        assert "Available" in desk.line("HARBOUR-3")  # it breaks 41 minutes before the end


async def test_what_happened_happens_again(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(42, speed=600)) as desk:
        await desk.until(lambda: "FAULTED" in desk.line("HARBOUR-3"))
        await desk.press("p")
        assert desk.app.picture.now() < NOW


async def test_it_jumps_back_to_before(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(38)) as desk:
        assert "FAULTED" in desk.line("HARBOUR-3")
        await desk.press("<")
        await desk.sees("13:14:11")
        await desk.until(lambda: "Available" in desk.line("HARBOUR-3"))


async def test_whatever_acts_is_refused(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(5)) as desk:
        await desk.press("R")
        await desk.sees("a replay changes nothing")


async def test_nothing_that_acts_is_offered(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(5)) as desk:
        await desk.press("a")
        await desk.sees("a replay changes nothing")
        assert "what to do" not in desk.text
        offered = [command.help for command in desk.app.get_system_commands(desk.app.screen)]
        assert [told for told in offered if told.startswith("cpoctl")] == []


async def test_the_log_goes_on_with_the_clock(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(60)) as desk:
        await desk.press("3")
        await desk.until(lambda: "13:02:0" in desk.text)
        assert "13:03" not in desk.text
        assert desk.app.replay is not None
        desk.app.replay.pace.set_speed(600)
        await desk.press("p")
        await desk.sees("13:04:")


async def test_a_log_after_a_jump_begins_afresh(client: BareClient, begin: Begin) -> None:
    async with replayed(client, begin(60)) as desk:
        await desk.press("3")
        await desk.until(lambda: "13:02:0" in desk.text)
        await desk.press("<")
        await desk.until(lambda: "13:02:0" not in desk.text and "12:52:0" in desk.text)


def test_it_does_not_jump_beyond_what_is_stored(begin: Begin) -> None:
    replay = begin(5)
    replay.jump(timedelta(days=1))
    assert stored(replay.pace.now()) == replay.span.ends_at
    replay.jump(timedelta(days=-9))
    assert stored(replay.pace.now()) == replay.span.begins_at


def test_it_says_where_it_is_and_how_fast(begin: Begin) -> None:
    replay = begin(10, speed=60)
    replay.pace.step(+1)
    assert banner(replay) == " REPLAY 2026-11-20 13:52:11 ×120 · read-only · p + - < >"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-10-24T23:59:00Z", "2026-10-25 01:59:00 ×1"),
        ("2026-10-25T00:30:00Z", "2026-10-25 02:30:00 CEST ×1"),
        ("2026-10-25T01:30:00Z", "2026-10-25 02:30:00 CET ×1"),
        ("2026-10-25T02:00:00Z", "2026-10-25 03:00:00 ×1"),
    ],
)
def test_in_the_hour_that_comes_twice_it_says_which_it_is(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, at: str, told: str
) -> None:
    replay = begin(10)
    replay.pace.begin(datetime.fromisoformat(at))
    with monkeypatch.context() as berlin:
        berlin.setenv("TZ", "Europe/Berlin")
        time.tzset()
        said = banner(replay)
    time.tzset()
    assert said.startswith(f" REPLAY {told} · ")


def test_it_says_that_nothing_newer_is_stored(begin: Begin) -> None:
    replay = begin(10)
    replay.jump(timedelta(days=1))
    assert "14:03:12 ×1 · read-only · nothing newer is stored" in banner(replay)


def test_it_says_that_no_server_ran(begin: Begin) -> None:
    replay = begin(10)
    replay.runs = {"2026-11-20T06:02:11.000Z": "2026-11-20T13:00:00.000Z"}
    assert "NO SERVER RAN" in banner(replay)


async def test_keys_of_a_replay_do_nothing_without_one(begin: Begin, client: BareClient) -> None:
    app = Dashboard(client)
    assert app.main.check_action("replay_jump", (1,)) is False


def test_sessions_of_the_past_are_those_that_had_begun(begin: Begin) -> None:
    rows = begin(100).client.run(ListSessions(last=3))
    assert [(row["charger_id"], row["state"]) for row in rows] == [
        ("HARBOUR-1", "closed"), ("MALL-02", "open"), ("HARBOUR-3", "closed")
    ]  # fmt: skip


def test_a_session_of_the_past_that_ran_tells_what_it_had_used_by_then(begin: Begin) -> None:
    replay = begin(60)
    replay.picture.sync(whole(read_snapshot(replay.client.whole(PastSnapshot(at=stored(replay.pace.now()))))))
    [charger] = [each for each in replay.picture.live.chargers.values() if each.charger_id == "MALL-02"]
    [session] = charger.sessions.values()
    [row] = [row for row in replay.client.run(ListSessions()) if row["session_id"] == str(session.session_id)]
    assert (row["state"], row["energy_wh"], row["power_w"]) == ("open", round(used_wh(session) or 0), session.power_w)


def test_a_page_of_the_log_stops_at_the_replayed_time(begin: Begin) -> None:
    replay = begin(60)
    rows = replay.client.run(ListFrames(last=10))
    later = replay.client.run(ListFrames(after=int(rows[-1]["journal_id"])))
    assert (len(rows), later) == (10, [])


def test_a_row_that_had_not_ended_is_open() -> None:
    now = datetime.fromisoformat("2026-11-20T14:00:00Z")
    row = {
        "started_at": "2026-11-20T13:00:00.000Z",
        "stopped_at": "2026-11-20T15:00:00.000Z",
        "energy_wh": 7,
        "duration_s": 7200,
    }
    assert as_it_was(row, now) == {**row, "stopped_at": None, "energy_wh": None, "duration_s": 3600, "state": "open"}


def test_a_session_that_runs_today_is_told_without_what_came_later() -> None:
    now = datetime.fromisoformat("2026-11-20T14:00:00Z")
    row = {
        "started_at": "2026-11-20T13:00:00.000Z",
        "stopped_at": None,
        "energy_wh": 7,
        "duration_s": 9999,
        "state": "open",
    }
    assert as_it_was(row, now) == row | {"energy_wh": None, "duration_s": 3600}


def test_a_time_before_everything_is_refused_with_what_there_is(client: BareClient) -> None:
    with pytest.raises(UsageProblem, match=r"before anything that is stored: from 2026-11-20T06:02:11\.000Z"):
        Replaying(client, NOW - timedelta(days=1))


def test_a_bare_file_does_nothing(client: BareClient) -> None:
    with pytest.raises(ServerDown, match="read from the database file"):
        client.run(ClearCache(charger="MALL-01"))
