"""The server goes away and comes back: what was known stays, and nobody takes it for live (TUI-09, TUI-10)."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpoctl.client import client_for
from cpoctl.errors import ServerDown
from cpoctl.operations.charger.add import AddCharger
from cpoctl.tui.app import Dashboard
from cpoctl.tui.banner import away
from cpoctl.tui.link import Lost, wait_s
from cpoctl.tui.views.fleet import Fleet
from tests.tui.harness import Server, screen_text, told_status, until, watched


async def test_away_it_says_so_keeps_the_picture_and_does_nothing(own_server: Server) -> None:
    """TUI-09"""
    for name in ("A-1", "A-2", "B-1"):
        await own_server.do(AddCharger(charger=name))
    async with watched(own_server) as desk:
        table = desk.app.query_one(Fleet).table
        await desk.press("slash")
        await desk.write("A-")
        await desk.press("enter", "j", "space")
        await own_server.halt()
        await desk.sees("DISCONNECTED", "data as of", "actions are off", "next in", seconds=1)
        assert all(part.styles.text_opacity < 1 for part in (table, desk.app.front.query_one(".summary")))
        assert (table.keys, table.cursor, table.chosen) == (["a-1", "a-2"], "a-2", ["a-2"])
        await desk.press("R")
        await desk.sees("the server is away, so nothing is sent")
        assert "filter: A-" in desk.text


async def test_before_the_first_picture_nothing_is_told_as_a_fact(tmp_path: Path) -> None:
    app = Dashboard(client_for(f"unix:{tmp_path}/nobody"))
    async with app.run_test(size=(110, 32)) as pilot:
        await until(
            pilot, lambda: all(word in screen_text(app) for word in ("DISCONNECTED", "no picture yet", "- of -"))
        )
        assert "0 chargers" not in screen_text(app)


@pytest.mark.parametrize(("here", "longest"), [(True, 3), (False, 30)])
def test_a_server_on_this_machine_is_tried_more_often(here: bool, longest: float) -> None:
    assert [wait_s(tries, here=here) <= 2**tries for tries in (0, 1)] == [True, True]
    assert 0.8 * longest <= wait_s(50, here=here) <= longest


def test_the_banner_says_first_how_old_the_picture_is() -> None:
    lost = Lost(ServerDown("no server answers on unix:/run/cpoctl.sock"), 3, 3.0)
    (((said, _),),) = away(lost, 2.4, datetime(2026, 11, 20, 14, 2, 11, tzinfo=UTC))
    assert said.startswith(" !! data as of 14:02:11 · actions are off · try 3, next in 2 s, r: now · no server answers")
    (((unknown, _),),) = away(lost, 0, None)
    assert unknown.startswith(" !! no data yet")


async def test_back_again_it_is_live_and_tells_of_the_gap(own_server: Server) -> None:
    """TUI-09, TUI-10"""
    await own_server.charger("A-1")
    await own_server.do(AddCharger(charger="A-2"))
    async with watched(own_server) as desk:
        table = desk.app.query_one(Fleet).table
        await desk.press("G", "space", "k")
        before = (table.cursor, table.chosen)
        await own_server.halt()
        await desk.sees("DISCONNECTED")
        await own_server.restart()
        own_server.client.run(AddCharger(charger="A-3"))
        await desk.press("r")
        await desk.sees("connected again", "events happened meanwhile", "A-3", seconds=2)
        assert "DISCONNECTED" not in desk.text
        assert sorted(table.keys) == ["a-1", "a-2", "a-3"]
        assert (table.cursor, table.chosen) == before
        charger = await own_server.charger("A-2")
        await told_status(charger, "Faulted")
        await desk.until(lambda: "FAULTED" in desk.line(" A-2"))


async def test_it_comes_back_by_itself(own_server: Server) -> None:
    """TUI-09"""
    async with watched(own_server) as desk:
        await own_server.halt()
        await desk.sees("DISCONNECTED")
        await own_server.restart()
        await desk.sees("connected again")


async def test_a_server_that_goes_while_a_dialog_is_open_lets_nothing_be_sent(own_server: Server) -> None:
    await own_server.charger("A-1")
    async with watched(own_server) as desk:
        await desk.press("U")
        await desk.sees("Cancel")
        await own_server.halt()
        await desk.until(lambda: desk.app.following.lost)
        await desk.press("tab", "enter")
        await desk.sees("DISCONNECTED")
        await desk.until(lambda: "no server answers" in desk.text or "nothing is sent" in desk.text)


async def test_it_ends_at_once_while_the_server_is_away(own_server: Server) -> None:
    async with watched(own_server) as desk:
        await own_server.halt()
        await desk.until(lambda: desk.app.following.lost)
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
