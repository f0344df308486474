"""Comfort: keys of one's own, saved views, groups, columns, and how times are told."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpoctl.cli.cockpit import keeper
from cpoctl.cli.running import run
from cpoctl.config import DashboardSettings, ViewSettings
from cpoctl.errors import ConfigInvalid, UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.list import ListSites
from cpoctl.tui import beginnings, keymap
from cpoctl.tui.beginnings import Wishes
from cpoctl.tui.flashes import Flashes
from cpoctl.tui.top_line import Name, title, top_line
from cpoctl.tui.views.fleet import Fleet
from tests.tui.harness import Server, Watched, told_status, watched


def fleet(desk: Watched) -> Fleet:
    return desk.app.query_one(Fleet)


async def placed(server: Server, **sites: str) -> None:
    """Chargers at sites: A1="hq"."""
    for site in {*sites.values()} - {row["site_id"] for row in server.client.run(ListSites())} - {""}:
        await server.do(AddSite(site=site, time_zone="UTC"))
    for name, site in sites.items():
        await server.do(AddCharger(charger=name))
        if site:
            await server.do(EditCharger(charger=name, site=site))


# --- keys ------------------------------------------------------------------------------------------------------------


async def test_a_key_of_ones_own_does_what_the_usual_one_did(server: Server) -> None:
    """TUI-27"""
    await placed(server, A1="")
    async with watched(server, wishes=Wishes(keymap={"freeze": "f8", "table.last": "ctrl+e,f9"})) as desk:
        await desk.press("p")
        assert not desk.app.following.frozen
        await desk.press("f8")
        assert desk.app.following.frozen


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"charger.rest": "x"}, "no key is called charger.rest (did you mean charger.reset?)"),
        ({"charger.reset": "s"}, "s is the key of both reset… (charger.reset) and start… (session.start)"),
        ({"freeze": "enter"}, "enter is the key of both freeze (freeze) and open (table.open)"),
        ({"freeze": "n"}, "n is the key of both freeze (freeze) and next problem (log.next) on the screen Log"),
        ({"freeze": "ctrl+q"}, "ctrl+q is the key of both freeze (freeze) and "),
        ({"freeze": "ctl+f"}, "keymap.freeze: ctl+f is no key"),
        ({"freeze": ""}, "is no key"),
        ({"dialog.go": "escape"}, "on the dialog Form"),
    ],
)
def test_a_keymap_that_cannot_be_is_refused_with_both_names(given: dict[str, str], says: str) -> None:
    """TUI-27"""
    with pytest.raises(ConfigInvalid) as caught:
        keymap.checked(given)
    assert says in caught.value.message
    assert caught.value.exit_code == 12


@pytest.mark.parametrize(
    "given",
    [
        {"session.start": "S", "session.stop": "s"},
        {"copy": "f5"},
        {"freeze": "?", "help": "f1"},
        {"charger.reset": "ctrl+r,f6"},
    ],
)
def test_keys_may_be_changed_round(given: dict[str, str]) -> None:
    assert keymap.checked(given).keys() == given.keys()


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ('[keymap]\ncharger.reset = "ctrl+r"\n"session.stop" = "f7"\n', 0, "right"),
        ('[keymap]\ncharger.reset = "s"\n', 12, "reset… (charger.reset) and start… (session.start)"),
        ("[keymap]\ncharger.reset = 1\n", 12, ":2: keymap.charger.reset is 1, wanted text"),
        ('[view.a]\ncolumns = ["xyz"]\n', 12, "view.a.columns: Fleet has no column xyz"),
        ('[view.a]\ncolumns = "status"\n', 12, ":2: view.a.columns is 'status', wanted a list of text"),
        ('[dashboard]\nscreen = "flet"\n', 12, "dashboard.screen: no screen flet (did you mean fleet?)"),
    ],
)
def test_config_validate_judges_what_the_dashboard_is_told(
    text: str, code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """TUI-27"""
    path = tmp_path / "c.toml"
    path.write_text(text)
    assert run(["--config", str(path), "config", "validate"]) == code
    assert says in capsys.readouterr().err


def test_a_key_is_set_and_taken_back_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[keymap]  # mine\ncharger.reset = "f7"  # as at home\n')
    config = ["--config", str(path), "config"]
    assert run([*config, "set", "keymap.charger.reset", "f8"]) == 0
    assert run([*config, "set", "keymap.freeze", "f8"]) == 12
    assert run([*config, "set", "keymap.freeze", "f9"]) == 0
    assert path.read_text() == '[keymap]  # mine\ncharger.reset = "f8"  # as at home\nfreeze = "f9"\n'
    capsys.readouterr()
    assert run([*config, "get", "keymap.charger.reset"]) == 0
    assert "f8" in capsys.readouterr().out
    assert run([*config, "unset", "keymap.charger.reset"]) == 0
    assert path.read_text() == '[keymap]  # mine\nfreeze = "f9"\n'


# --- where it begins -------------------------------------------------------------------------------------------------

FAULTS = ViewSettings(screen="fleet", filter="status:faulted", sort="-charger", columns=["charger", "for"])


def test_flags_win_over_a_saved_view_and_that_over_the_settings() -> None:
    settings = DashboardSettings(screen="sessions", sort="kw")
    saved = {"faults": FAULTS}
    assert beginnings.first(settings, saved) == ViewSettings(screen="sessions", sort="kw")
    assert beginnings.first(settings, saved, "faults") == FAULTS
    assert beginnings.first(settings, saved, "faults", None, "HQ-*").filter == "HQ-*"
    assert beginnings.first(settings, saved, None, "alerts") == ViewSettings(screen="alerts")


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (ViewSettings(screen="flet"), "view.v.screen: no screen flet (did you mean fleet?)"),
        (ViewSettings(sort="-stat"), "view.v.sort: Fleet has no column stat (did you mean status?)"),
        (ViewSettings(columns=["charger", "xyz"]), "view.v.columns: Fleet has no column xyz; it has status, "),
        (ViewSettings(filter="colour:red"), "view.v.filter: "),
    ],
)
def test_a_view_that_cannot_be_is_refused(view: ViewSettings, says: str) -> None:
    with pytest.raises(ConfigInvalid, match=re.escape(says)):
        beginnings.check(DashboardSettings(), {"v": view})
    with pytest.raises(UsageProblem):
        beginnings.first(DashboardSettings(), {"v": view}, "v")


@pytest.mark.parametrize("settings", [DashboardSettings(theme="cpo-drak"), DashboardSettings(fps=0.0)])
def test_settings_that_cannot_be_are_refused(settings: DashboardSettings) -> None:
    with pytest.raises(ConfigInvalid, match=r"dashboard\.(theme|fps): "):
        beginnings.check(settings, {})


def test_a_view_that_nobody_saved_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageProblem, match=r"no saved view fault \(did you mean faults\?\)"):
        beginnings.first(DashboardSettings(), {"faults": FAULTS}, "fault")


async def test_it_begins_with_what_was_asked_for(server: Server) -> None:
    await placed(server, A1="", A2="", B1="")
    first = ViewSettings(screen="fleet", filter="charger~^a", sort="-charger", columns=["charger", "model"])
    wishes = Wishes(first=first, settings=DashboardSettings(theme="cpo-light"))
    async with watched(server, wishes=wishes) as desk:
        assert fleet(desk).table.keys == ["a2", "a1"]
        assert desk.line("MODEL").split() == ["CHARGER", "MODEL"]
        assert desk.app.theme == "cpo-light"
    async with watched(server, wishes=Wishes(first=ViewSettings(screen="sessions"))) as desk:
        await desk.sees("running sessions", "sort: SESSION ↓")


# --- saved views -----------------------------------------------------------------------------------------------------


async def test_what_is_shown_is_saved_and_found_again(server: Server, tmp_path: Path) -> None:
    await placed(server, A1="hq", A2="", B1="hq")
    path = tmp_path / "c.toml"
    path.write_text("# mine\n[dashboard]\nfps = 2 # slow\n")
    async with watched(server, wishes=Wishes(keep=keeper(path))) as desk:
        fleet(desk).take(ViewSettings(filter="charger~^a", sort="-charger", columns=["charger", "site"], group="site"))
        await desk.press("W", "enter")
        await desk.sees("Save this view as", "fleet · charger~^a · sort -charger · by site")
        await desk.write("north")
        await desk.press("enter")
        await desk.until(lambda: desk.app.saved)
        fleet(desk).take(ViewSettings())
        await desk.press("2", "W")
        await desk.sees("north")
        await desk.press("enter")
        await desk.until(lambda: desk.app.front is fleet(desk))
        assert fleet(desk).as_view() == desk.app.saved["north"]
        assert fleet(desk).table.keys == ["a1", "a2"]
        saved = path.read_text()
        assert saved.startswith("# mine\n[dashboard]\nfps = 2 # slow\n\n[view.north]\n")
        assert 'columns = ["charger", "site"]' in saved
        await desk.press("W", "down", "down", "enter")
        await desk.sees("Remove a saved view")
        await desk.press("enter")
        await desk.until(lambda: not desk.app.saved)
        assert path.read_text() == "# mine\n[dashboard]\nfps = 2 # slow\n"


async def test_a_read_only_dashboard_saves_nothing(server: Server) -> None:
    async with watched(server, read_only=True, wishes=Wishes(keep=lambda name, view: None)) as desk:
        await desk.press("W", "enter")
        await desk.write("north")
        await desk.press("enter")
        await desk.sees("read-only")
        assert not desk.app.saved


# --- groups, columns, zoom -------------------------------------------------------------------------------------------


async def test_chargers_are_grouped_by_site_and_headings_are_not_rows(server: Server) -> None:
    await placed(server, A1="", A2="north", A3="hq", A4="hq")
    broken = await server.charger("A4", "Faulted")
    async with watched(server, wishes=Wishes(first=ViewSettings(sort="charger"))) as desk:
        table = fleet(desk).table
        await desk.press("b")
        lines = [line.split()[:4] for line in desk.text.split("\n")[5:12]]
        assert [line[0] for line in lines if line[0] in ("hq", "north", "no")] == ["hq", "north", "no"]
        assert "hq · 2  ✕ 1 FAULTED" in desk.line("hq · 2")
        assert table.keys == ["a3", "a4", "a2", "a1"]
        assert table.cursor == "a1"
        await desk.press("g")
        seen = [table.cursor]
        for _ in range(4):
            await desk.press("j")
            seen.append(table.cursor)
        assert seen == ["a3", "a4", "a2", "a1", "a1"]
        await desk.press("g")
        assert "hq · 2" in desk.text
        await told_status(broken, "Available")
        await desk.until(lambda: "FAULTED" not in desk.line("hq · 2"))
        await server.do(EditCharger(charger="A1", site="north"))
        await desk.until(lambda: "north · 2" in desk.text)
        assert table.keys == ["a3", "a4", "a1", "a2"]
        await desk.press("b")
        assert table.keys == ["a1", "a2", "a3", "a4"]


async def test_a_click_on_a_heading_selects_nothing_and_below_it_the_row_there(server: Server) -> None:
    await placed(server, A1="north", A2="hq")
    async with watched(server, wishes=Wishes(first=ViewSettings(group="site"))) as desk:
        table = fleet(desk).table
        lines = desk.text.split("\n")
        heading, row = (next(n for n, line in enumerate(lines) if word in line) for word in ("north · 1", " A1 "))
        assert row == heading + 1
        before = table.cursor
        await desk.pilot.click(offset=(5, heading))
        assert table.cursor == before
        await desk.pilot.click(offset=(5, row))
        assert table.cursor == "a1"


async def test_columns_are_chosen_with_keys(server: Server) -> None:
    await placed(server, A1="")
    async with watched(server) as desk:
        assert "EVSES" in desk.line("CHARGER")
        await desk.press("K")
        await desk.sees("[x] EVSES")
        await desk.press("down", "down", "space")
        await desk.sees("[ ] EVSES")
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.app.screen.is_modal is False)
        assert "EVSES" not in desk.line("CHARGER")
        await desk.press("2", "1")
        assert "EVSES" not in desk.line("CHARGER")


async def test_the_preview_is_shown_alone_with_its_row(server: Server) -> None:
    await placed(server, A1="", A2="")
    async with watched(server) as desk:
        preview = fleet(desk).query_one(".preview")
        await desk.press("z")
        assert not preview.display
        await desk.press("z")
        await desk.pilot.pause()
        assert preview.size.height > 15
        await desk.press("j")
        assert "A2" in desk.line("▌")
        await desk.press("b", "g")
        await desk.until(lambda: "A1" in desk.line("▌"))
        await desk.press("z")
        await desk.pilot.pause()
        assert preview.size.height < 10


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch, plain_environment: None) -> Iterator[None]:
    """Where nobody would take UTC for the local time."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    yield


