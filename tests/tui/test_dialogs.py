"""Before something is done: what it will do is told, Cancel is nearest, and the shell would do the same (UX §4.7)."""

import asyncio
import os
import random
import re
import shlex
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual.screen import ModalScreen
from textual.widgets import Button

from cpoctl.cli.running import run
from cpoctl.command_lines import command_line
from cpoctl.operations import Danger
from cpoctl.operations.charger.list import ListChargers
from cpoctl.parameters import targeted
from cpoctl.tui.actions import ACTIONS, CHARGER, Action, Subject, on
from cpoctl.tui.app import Dashboard
from cpoctl.tui.widgets.dialogs import Names
from tests.tui.fuzz import fuzz, nothing_was_sent
from tests.tui.harness import Server, began, settled, type_quickly, watched

GIVEN: dict[str, dict[str, Any]] = {
    "session.start": {"tag": "ANNA"},
    "charger.reset": {"hard": True},
    "charger.availability": {"operative": False, "inoperative": True},
    "var.set": {"name": "HeartbeatInterval", "value": "30; rm -rf"},
    "charger.trigger": {"message": "Heartbeat"},
    "firmware.update": {"url": "https://example.org/fw?a=1&b='2'", "at": "2030-01-01T00:00:00Z"},
    "diag.fetch": {"url": "ftp://example.org/"},
    "charger.edit": {"note": "- beside the gate", "label": ("a=b",)},
    "reservation.add": {"tag": "ANNA", "until": "2h"},
}
"""What each action on a charger is told, where it must be told something."""
CHANCE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=_id\": )\d{5,}|(?<=Id\":)\d{5,}")
ON_CHARGERS = [action for action in on(CHARGER) if (aim := targeted(action.operation)) and aim.kind == CHARGER]
DANGEROUS = [action for action in ON_CHARGERS if action.operation.danger >= Danger.DISRUPTS]


async def test_every_dangerous_action_is_asked_about_and_cancel_is_nearest(own_server: Server) -> None:
    """TUI-12"""
    charger = await own_server.charger("HQ-1", "Available")
    async with watched(own_server) as desk:
        for action, key in zip(DANGEROUS, cycle(("enter", "escape")), strict=False):
            desk.app.act(action, Subject(CHARGER, ("HQ-1",)), GIVEN.get(action.id, {}))
            await desk.sees("Cancel", "HQ-1?", f"Same as: cpoctl {action.path}")
            assert desk.app.focused is desk.app.screen.query_one("#cancel")
            await desk.press(key)
            await desk.until(lambda: not isinstance(desk.app.screen, ModalScreen))
        await nothing_was_sent(own_server, charger)
        assert [row["charger_id"] for row in own_server.client.run(ListChargers())] == ["HQ-1"]


async def test_the_dialog_shows_the_frame_and_the_command(server: Server) -> None:
    """TUI-12"""
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("R")
        await desk.sees("hard")
        await desk.press("ctrl+s")
        await desk.sees('Sends: [2,"<id>","Reset",{"type":"Soft"}]', "Same as: cpoctl charger reset HQ-1 --yes")


async def test_what_is_severe_waits_for_its_word(server: Server) -> None:
    """TUI-12"""
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        desk.app.act(next(a for a in ACTIONS if a.id == "charger.reset"), Subject(CHARGER, ("HQ-1",)), {"hard": True})
        await desk.sees("Type HQ-1 to go on")
        go = desk.app.screen.query_one("#go", Button)
        await desk.press("tab", "shift+tab", "shift+tab")
        assert desk.app.focused is desk.app.screen.query_one("#word")
        for text in ("HQ", "-1x"):
            await desk.write(text)
            assert go.disabled
        await desk.press("backspace")
        assert not go.disabled
        await desk.press("enter")
        assert charger.unasked == 0
        assert desk.app.focused is go
        await desk.press("enter")
        assert (await charger.reply({"status": "Accepted"}))[2:] == ["Reset", {"type": "Hard"}]


