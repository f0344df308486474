"""docs/dashboard.md knows every key of the dashboard, and none that there is not."""

import re
from pathlib import Path

from cpoctl.config import load
from cpoctl.tui.actions import ACTIONS
from cpoctl.tui.beginnings import check
from cpoctl.tui.keymap import checked
from tests.house.keys import PAGE, page, tables


def test_the_keys_of_the_dashboard_are_documented() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.house.keys writes them anew"


def test_every_key_of_an_action_stands_beside_its_command() -> None:
    written = tables()
    for action in ACTIONS:
        (line,) = [line for line in written.split("\n") if f"`{action.id}`" in line]
        assert f"`cpoctl {action.path}`" in line
        assert not action.key or f"| `{action.key}` |" in line


def test_the_text_speaks_of_no_key_that_there_is_not() -> None:
    """A key in a sentence is a code span of one sign, or of a named key."""
    text = re.sub(r"```.*?```", "", PAGE.read_text(encoding="utf-8").partition("<!--")[0], flags=re.DOTALL)
    spoken = set(re.findall(r"`(\S|Esc|Enter|Space|Tab|Home|End|PgUp|PgDn|Ctrl\+\w)`", text))
    known = set(re.findall(r"`([^`]+)`", tables())) | {"Tab", "Ctrl+P"}
    assert spoken - known == set()


def test_the_settings_that_are_shown_are_settings(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "config.toml"
    path.write_text(shown, encoding="utf-8")
    config = load(path)
    check(config.dashboard, config.view)
    assert checked(config.keymap) == {"charger.reset": "ctrl+r"}
