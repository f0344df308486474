"""Every screen looks as it did, at three sizes; what is meant to look otherwise is written anew and its difference read."""

import pytest

from tests.house import pictures
from tests.tui import snapshots

NAMES = [f"{name}-{width}x{height}.txt" for width, height in snapshots.SIZES for name in snapshots.SCREENS]


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_looks_as_it_did(name: str) -> None:
    """TUI-08"""
    kept = (snapshots.FOLDER / name).read_text(encoding="utf-8")
    assert snapshots.texts()[name] == kept, "if it is meant: python -m tests.tui.snapshots"


@pytest.mark.parametrize("name", snapshots.SCREENS)
def test_the_picture_of_the_documentation_shows_what_there_is(name: str) -> None:
    kept = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert pictures.pictures()[f"{name}.svg"] == kept, "if it is meant: python -m tests.house.pictures"


@pytest.mark.parametrize("name", snapshots.SCREENS)
def test_a_picture_asks_the_network_for_nothing(name: str) -> None:
    svg = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert "url(h" not in svg
    assert "@font-face" not in svg
    assert "<script" not in svg


def test_no_snapshot_is_left_over() -> None:
    assert sorted(path.name for path in snapshots.FOLDER.iterdir()) == sorted(NAMES)
    assert sorted(path.stem for path in pictures.FOLDER.iterdir()) == sorted(snapshots.SCREENS)
