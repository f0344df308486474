"""Log: every exchange as it happens, and what has gone before it. TUI-17, TUI-18, TUI-21"""

import re
import shlex
from typing import Any

import pytest
from textual.widgets import Input

from cpoctl.filters import matching
from cpoctl.operations.log import FrameRow
from cpoctl.operations.log.list import ListFrames
from cpoctl.tui.views import log
from cpoctl.tui.views.log import Log
from cpoctl.tui.widgets.frame_page import FramePage
from cpoctl.tui.widgets.lines import Lines
from tests.tui.harness import Server, Watched, told_status, watched


async def opened(desk: Watched) -> Log:
    """The log, brought to the front, once it has something to show."""
    await desk.press("3")
    view = desk.app.query_one(Log)
    await desk.until(lambda: view.lines.keys)
    return view


async def filtered(desk: Watched, text: str) -> None:
    """Filter as somebody does who types."""
    await desk.press("slash")
    desk.app.query_one("#filter", Input).value = text
    await desk.press("enter")


async def test_an_exchange_is_a_line_when_it_happens(server: Server) -> None:
    charger = await server.charger("HQ-1")
    async with watched(server, size=(140, 32)) as desk:
        await opened(desk)
        await told_status(charger, "Faulted")
        await desk.sees("status=Faulted conn=1")
        line = desk.line("status=Faulted")
        assert re.search(r"\d\d:\d\d:\d\d\.\d{3} +← +HQ-1 +StatusNotification +[\d.]+ +status=Faulted ", line)


async def test_foreign_text_is_only_text(server: Server) -> None:
    charger = await server.charger("HQ-1")
    async with watched(server, size=(180, 32)) as desk:
        await opened(desk)
        await charger.call("DataTransfer", {"vendorId": "[@click=app.quit]x[/]\x1b[2J"})
        await desk.sees("vendorId=[@click=app.quit]x[/]")
        await desk.press("k", "j", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, FramePage))
        await desk.sees('"vendorId": "[@click=app.quit]x[/]')
        assert "\x1b" not in desk.text


async def test_it_listens_on_while_another_screen_is_shown(server: Server) -> None:
    charger = await server.charger("HQ-1")
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.press("1")
        await charger.call("DataTransfer", {"vendorId": "later"})
        await desk.until(lambda: any("later" in row.request for row in view.exported()[1]))
        await desk.press("3")
        await desk.sees("vendorId=later")


async def test_going_up_stays_there_and_end_follows_again(server: Server) -> None:
    charger = await server.charger("HQ-1", *["Available"] * 3)
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.sees("FOLLOW")
        await desk.press("k")
        on = view.lines.cursor
        for _ in range(2):
            await charger.call("Heartbeat", {})
        await desk.sees("PAUSED", "+ 2 newer lines below (End or f to follow again)")
        assert view.lines.cursor == on
        await desk.press("end")
        await desk.sees("FOLLOW")
        await desk.until(lambda: view.lines.cursor == view.lines.keys[-1])
        await desk.until(lambda: "newer line" not in desk.text)


async def test_a_frozen_picture_holds_lines_back_and_lets_them_go(server: Server) -> None:
    charger = await server.charger("HQ-1")
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.press("p")
        before = list(view.lines.keys)
        await charger.call("DataTransfer", {"vendorId": "held"})
        await desk.sees("frozen, 1 newer line waiting")
        assert view.lines.keys == before
        await desk.press("p")
        await desk.sees("vendorId=held")


async def test_the_filter_means_the_same_as_where(server: Server) -> None:
    await server.charger("HQ-1")
    await server.charger("HQ-2")
    async with watched(server) as desk:
        view = await opened(desk)
        listed = await server.do(ListFrames(last=500))
        for text in ("action:Boot*", "~Boot.?Notif", "bootnotification", "charger:HQ-2 -action:Status*"):
            await filtered(desk, text)
            await desk.sees(f"filter: {text}")
            wanted = [row["journal_id"] for row in listed if matching(FrameRow, text)(row)]
            assert view.lines.keys == sorted(wanted, key=int)
            assert shlex.split(view.command())[-2:] == ["--where", text]
        await desk.press("escape")
        await desk.until(lambda: len(view.lines.keys) == len(listed))


async def test_x_hides_what_comes_all_the_time_and_says_so(server: Server) -> None:
    charger = await server.charger("HQ-1")
    await charger.call("Heartbeat", {})
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.sees("Heartbeat")
        await desk.press("x")
        await desk.sees("no Heartbeat, MeterValues")
        assert "Heartbeat" not in {row.action for row in view.exported()[1]}
        await desk.press("x")
        await desk.until(lambda: "Heartbeat" in {row.action for row in view.exported()[1]})


async def test_n_goes_to_the_next_problem_and_b_keeps_a_place(server: Server) -> None:
    charger = await server.charger("HQ-1")
    await charger.call("StatusNotification", {"connectorId": "one", "status": "Odd", "errorCode": "NoError"})
    await charger.call("Heartbeat", {})
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.press("b", "N")
        odd = view._ring.entries[view.lines.cursor or ""]
        assert isinstance(odd, FrameRow)
        assert odd.violations
        await desk.sees("noted", "connectorId type")
        await desk.press("B")
        assert view.lines.cursor == view.lines.keys[-1]


