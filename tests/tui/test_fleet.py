"""Fleet: every charger with what it does now, and rows that stay themselves while everything changes."""

import json
import re
import shlex

import pytest
from textual.content import Content

from cpoctl import events
from cpoctl.cli.running import run
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.list import ListSites
from cpoctl.tui.actions import CHARGER, Subject
from cpoctl.tui.views.fleet import Fleet
from tests.support.raw_charger import RawCharger
from tests.tui.harness import Server, Watched, began, told_status, watched


def fleet(desk: Watched) -> Fleet:
    return desk.app.query_one(Fleet)


async def added(server: Server, *names: str) -> None:
    for name in names:
        await server.do(AddCharger(charger=name))


async def metered(charger: RawCharger, transaction: int, wh: float, watts: float) -> None:
    """MeterValues of a session in full flow."""
    values = [{"value": str(wh)}, {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"}]
    reading = {"timestamp": "2026-11-22T13:30:00Z", "sampledValue": values}
    await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [reading]})


async def test_every_charger_has_a_line_the_broken_ones_first(server: Server) -> None:
    await server.charger("HQ-1", "Available")
    await server.charger("HQ-2", "Charging", "Faulted")
    async with watched(server) as desk:
        assert "○ Available" in desk.line(" HQ-1")
        assert "✕ FAULTED" in desk.line(" HQ-2")
        assert "▸✕" in desk.line(" HQ-2")
        assert fleet(desk).table.keys == ["hq-2", "hq-1"]
        assert "2 chargers" in desk.line("other")
        assert re.search(r"✕ ?1 FAULTED", desk.line("other"))


async def test_a_session_is_shown_while_it_runs(server: Server) -> None:
    charger = await server.charger("HQ-1")
    async with watched(server) as desk:
        transaction = await began(charger, "ANNA")
        await told_status(charger, "Charging")
        await metered(charger, transaction, 3500, 7400)
        await desk.sees("ANNA", "▸ Charging", "7.4", "2.50")


async def test_cursor_and_marks_stay_on_their_chargers_whatever_happens(server: Server) -> None:
    """TUI-06"""
    await added(server, "A-1", "A-2", "A-3", "A-4")
    async with watched(server) as desk:
        table = fleet(desk).table
        await desk.press("j", "space")
        assert (table.cursor, table.marks) == ("a-3", {"a-2"})
        await server.do(AddCharger(charger="A-0"))
        await server.do(RemoveCharger(charger="A-1"))
        await desk.until(lambda: "a-0" in table.keys and "a-1" not in table.keys)
        assert (table.cursor, table.chosen) == ("a-3", ["a-2"])
        await desk.press("O")
        assert (table.keys, table.cursor, table.chosen) == (["a-4", "a-3", "a-2", "a-0"], "a-3", ["a-2"])
        await desk.press("slash")
        await desk.write("A-2,A-3")
        await desk.press("enter")
        assert (table.keys, table.cursor, table.chosen) == (["a-3", "a-2"], "a-3", ["a-2"])
        await desk.press("escape", "r")
        assert (len(table.keys), table.cursor, table.chosen) == (4, "a-3", ["a-2"])


async def test_chargers_stand_in_the_order_of_their_numbers(server: Server) -> None:
    await added(server, "A-10", "A-9", "A-100")
    async with watched(server) as desk:
        assert fleet(desk).table.keys == ["a-9", "a-10", "a-100"]


async def test_rows_do_not_change_places_while_keys_are_pressed(server: Server) -> None:
    """UX §5.3: the order is made anew two seconds after the last key."""
    await added(server, "A-1")
    charger = await server.charger("A-2")
    async with watched(server) as desk:
        table = fleet(desk).table
        assert table.keys == ["a-1", "a-2"]
        await desk.press("j")
        await told_status(charger, "Faulted")
        await desk.sees("FAULTED", "↑ +")
        assert table.keys == ["a-1", "a-2"]
        await desk.until(lambda: table.keys == ["a-2", "a-1"])
        assert table.cursor == "a-2"


