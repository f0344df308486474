"""What a command takes from files, and names that are no words of Python's."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from cpoctl.operations import Argument, DatabaseFiles, JsonText, LocalAct, Option
from cpoctl.table import Column
from tests.cli.conftest import Cli

PROFILE = '{"limit": 8.10}'


@dataclass(frozen=True)
class EchoRow:
    """What was given."""

    text: Annotated[str, Column("TEXT")]
    profile: Annotated[str | None, Column("PROFILE")]
    duration: Annotated[float, Column("SECONDS")]


@dataclass(frozen=True, kw_only=True)
class Echo(LocalAct):
    """Tell what was given."""

    path = "db echo"
    row = EchoRow

    text: Annotated[str, Argument("a text", kind="file")]
    profile: Annotated[str | None, JsonText("a profile", named=True)] = None
    duration: Annotated[float, Option("how long", kind="duration", long="for")] = 1.0

    def run_local(self, files: DatabaseFiles) -> EchoRow:
        """What was given."""
        return EchoRow(self.text, self.profile, self.duration)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs, with two files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root.pem").write_text("-----BEGIN\nEND-----\n")
    (tmp_path / "profile.json").write_text(PROFILE)
    return tmp_path


def test_a_text_is_read_from_a_file(cli: Cli, db: Path, folder: Path) -> None:
    result = cli("@root.pem", "--db", str(db), "--json", of=Echo)
    assert json.loads(result.out)["text"] == "-----BEGIN\nEND-----\n"


@pytest.mark.parametrize("given", ["@profile.json", PROFILE])
def test_a_named_json_text_stays_as_it_was_written(cli: Cli, db: Path, folder: Path, given: str) -> None:
    result = cli("plain", "--profile", given, "--db", str(db), "--json", of=Echo)
    told = json.loads(result.out)
    assert (told["text"], told["profile"]) == ("plain", PROFILE)


def test_an_option_may_have_a_name_that_its_field_cannot_have(cli: Cli, db: Path) -> None:
    result = cli("plain", "--for", "5m", "--db", str(db), "--json", of=Echo)
    assert json.loads(result.out)["duration"] == 300


@pytest.mark.parametrize("given", [["@nowhere.pem"], ["plain", "--profile", "@root.pem"], ["plain", "--profile", "{"]])
def test_what_cannot_be_read_is_told_before_anything_is_done(
    cli: Cli, db: Path, folder: Path, given: list[str]
) -> None:
    result = cli(*given, "--db", str(db), of=Echo)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
