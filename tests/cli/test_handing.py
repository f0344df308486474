"""Where --out lets files be written, which is looked at before any charger is asked for one."""

import re
from pathlib import Path

import pytest

from cpoctl.cli.handing import must_take
from cpoctl.errors import UsageProblem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs, with a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept.log").write_text("kept")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "count", "told"),
    [
        ("-", 2, "standard output takes one file"),
        ("kept.log", 2, "kept.log is a file, and 2 are to be written"),
        ("kept.log/hq.log", 1, "nothing can be written to kept.log/hq.log"),
    ],
)
def test_what_cannot_take_the_files_is_told_before_any_is_asked_for(
    folder: Path, path: str, count: int, told: str
) -> None:
    with pytest.raises(UsageProblem, match=re.escape(told)):
        must_take(path, count)


@pytest.mark.parametrize(("path", "count"), [("-", 1), ("kept.log", 1), ("new.log", 1), ("a/new/folder", 3), (".", 3)])
def test_what_can_take_them_is_taken(folder: Path, path: str, count: int) -> None:
    must_take(path, count)
    assert [each.name for each in folder.iterdir()] == ["kept.log"]