@pytest.mark.parametrize("text", ["site:hq -status:available", "A-2,A-3", "status:faulted,unknown", "charger~^a-[12]"])
async def test_the_filter_means_the_same_rows_as_where(
    server: Server, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """TUI-07"""
    if not server.client.run(ListSites()):
        await server.do(AddSite(site="hq", time_zone="UTC"))
    await added(server, "A-2", "A-3")
    await server.charger("A-1", "Available")
    await server.charger("A-4", "Faulted")
    for name in ("A-1", "A-2"):
        await server.do(EditCharger(charger=name, site="hq"))
    async with watched(server) as desk:
        await desk.press("slash")
        await desk.write(text)
        await desk.press("enter")
        await desk.sees(f"filter: {text}")
        shown = set(fleet(desk).table.keys)
        command = shlex.split(fleet(desk).command())[1:]
    capsys.readouterr()
    assert run(["--server", server.address, *command, "--json"]) == 0
    assert shown == {row["charger_id"].casefold() for row in json.loads(capsys.readouterr().out)}


async def test_a_wrong_filter_says_which_part_is_wrong_and_can_be_put_right(server: Server) -> None:
    """TUI-07"""
    await added(server, "A-1", "A-2")
    async with watched(server) as desk:
        await desk.press("slash")
        await desk.write("A-2 colour:red")
        await desk.press("enter")
        await desk.sees("no field colour")
        assert len(fleet(desk).table.keys) == 2
        assert desk.app.focused is desk.app.query_one("#filter")
        await desk.press("backspace")
        assert "no field colour" not in desk.text
        await desk.press(*["backspace"] * (len(" colour:red") - 1), "enter")
        assert fleet(desk).table.keys == ["a-2"]
        await desk.press("slash")
        assert desk.app.query_one("#filter").value == "A-2"  # type: ignore[attr-defined] # an Input
        await desk.press("escape")
        assert fleet(desk).table.keys == ["a-2"]
        await desk.press("escape")
        assert len(fleet(desk).table.keys) == 2


async def test_a_charger_that_goes_is_offline_within_a_second_and_shows_no_power(server: Server) -> None:
    """TUI-16"""
    charger = await server.charger("HQ-1")
    transaction = await began(charger)
    await told_status(charger, "Charging")
    await metered(charger, transaction, 3500, 7400)
    async with watched(server) as desk:
        await desk.sees("7.4")
        charger.drop()
        await desk.until(lambda: desk.app.picture.row("hq-1").status == "Offline")
        await desk.until(lambda: re.search(r"◌ OFFLINE \d+s", desk.line(" HQ-1")), seconds=1)
        await desk.until(lambda: "7.4" not in desk.text, seconds=1.1)
        assert "was ▸" in desk.line(" HQ-1")
        since = fleet(desk).row_of("hq-1").left_at
        desk.app.picture.live.apply(events.ChargersSeen(seen={"HQ-1": "2100-01-01T00:00:00.000Z"}))
        assert (fleet(desk).row_of("hq-1").left_at, fleet(desk).row_of("hq-1").since) == (since, since)
        await server.charger("HQ-1", "Available")
        await desk.sees("○ Available")


async def test_a_session_that_its_charger_forgot_is_stuck_and_draws_nothing(server: Server) -> None:
    charger = await server.charger("HQ-1")
    transaction = await began(charger)
    await told_status(charger, "Charging")
    await metered(charger, transaction, 3500, 7400)
    async with watched(server) as desk:
        await desk.press("2")
        await desk.sees("1 running · 7.4 kW", "▸ live")
        charger.drop()
        charger = await server.charger("HQ-1", "Available")
        await desk.sees("1 running · 0.0 kW", "! stuck", "! EVSE Available since")
        newer = await began(charger, "BERT")
        await told_status(charger, "Charging")
        await metered(charger, newer, 2000, 3600)
        await desk.sees("2 running · 3.6 kW", "2 of 2", "▸ live", "! stuck", "began on its EVSE")


async def test_frozen_nothing_moves_and_what_happened_is_counted(server: Server) -> None:
    """TUI-21"""
    charger = await server.charger("HQ-1", "Available")
    await added(server, "HQ-2")
    async with watched(server) as desk:
        await desk.press("p")
        await told_status(charger, "Faulted")
        await server.do(RemoveCharger(charger="HQ-2"))
        await desk.until(lambda: re.search(r"\b[2-9] changes waiting", desk.text))
        assert "Available" in desk.line(" HQ-1")
        assert desk.line(" HQ-2")
        await desk.press("p")
        await desk.until(lambda: "FAULTED" in desk.line(" HQ-1") and not desk.line(" HQ-2"))
        assert "waiting" not in desk.text


async def test_a_freeze_holds_rows_that_were_about_to_change_places(server: Server) -> None:
    """TUI-21"""
    await added(server, "A-1")
    charger = await server.charger("A-2")
    async with watched(server) as desk:
        table = fleet(desk).table
        await told_status(charger, "Faulted")
        await desk.sees("↑ +")
        await desk.press("p")
        desk.app.key_at = fleet(desk).order._sorted_at = 0.0  # as if both were long ago
        desk.app.main.tick()
        assert table.keys == ["a-1", "a-2"]


async def test_below_a_dialog_nothing_is_painted_and_all_is_known(server: Server) -> None:
    """TUI-22"""
    charger = await server.charger("HQ-1", "Available")
    async with watched(server) as desk:
        await desk.press("R")
        await desk.sees("Cancel")
        await told_status(charger, "Faulted")
        await desk.until(lambda: desk.app.picture.row("hq-1").status == "Faulted")
        await desk.pilot.pause(0.2)
        assert "✕ FAULTED" not in desk.text
        await desk.press("escape")
        await desk.sees("✕ FAULTED")


async def test_a_charger_that_is_removed_below_a_dialog_leaves_the_list(server: Server) -> None:
    await added(server, "HQ-1", "HQ-2")
    async with watched(server) as desk:
        await desk.press("a")
        await desk.sees("what to do")
        await server.do(RemoveCharger(charger="HQ-1"))
        await desk.until(lambda: "hq-1" not in desk.app.picture.keys)
        await desk.press("escape")
        await desk.until(lambda: not desk.line(" HQ-1"))
        assert desk.line(" HQ-2")


@pytest.mark.parametrize("text", ["[@click=app.quit]x", "\x1b[31mred", "\u202edettimda", "a\tb", "[red]x[/red]"])
async def test_what_a_charger_says_is_text(server: Server, text: str) -> None:
    """O-01: no markup, no action, no escape."""
    charger = await server.charger("HQ-1", "Available", boot={"chargePointVendor": text[:20], "firmwareVersion": text})
    await told_status(charger, "Faulted", errorCode="OtherError", info=text, vendorErrorCode=text)
    await began(charger, text[:20])
    async with watched(server, size=(220, 32)) as desk:
        await desk.sees("FAULTED", "HQ-1")
        shown = {"\x1b[31mred": "[31mred", "\u202edettimda": "\\u202edettimda", "a\tb": "a b"}.get(text, text)
        await desk.sees(shown)
        assert not set("\x1b\u202e\t") & set(desk.text)
        place = desk.text.index(shown)
        await desk.pilot.click(offset=(place % 221, place // 221))
        assert desk.app.is_running


async def test_the_palette_reads_no_markup_in_ids(server: Server) -> None:
    """O-01"""
    async with watched(server) as desk:
        text = "[@click=app.quit]x"  # no charger may be called so, a tag may
        fleet(desk).subject = lambda: Subject(CHARGER, (text,))  # type: ignore[method-assign] # stands for a tag's row
        titles = [told.title for told in desk.app.get_system_commands(desk.app.screen)]
        assert f"ping {text}" in [Content.from_markup(title).plain for title in titles]


async def test_what_is_unknown_comes_last_whichever_way_round(server: Server) -> None:
    for name, firmware in (("A-1", "1.0"), ("A-2", "2.0")):
        await server.charger(name, boot={"firmwareVersion": firmware})
    await added(server, "A-3")
    async with watched(server) as desk:
        await desk.press(*["o"] * [col.id for col in fleet(desk).cols].index("firmware"))
        assert fleet(desk).table.keys == ["a-1", "a-2", "a-3"]
        await desk.press("O")
        assert fleet(desk).table.keys == ["a-2", "a-1", "a-3"]


async def test_a_fleet_without_chargers_says_how_one_comes_here(server: Server) -> None:
    async with watched(server) as desk:
        await desk.sees("no chargers yet", f"ws://127.0.0.1:{server.place.port}/<charger id>", "cpoctl sim fleet")
        assert not {"Screenshot", "Quit", "Maximize"} & {
            command.title for command in desk.app.get_system_commands(desk.app.screen)
        }
