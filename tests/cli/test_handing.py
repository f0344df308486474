"""Where --out lets files be written, which is looked at before any charger is asked for one."""

import re
from pathlib import Path

import pytest

from cpoctl.cli.choices import Choices
from cpoctl.cli.handing import must_take
from cpoctl.errors import Conflict, UsageProblem


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
        ("nowhere/hq.log", 1, "--out nowhere/hq.log: there is no directory nowhere"),
        ("a/new/folder", 3, "--out a/new/folder: there is no directory a/new"),
    ],
)
def test_what_cannot_take_the_files_is_told_before_any_is_asked_for(
    folder: Path, path: str, count: int, told: str
) -> None:
    with pytest.raises(UsageProblem, match=re.escape(told)):
        must_take(path, count, Choices())


def test_a_file_that_is_there_is_replaced_only_by_who_says_so(folder: Path) -> None:
    with pytest.raises(Conflict, match=r"kept\.log exists already") as caught:
        must_take("kept.log", 1, Choices(args=("diag", "fetch", "HQ-07", "--out", "kept.log")))
    assert caught.value.hints[0].startswith("cpoctl diag fetch HQ-07 --out kept.log --yes")
    must_take("kept.log", 1, Choices(yes=True))


@pytest.mark.parametrize(("path", "count"), [("-", 1), ("/dev/null", 1), ("new.log", 1), ("folder", 3), (".", 3)])
def test_what_can_take_them_is_taken(folder: Path, path: str, count: int) -> None:
    must_take(path, count, Choices())
    assert [each.name for each in folder.iterdir()] == ["kept.log"]
