"""Leftovers of killed servers: only what certainly was a temporary one's, and nobody's any more, is removed."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from cpoctl.store.sqlite import leftovers
from cpoctl.store.sqlite.locking import DatabaseLock


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(10)
    return ended.pid


def folder(place: Path, **told: Any) -> Path:
    """A server's folder."""
    made = place / "cpoctl-abcdefgh"
    made.mkdir()
    (made / "cpoctl.db").touch()
    (made / "cpoctl.db.lock").write_text(json.dumps(told))
    return made


def test_the_folder_of_a_killed_server_is_removed(place: Path, gone: int) -> None:
    left = folder(place, pid=gone, ephemeral=True)
    leftovers.remove()
    assert not left.exists()


def test_that_of_a_living_one_stays(place: Path) -> None:
    kept = folder(place, pid=os.getpid(), ephemeral=True)
    leftovers.remove()
    assert kept.exists()


def test_one_whose_lock_is_held_stays_whatever_its_number_says(place: Path, gone: int) -> None:
    kept = folder(place)
    lock = DatabaseLock(kept / "cpoctl.db", {"pid": gone, "ephemeral": True})
    leftovers.remove()
    assert kept.exists()
    lock.release()


@pytest.mark.parametrize("told", [{}, {"ephemeral": False}, {"ephemeral": True, "pid": "?"}])
def test_a_database_that_is_nobody_s_or_was_meant_to_stay_stays(place: Path, gone: int, told: dict[str, Any]) -> None:
    kept = folder(place, **{"pid": gone, **told})
    leftovers.remove()
    assert kept.exists()