@pytest.mark.parametrize("width", [140, 60])
async def test_enter_shows_both_frames_and_what_the_standard_says(server: Server, width: int) -> None:
    charger = await server.charger("HQ-1")
    await charger.call("StatusNotification", {"connectorId": 1, "status": "Odd", "errorCode": "NoError"}, "id-7")
    async with watched(server, size=(width, 32)) as desk:
        await opened(desk)
        await desk.press("enter")
        await desk.sees("REQUEST", "message id id-7")
        page = desk.app.screen
        assert isinstance(page, FramePage)
        told = page.query_one(Lines).text
        assert "request: 1 problem by the schema of OCPP 1.6\n  ! status enum:" in told
        assert "answer: fits the schema of OCPP 1.6" in told
        assert '"status": "Odd"' in told
        assert bool(re.search(r"REQUEST +│ ANSWER", told)) == (width == 140)
        await desk.press("y")
        await desk.until(lambda: desk.app.clipboard.endswith('[3,"id-7",{}]'))
        await desk.press("Y")
        assert re.fullmatch(r"cpoctl log show \d+", desk.app.clipboard)


async def test_a_frame_of_a_megabyte_is_shown_in_part_and_says_so(server: Server) -> None:
    charger = await server.charger("HQ-1")
    await charger.call("DataTransfer", {"vendorId": "big", "data": "x" * 900_000})
    async with watched(server) as desk:
        await opened(desk)
        await desk.sees("DataTransfer")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, FramePage))
        await desk.sees("REQUEST")
        told = desk.app.screen.query_one(Lines)
        assert "signs are shown; log show" in told.text.replace("\n", "")
        assert len(told.text) < 200_000


async def test_y_copies_the_frames_under_the_cursor(server: Server) -> None:
    charger = await server.charger("HQ-1")
    await charger.exchange("Heartbeat", {}, "id-9")
    async with watched(server) as desk:
        await opened(desk)
        await desk.press("y")
        await desk.until(lambda: re.match(r'\[2, ?"id-9".*\n\[3, ?"id-9",', desk.app.clipboard))


async def test_page_up_at_the_beginning_asks_for_what_was_before(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_PAGE", 3)
    await server.charger("HQ-1", *["Available"] * 9)
    stored = [row["journal_id"] for row in await server.do(ListFrames(last=7))]
    async with watched(server) as desk:
        view = await opened(desk)
        await desk.until(lambda: view.lines.keys == stored[-3:])
        await desk.press("g", "pageup")
        await desk.until(lambda: view.lines.keys == stored[-6:])
        assert view.lines.cursor == stored[-6]
        await desk.press("pageup")
        await desk.until(lambda: len(view.lines.keys) == 9)


async def test_the_log_of_a_charger_goes_on_and_holds_nobody_else(server: Server) -> None:
    charger = await server.charger("HQ-1")
    other = await server.charger("HQ-2")
    async with watched(server) as desk:
        view = desk.app.query_one(Log)
        view.open_at("HQ-1")
        await desk.sees("only HQ-1", "FOLLOW", "BootNotification")
        await other.call("DataTransfer", {"vendorId": "theirs"})
        await charger.call("DataTransfer", {"vendorId": "mine"})
        await desk.sees("vendorId=mine")
        assert {row.charger_id for row in view.exported()[1]} == {"HQ-1"}
        assert view.command().startswith("cpoctl log list HQ-1 --last ")
        await desk.press("escape")
        await desk.sees("vendorId=theirs")


async def test_the_log_opens_at_a_time_and_goes_on_from_there(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_PAGE", 4)
    await server.charger("HQ-1", *["Available"] * 9)
    stored = await server.do(ListFrames(charger="HQ-1", last=10))
    at = stored[5]["at"]
    first = next(place for place, row in enumerate(stored) if row["at"] == at)  # one millisecond may hold several
    async with watched(server) as desk:
        view = desk.app.query_one(Log)
        await opened(desk)
        view.open_at("HQ-1", at)
        await desk.sees("HISTORY", "only HQ-1")
        await desk.until(lambda: view.lines.keys)
        assert view.lines.keys == [row["journal_id"] for row in stored[first - 2 : first + 2]]
        assert view.lines.cursor == stored[first]["journal_id"]  # TUI-18: within a second of that time
        while desk.line("HISTORY"):
            await desk.press("pagedown")
            await desk.pilot.pause()
        assert view.lines.keys == [row["journal_id"] for row in stored[first - 2 :]]
        await desk.sees("PAUSED")


async def test_a_time_without_a_connection_is_a_line_and_nothing_is_doubled(own_server: Server) -> None:
    await own_server.charger("HQ-1")
    async with watched(own_server) as desk:
        view = await opened(desk)
        before = list(view.lines.keys)
        await own_server.hang_up()
        await own_server.halt()
        await desk.sees("── no connection since")
        await own_server.restart()
        charger = await own_server.charger("HQ-1")
        await charger.call("DataTransfer", {"vendorId": "again"})
        await desk.sees("vendorId=again", seconds=10)
        told = re.search(r"no connection (\d\d:\d\d:\d\d) – (\d\d:\d\d:\d\d)", desk.text)
        assert told
        assert view.lines.keys[: len(before)] == before
        assert len(set(view.lines.keys)) == len(view.lines.keys)
        listed: list[Any] = await own_server.do(ListFrames(last=500))
        assert [row.journal_id for row in view.exported()[1]] == [row["journal_id"] for row in listed]


async def test_charger_and_action_can_be_read_at_any_size(server: Server) -> None:
    await server.charger("HQ-1")
    async with watched(server) as desk:
        await opened(desk)
        await desk.press("k")
        for width, height in ((40, 12), (60, 20), (80, 24), (200, 60)):
            await desk.pilot.resize_terminal(width, height)
            await desk.sees("HQ-1", "StatusNotification")