async def test_what_was_agreed_to_is_sent_and_its_outcome_is_told(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("U")
        await desk.sees("Cancel")
        await desk.press("tab", "enter")
        assert (await charger.reply({"status": "Unlocked"}))[2] == "UnlockConnector"
        await desk.sees("sent to HQ-1")


async def test_a_form_says_what_is_missing_and_keeps_what_was_written(server: Server) -> None:
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("V")
        await desk.sees("name *", "value *")
        await desk.write("MeterValueSampleInterval")
        await desk.press("ctrl+s")
        await desk.sees("value is missing")
        assert "MeterValueSampleInterval" in desk.text
        await desk.press("enter")
        await desk.write("60")
        await desk.sees("Same as: cpoctl var set HQ-1 MeterValueSampleInterval 60 --yes")
        assert "value is missing" not in desk.text


async def test_a_tag_is_completed_and_the_tags_are_asked_for_once() -> None:
    asked: list[str] = []

    async def known(kind: str) -> list[str]:
        asked.append(kind)
        return ["BERTA", "ANNA-K"]

    names = Names("tag", known)
    assert [await names.get_suggestion(text) for text in ("an", "b", "x")] == ["ANNA-K", "BERTA", None]
    assert asked == ["tag"]


async def test_nothing_is_sent_from_a_dashboard_that_only_reads(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    async with watched(server, read_only=True) as desk:
        await desk.press("R")
        await desk.sees("this dashboard is read-only")
        assert "reset…" not in desk.text
        await desk.press("a")
        await desk.sees("what to do", "read variables…")
        assert "reset…" not in desk.text
        await charger.synced()
        assert charger.unasked == 0


async def test_on_many_chargers_it_says_how_many_and_more_than_twenty_are_typed(server: Server) -> None:
    names = [f"HQ-{number:02}" for number in range(21)]
    reset, availability = (next(a for a in ACTIONS if a.id == f"charger.{id}") for id in ("reset", "availability"))
    for name in names[:3]:
        await server.charger(name)
    async with watched(server) as desk:
        desk.app.act(reset, Subject(CHARGER, tuple(names[:2])), {"soft": True, "hard": False})
        await desk.sees("Reset 2 chargers?", "HQ-00, HQ-01", "Same as: cpoctl charger reset HQ-00 HQ-01")
        await desk.press("escape")
        desk.app.act(reset, Subject(CHARGER, tuple(names)), {"soft": True, "hard": False})
        await desk.sees("Reset 21 chargers?", "Type 21 to go on")
        await desk.press("escape")
        desk.app.act(availability, Subject(CHARGER, tuple(names[:3])), {"inoperative": True})
        await desk.sees("put 3 chargers out of service", "HQ-00, HQ-01, HQ-02", '"type":"Inoperative"}]')


async def test_which_evse_is_asked_and_what_runs_there_is_told(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available", "Charging")
    await began(charger, "ANNA", 1000, connector=2)
    async with watched(server) as desk:
        await desk.press("U")
        await desk.sees("evse *", "which EVSE of HQ-1")
        await desk.press("enter", "down", "down", "enter", "ctrl+s")
        await desk.sees("Unlock HQ-1:2?", "HQ-1:2, tag ANNA, 0.00 kWh so far", '{"connectorId":2}')


async def test_variables_that_were_never_read_are_read_with_a_key_and_then_set(server: Server) -> None:
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        desk.app.screens.open_charger("HQ-1")
        await desk.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await desk.sees("not read yet: F reads them (cpoctl var get HQ-1)")
        await desk.press("F")
        await desk.sees("read variables · HQ-1")
        await desk.press("ctrl+s")
        known = {"key": "HeartbeatInterval", "readonly": False, "value": "300"}
        assert (await charger.reply({"configurationKey": [known], "unknownKey": []}))[2] == "GetConfiguration"
        await desk.sees("HQ-1: 1 read", " HeartbeatInterval")
        await desk.press("enter")
        await desk.sees("set variable · HQ-1", "HeartbeatInterval is 300")
        await desk.write("60")
        await desk.press("enter")
        await desk.sees("Sends: ", "ChangeConfiguration")
        assert "Would write" not in desk.text


@pytest.mark.parametrize("action", ON_CHARGERS, ids=lambda action: action.id)
async def test_the_command_that_is_shown_would_send_the_same(
    server: Server, action: Action, capsys: pytest.CaptureFixture[str]
) -> None:
    """TUI-13"""
    await server.charger("HQ-1", "Available")
    given = GIVEN.get(action.id, {})
    operation = action.made(given, "HQ-1")
    shown = command_line(operation)
    assert shown.startswith(f"cpoctl {action.path} ")
    subject = Subject(CHARGER, ("HQ-1",))
    frames = await asyncio.create_task(Dashboard(server.client).doing.frames(action, subject, given))
    capsys.readouterr()
    assert run(["--server", server.address, *shlex.split(shown)[1:], "--dry-run"]) == 0
    said = capsys.readouterr()
    assert steady([*said.out.splitlines(), *said.err.splitlines()]) == steady(frames)


def steady(lines: list[str]) -> list[str]:
    """Without instants and numbers that are new each time."""
    return [CHANCE.sub("<new>", line) for line in lines]


async def test_no_key_alone_sends_anything(own_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TUI-11: `HYPOTHESIS_PROFILE=search` presses other keys; `python -m tests.tui.fuzz` presses 5,000."""
    monkeypatch.chdir(tmp_path)  # for what is exported
    seed = random.SystemRandom().randrange(10**6) if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 1
    print("seed", seed)
    await fuzz(own_server, seed, 100)


async def test_a_page_is_turned_though_the_list_has_no_room(server: Server) -> None:
    """TUI-11: nor has it any before it was painted once, and keys may be quicker than that."""
    await server.charger("HQ-1", "Available")
    async with watched(server, size=(80, 2)) as desk:
        for opens in ("ctrl+p", "a"):
            await desk.press(opens, "down", "pageup", "pagedown", "escape", "escape")
        await desk.pilot.resize_terminal(80, 24)
        await desk.press("a", "pagedown")
        assert "cpoctl charger reset" in desk.text


async def test_a_key_that_was_meant_for_another_screen_does_nothing_here(server: Server) -> None:
    """TUI-11: screens may change between a key and what it does; a charger is no alert."""
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        type_quickly(desk.app, ["4", "A", "1"] * 3)
        await settled(desk.pilot)
        desk.app.action_act("alert.ack")
        await settled(desk.pilot)
        assert desk.app.front.place == 1
        assert not isinstance(desk.app.screen, ModalScreen)


async def test_the_palette_is_left_while_it_searches(server: Server) -> None:
    """TUI-11"""
    async with watched(server) as desk:
        for _ in range(5):
            await desk.press("ctrl+p")
            await desk.sees("which key does what")
            type_quickly(desk.app, ["F", "escape"])
            await settled(desk.pilot)
        assert not isinstance(desk.app.screen, ModalScreen)


async def test_a_dialog_may_be_left_before_it_is_there(server: Server) -> None:
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        for key in "RAa":
            type_quickly(desk.app, [key, "escape"] * 2)
            await settled(desk.pilot)
        while isinstance(desk.app.screen, ModalScreen):
            await desk.press("escape")
        assert desk.app.is_running


async def test_a_box_says_without_colour_whether_it_is_ticked(server: Server) -> None:
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("R")
        await desk.sees("hard")
        assert "X" not in desk.line(" hard ")
        await desk.press("space")
        assert "X" in desk.line(" hard ")