async def test_times_are_told_by_age_or_clock_in_local_time_or_utc(server: Server, in_berlin: None) -> None:
    import time

    time.tzset()
    await server.charger("A1", "Available")
    async with watched(server, wishes=Wishes(first=ViewSettings(columns=["charger", "for"]))) as desk:
        await desk.until(lambda: re.search(r"A1 +\d+s", desk.line(" A1 ")))
        await desk.press("t")
        here = re.search(r"A1 +(\d\d):(\d\d)", desk.line(" A1 "))
        assert here is not None
        assert "clock" in desk.text.split("\n")[0]
        await desk.press("u")
        there = re.search(r"A1 +(\d\d):(\d\d)", desk.line(" A1 "))
        assert there is not None
        assert (int(here[1]) - int(there[1])) % 24 == 9
        assert "clock UTC" in desk.text.split("\n")[0]
        await desk.press("u", "t")
        assert "clock" not in desk.text.split("\n")[0]
        assert os.environ["TZ"] == "Asia/Tokyo"


# --- what has just changed, and little room --------------------------------------------------------------------------


@pytest.mark.parametrize("flash", [True, False])
async def test_a_row_whose_status_changes_is_bright_for_a_moment(server: Server, flash: bool) -> None:
    charger = await server.charger("A1", "Available")
    async with watched(server, wishes=Wishes(settings=DashboardSettings(flash=flash))) as desk:
        assert not fleet(desk).table.bright
        await told_status(charger, "Charging")
        await desk.sees("▸ Charging")
        await desk.until(lambda: not desk.app.picture.dirty)
        assert bool(fleet(desk).table.bright) is flash


