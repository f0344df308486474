"""What every screen has around it: the line of screens, the line of commands, the way out."""

import pty
import termios
import tty
from pathlib import Path

import pytest
from textual.notifications import Notification
from textual.screen import ModalScreen

from cpoctl.cli.choices import Choices
from cpoctl.cli.cockpit import shell
from cpoctl.cli.giving_back import kept
from cpoctl.tui import copied
from cpoctl.tui.shelling import spelled
from cpoctl.tui.telling import too_many
from cpoctl.tui.widgets.dialogs import Confirm
from cpoctl.tui.widgets.table import RowTable
from tests.tui.harness import Server, settled, watched

KINDS = (("no", "error"), ("a", "information"), ("b", "information"))


def the_file_in(folder: Path) -> str:
    """What stands in the one table that was written there."""
    (file,) = folder.glob("cpoctl-fleet-*.csv")
    return file.read_text(encoding="utf-8")


async def test_a_command_line_runs_here_too(server: Server) -> None:
    """TUI-23"""
    await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("colon")
        await desk.sees("esc leave")
        assert "/ filter" not in desk.text
        await desk.write("charger show HQ-1")
        await desk.press("enter")
        await desk.sees("cpoctl charger show HQ-1", "AC-22", seconds=10)
        await desk.press("escape")
        assert not isinstance(desk.app.screen, ModalScreen)


async def test_q_asks_before_it_leaves(server: Server) -> None:
    async with watched(server, ends="The demo ends too.") as desk:
        await desk.press("2", "escape")
        assert desk.app.front.place == 2
        await desk.press("q", "ctrl+q")
        await desk.until(lambda: isinstance(desk.app.screen, Confirm))
        await desk.sees("The demo ends too.")
        await desk.press("right", "left", "enter")
        assert desk.app.is_running
        await desk.press("q")
        await desk.until(lambda: isinstance(desk.app.screen, Confirm))
        await desk.press("right", "enter")
        await desk.until(lambda: not desk.app.is_running)


async def test_what_is_shown_can_be_copied_as_ids_and_as_a_command(server: Server, tmp_path: Path) -> None:
    await server.charger("HQ-1")
    await server.charger("HQ-2")
    async with watched(server) as desk:
        await desk.press("asterisk", "y")
        assert desk.app.clipboard == "HQ-1\nHQ-2"
        file = tmp_path / "cpoctl-copied.txt"
        assert (file.read_text(), file.stat().st_mode & 0o777) == ("HQ-1\nHQ-2\n", 0o600)
        await desk.press("Y")
        assert desk.app.clipboard == f"cpoctl --server {server.address} charger list"


def test_a_command_line_names_its_server_only_where_it_is_not_the_usual_one() -> None:
    assert spelled("cpoctl charger list", []) == "cpoctl charger list"
    here = spelled("cpoctl tag add 'cpoctl x'", ["--server", "unix:/tmp/a b/s"])
    assert here == "cpoctl --server 'unix:/tmp/a b/s' tag add 'cpoctl x'"


def test_what_is_copied_is_never_written_into_a_file_of_somebody_else(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "cpoctl-copied.txt").symlink_to(other)
    assert copied.keep("HQ-1") is None
    assert other.read_text() == "mine"


def test_of_many_toasts_the_newest_stay_and_errors_longest() -> None:
    error, old, new = (Notification(word, severity=kind) for word, kind in KINDS)  # type: ignore[arg-type] # literals
    assert too_many([error]) == []
    assert too_many([error, old]) == [old]
    assert too_many([error, old, new]) == [old, new]


def test_the_terminal_is_given_back_as_it_was() -> None:
    """Whatever the toolkit takes for its settings after a SIGSTOP."""
    _, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    with kept(terminal):
        tty.setraw(terminal)
        assert termios.tcgetattr(terminal) != before
    assert termios.tcgetattr(terminal) == before


def test_the_words_that_reach_a_server_hold_in_every_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    choices = Choices()
    choices.server, choices.key_file = "unix:run/s", "key"
    assert shell(choices) == ["--server", f"unix:{tmp_path}/run/s", "--key-file", f"{tmp_path}/key"]
    assert shell(Choices()) == []


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
        await desk.sees("sort by the next column")
        await desk.press("question_mark")
        await desk.until(lambda: "sort by the next column" not in desk.text)


async def test_states_have_colours_in_every_theme(server: Server) -> None:
    await server.charger("HQ-1", "Faulted")
    async with watched(server) as desk:
        for theme in ("cpo-light", "cpo-contrast", "ansi-dark", "nord"):
            desk.app.theme = theme
            await settled(desk.pilot)
            assert desk.app.query_one(RowTable).look("faulted").color is not None
            assert "FAULTED" in desk.text
