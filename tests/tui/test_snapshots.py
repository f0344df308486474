"""Every screen looks as it did, at three sizes; what is meant to look otherwise is written anew and its difference read."""

from pathlib import Path

import pytest

from tests.house import pictures
from tests.tui import snapshots

PLACES = [f"{width}x{height}" for width, height in snapshots.SIZES]
NAMES = [f"{name}-{place}.txt" for place in PLACES for name in snapshots.SCREENS]
COLOURED = [f"{name}-{place}.svg" for place in PLACES for name in snapshots.COLOURED]
DRAWN = [
    *(snapshots.FOLDER / name for name in COLOURED),
    *(pictures.FOLDER / f"{name}.svg" for name in snapshots.SCREENS),
]


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_looks_as_it_did(name: str) -> None:
    """TUI-08"""
    kept = (snapshots.FOLDER / name).read_text(encoding="utf-8")
    assert snapshots.files()[name] == kept, "if it is meant: python -m tests.tui.snapshots"


@pytest.mark.parametrize("name", COLOURED)
def test_the_colours_are_as_they_were(name: str) -> None:
    same = snapshots.files()[name] == (snapshots.FOLDER / name).read_text(encoding="utf-8")
    assert same, "if it is meant: python -m tests.tui.snapshots, and look at it in a browser"


@pytest.mark.parametrize("name", snapshots.SCREENS)
def test_the_picture_of_the_documentation_shows_what_there_is(name: str) -> None:
    kept = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert pictures.pictures()[f"{name}.svg"] == kept, "if it is meant: python -m tests.house.pictures"


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)
def test_a_picture_is_small_and_asks_the_network_for_nothing(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    assert len(svg.encode()) < 60_000
    assert "url(h" not in svg
    assert "@font-face" not in svg
    assert "<script" not in svg


def test_no_snapshot_is_left_over() -> None:
    assert sorted(path.name for path in snapshots.FOLDER.iterdir()) == sorted([*NAMES, *COLOURED])
    assert len(DRAWN) <= 20
    assert sorted(path.stem for path in pictures.FOLDER.iterdir()) == sorted(snapshots.SCREENS)
