"""Every screen on every terminal: nothing breaks, and what must be read can be read (TUI-08)."""

import re

import pytest
from rich.cells import cell_len

from cpoctl.operations.charger.add import AddCharger
from cpoctl.tui.statuses import LOOKS
from cpoctl.tui.views import View
from cpoctl.tui.widgets.key_line import fitting
from cpoctl.tui.widgets.lines import Lines
from cpoctl.tui.widgets.table import RowTable
from tests.tui.harness import Server, began, settled, watched

SIZES = [(40, 12), (60, 20), (80, 24), (110, 30), (200, 60)]
NAME = "SITE-NORTH-07"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_fits(server: Server, size: tuple[int, int]) -> None:
    """TUI-08"""
    charger = await server.charger(NAME, "Charging", "Faulted", "SuspendedEVSE")
    await began(charger)
    async with watched(server, size=size) as desk:
        assert re.search(rf"{LOOKS['Faulted'].word} +{NAME} ", desk.text)
        for screen in desk.app.query_one("#screens").query_children(View):
            if screen.id == "charger":
                desk.app.screens.open_charger(NAME)
            else:
                desk.app.screens.go(screen.id or "")
            await settled(desk.pilot)
            assert desk.app.front is screen
            assert {cell_len(line) for line in desk.text.split("\n")} == {size[0]}


@pytest.mark.parametrize(
    ("room", "shown"),
    [(24, 3), (23, 1), (17, 1), (16, 0), (5, 0)],  # s start… R reset… ? keys
)
def test_as_many_keys_are_shown_as_have_room_as_a_whole(room: int, shown: int) -> None:
    assert fitting(["s start…", "R reset…", "? keys"], "? keys", room) == shown


async def test_no_key_is_cut_off_within_its_word(server: Server) -> None:
    """TUI-08"""
    async with watched(server, size=(50, 20)) as desk:
        await desk.until(lambda: desk.text.rstrip().endswith("… ? keys"))
        await desk.pilot.resize_terminal(110, 20)
        await desk.until(lambda: desk.text.rstrip().endswith("? keys q quit"))


async def test_a_line_that_is_cut_off_says_so(server: Server) -> None:
    async with watched(server, size=(60, 20)) as desk:
        top = desk.app.query_one("#banner", Lines)
        top.tell([[("x" * 59, "alert"), ("y", "")], [("x" * 59, "alert"), ("yz", "")]])
        top.display = True
        await desk.sees("x" * 59 + "y", "x" * 59 + "…")


async def test_a_list_follows_when_the_terminal_changes_its_size(server: Server) -> None:
    for number in range(30):
        await server.do(AddCharger(charger=f"C-{number:02}"))
    async with watched(server, size=(110, 40)) as desk:
        await desk.press("G")
        await desk.sees("C-29")
        await desk.pilot.resize_terminal(60, 14)
        await desk.sees("C-29")
        assert desk.app.front.query_one(RowTable).cursor == "c-29"


async def test_too_small_it_says_which_size_it_needs_and_goes_on(server: Server) -> None:
    """TUI-08"""
    await server.charger(NAME, "Available")
    async with watched(server, size=(39, 9)) as desk:
        await desk.sees("needs 40x10, has 39x9")
        assert NAME not in desk.text
        await desk.pilot.resize_terminal(80, 24)
        await desk.sees(NAME)
        assert "needs" not in desk.text
