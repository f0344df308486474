"""What every screen has around it: the line of screens, the line of commands, the way out."""

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from cpoctl.tui.widgets.dialogs import Confirm
from cpoctl.tui.widgets.table import RowTable
from tests.tui.harness import Server, settled, watched


def the_file_in(folder: Path) -> str:
    """What stands in the one table that was written there."""
    (file,) = folder.glob("cpoctl-fleet-*.csv")
    return file.read_text(encoding="utf-8")


async def test_a_command_line_runs_here_too(server: Server) -> None:
    """TUI-23"""
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("colon")
        await desk.write("charger show HQ-1")
        await desk.press("enter")
        await desk.sees("cpoctl charger show HQ-1", "AC-22", seconds=10)
        await desk.press("escape")
        assert not isinstance(desk.app.screen, ModalScreen)


async def test_q_asks_before_it_leaves(server: Server) -> None:
    async with watched(server) as desk:
        await desk.press("q")
        await desk.until(lambda: isinstance(desk.app.screen, Confirm))
        await desk.press("enter")
        assert desk.app.is_running
        await desk.press("q")
        await desk.until(lambda: isinstance(desk.app.screen, Confirm))
        await desk.press("tab", "enter")
        await desk.until(lambda: not desk.app.is_running)


async def test_what_is_shown_can_be_copied_as_ids_and_as_a_command(server: Server) -> None:
    await server.charger("HQ-1")
    await server.charger("HQ-2")
    async with watched(server) as desk:
        await desk.press("asterisk", "y")
        assert desk.app.clipboard == "HQ-1\nHQ-2"
        await desk.press("Y")
        assert desk.app.clipboard == "cpoctl charger list"


async def test_what_is_shown_can_be_written_to_a_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await server.charger("HQ-1")
    async with watched(server) as desk:
        await desk.press("e")
        await desk.sees("Export 1 rows as", "csv")
        await desk.press("enter")
        await desk.sees("written")
    assert "HQ-1" in the_file_in(tmp_path)


async def test_the_keys_of_what_has_the_focus_can_be_read(server: Server) -> None:
    async with watched(server) as desk:
        await desk.press("question_mark")
        await desk.sees("mark all shown")
        await desk.press("question_mark")
        await desk.until(lambda: "mark all shown" not in desk.text)


async def test_states_have_colours_in_every_theme(server: Server) -> None:
    await server.charger("HQ-1", "Faulted")
    async with watched(server) as desk:
        for theme in ("cpo-light", "cpo-contrast", "ansi-dark", "nord"):
            desk.app.theme = theme
            await settled(desk.pilot)
            assert desk.app.query_one(RowTable).look("faulted").color is not None
            assert "FAULTED" in desk.text
