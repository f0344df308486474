"""The server goes away and comes back: what was known stays, and nobody takes it for live (TUI-09, TUI-10)."""

import time

from cpoctl.operations.charger.add import AddCharger
from cpoctl.tui.views.fleet import Fleet
from tests.tui.harness import Server, told_status, watched


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
        await desk.sees("DISCONNECTED", "data as of", "next in", seconds=1)
        assert (table.keys, table.cursor, table.chosen) == (["a-1", "a-2"], "a-2", ["a-2"])
        await desk.press("R")
        await desk.sees("the server is away, so nothing is sent")
        assert "filter: A-" in desk.text


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
        await desk.until(lambda: desk.app.lost)
        await desk.press("tab", "enter")
        await desk.sees("DISCONNECTED")
        await desk.until(lambda: "no server answers" in desk.text or "nothing is sent" in desk.text)


async def test_it_ends_at_once_while_the_server_is_away(own_server: Server) -> None:
    async with watched(own_server) as desk:
        await own_server.halt()
        await desk.until(lambda: desk.app.lost)
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