def test_a_flash_lasts_for_two_seconds_and_what_is_new_does_not_flash() -> None:
    now = [0.0]
    flashes = Flashes(lambda: now[0])
    flashes.begin({"a": "Available"})
    flashes.see({"a": "Charging", "b": "Available"})
    assert set(flashes.bright) == {"a"}
    now[0] = 1.9
    flashes.fade()
    assert set(flashes.bright) == {"a"}
    now[0] = 2.0
    flashes.fade()
    assert not flashes.bright


NAMES = [Name(1, "Fleet", here=True), Name(2, "Sessions(13)", here=False), Name(6, "Tasks", here=False)]


@pytest.mark.parametrize(
    ("width", "says"),
    [
        (60, "1 Fleet 2 Sessions(13) 6 Tasks hq read-only ●"),
        (48, "1 Fleet 2 Sessions(13) 6 Tasks read-only ●"),
        (40, "1 Fleet 2(13) 6 hq read-only ●"),
        (24, "Fleet hq read-only ●"),
        (20, "Fleet read-only ●"),
        (10, "Fleet ●"),
    ],
)
def test_the_top_line_names_the_screen_and_the_state_at_every_width(width: int, says: str) -> None:
    told = "".join(text for text, _ in top_line(NAMES, ["hq", "read-only"], ("●", "good"), width))
    assert " ".join(told.split()) == says
    assert told.endswith("●")
    assert len(told) == width


async def test_on_a_phone_the_filter_and_the_screen_can_be_read(server: Server) -> None:
    await placed(server, A1="")
    first = ViewSettings(filter="status:faulted,offline,charging")
    async with watched(server, size=(40, 12), wishes=Wishes(first=first)) as desk:
        assert desk.text.split("\n")[0].split()[:2] == ["1", "Fleet"]
        assert re.search(r"^ filter: status:faulted,\w*… · 1 of 1 *$", desk.text, re.MULTILINE)


@pytest.mark.parametrize(
    ("width", "says"),
    [
        (99, "chargers · filter: site:hq -status:available · 18 of 1 248 · 2 marked · sort: FOR ↓"),
        (70, "filter: site:hq -status:available · 18 of 1 248 · 2 marked"),
        (40, "filter: site:hq -status:a… · 18 of 1 248"),
        (9, "… · 18 of"),
    ],
)
def test_a_title_leaves_out_what_matters_least(width: int, says: str) -> None:
    parts = [
        ("chargers", 5),
        ("filter: site:hq -status:available", 0),
        ("18 of 1 248", 0),
        ("2 marked", 2),
        ("sort: FOR ↓", 4),
        ("", 3),
    ]
    assert title(parts, width)[:width] == says
