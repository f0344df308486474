"""The screen of one charger: its tabs, and what its charts say of time."""

import pytest

from cpoctl.parameters import named
from cpoctl.tui import charger_tabs
from cpoctl.tui.readings import drawn
from cpoctl.tui.views.charger import Charger


@pytest.mark.parametrize(("seconds", "ends"), [(60, ("00:00:00", "00:01:00")), (7200, ("00:00", "02:00"))])
def test_the_ends_of_a_chart_never_say_the_same(seconds: float, ends: tuple[str, str]) -> None:
    foot = drawn([(0.0, 1.0), (seconds, 2.0)], 40, 6)[-1]
    assert tuple(foot.strip(" └").replace("─", " ").split()) == ends


def test_every_tab_has_a_place_of_its_own_and_a_command_that_shows_the_same() -> None:
    tabs = charger_tabs.tabs(Charger())
    assert [tab.place for tab in tabs] == [*range(1, len(tabs) + 1)]
    assert [tab.command for tab in tabs if named(tab.command.partition(" --")[0]) is None] == []
