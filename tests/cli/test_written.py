"""Files that commands write: whole or not at all, through links, straight into devices and pipes."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cpoctl.cli import config_file, handing, written
from cpoctl.cli.choices import Choices
from cpoctl.cli.commands import commission
from cpoctl.errors import ConfigInvalid, Conflict, CpoctlError, UsageProblem
from cpoctl.store.sqlite.backup import back_up
from cpoctl.store.sqlite.locking import DatabaseLock
from tests.cli.conftest import Cli


@contextmanager
def pipe(path: Path) -> Iterator[Callable[[], bytes]]:
    """A named pipe that somebody has open; what it gives tells what was written into it."""
    os.mkfifo(path)
    end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield lambda: os.read(end, 1 << 16)
    finally:
        os.close(end)


def names(folder: Path) -> list[str]:
    """What stands in a folder."""
    return sorted(path.name for path in folder.iterdir())


def saved(path: Path) -> None:
    """Write what an uploaded file holds, as `diag fetch --out` does."""
    choices = Choices()
    choices.save, choices.quiet = str(path), True
    handing.saved([{"target": "HQ-1", "name": "f", "content": "bmV3"}], choices)


WRITERS: dict[str, Callable[[Path], None]] = {
    "output": lambda path: written.whole(path, ["new"]),
    "upload": saved,
    "config": lambda path: config_file.write(path, "new = 1\n"),
    "report": lambda path: commission._write(path, {"new": 1}),
}


@pytest.fixture(autouse=True)
def any_config(monkeypatch: pytest.MonkeyPatch) -> None:
    """A config's schema is not what is looked at here."""
    monkeypatch.setattr("cpoctl.config.check", lambda path, text: None)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path, writer: str) -> None:
    (tmp_path / "there").mkdir()
    behind = tmp_path / "there" / "a.json"
    behind.write_text("old")
    behind.chmod(0o640)
    (tmp_path / "near.json").symlink_to("there/a.json")
    (link := tmp_path / "link.json").symlink_to("near.json")
    number = behind.stat().st_ino
    WRITERS[writer](link)
    assert link.is_symlink()
    assert "new" in behind.read_text()
    assert (behind.stat().st_mode & 0o777, behind.stat().st_ino != number) == (0o640, True)
    assert names(tmp_path) == ["link.json", "near.json", "there"]
    assert names(tmp_path / "there") == ["a.json"]


@pytest.mark.parametrize("writer", WRITERS)
def test_a_link_to_nothing_makes_the_file_that_it_names(tmp_path: Path, writer: str) -> None:
    (link := tmp_path / "link.json").symlink_to(tmp_path / "later.json")
    WRITERS[writer](link)
    assert link.is_symlink()
    assert "new" in (tmp_path / "later.json").read_text()


@pytest.mark.parametrize("writer", WRITERS)
def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path, writer: str) -> None:
    with pipe(path := tmp_path / "pipe.json") as told:
        WRITERS[writer](path)
        assert b"new" in told()
    assert path.is_fifo()
    assert names(tmp_path) == ["pipe.json"]


@pytest.mark.parametrize("writer", ["output", "config", "report"])
def test_a_directory_is_refused(tmp_path: Path, writer: str) -> None:
    (place := tmp_path / "place.json").mkdir()
    with pytest.raises((CpoctlError, ConfigInvalid), match=r"[Ii]s a directory"):
        WRITERS[writer](place)
    assert names(tmp_path) == ["place.json"]


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(CpoctlError, match="symbolic links"):
        written.whole(tmp_path / "a", ["new"])


def test_what_ends_early_leaves_the_file_behind_the_link_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "link").symlink_to("a")

    def half() -> Iterator[str]:
        yield "half"
        raise UsageProblem("enough")

    with pytest.raises(UsageProblem):
        written.whole(tmp_path / "link", half())
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a", "link"]


def test_out_of_any_command_writes_into_a_pipe(tmp_path: Path, db: Path, cli: Cli) -> None:
    with pipe(path := tmp_path / "pipe") as told:
        said = cli("--db", str(db), "charger", "list", "-o", "ids", "--out", str(path))
        assert b"HQ-01" in told()
    assert (said.code, path.is_fifo()) == (0, True)


def test_a_database_behind_a_link_has_one_lock_and_stays_behind_it(tmp_path: Path, db: Path, cli: Cli) -> None:
    (link := tmp_path / "link.db").symlink_to(db)
    lock = DatabaseLock(db, {})
    held = cli("db", "vacuum", "--db", str(link), "--yes")
    lock.release()
    assert (held.code, "already runs" in held.err) == (10, True)
    assert cli("db", "vacuum", "--db", str(link), "--yes").code == 0
    assert link.is_symlink()


def test_a_backup_takes_no_links_place(tmp_path: Path, db: Path) -> None:
    (link := tmp_path / "link.db").symlink_to(tmp_path / "nothing.db")
    with pytest.raises(Conflict, match="exists already"):
        back_up(db, link)
    assert link.is_symlink()
