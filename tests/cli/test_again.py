"""Command lines to paste: what was given comes back as the shell takes it, with what it lacked."""

import shlex
from pathlib import Path

import pytest

from cpoctl.cli.again import again, from_file, start
from cpoctl.cli.choices import Choices
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["charger", "reset", "HQ-07"], "cpoctl charger reset HQ-07 --yes"),
        (["charger", "reset", "HQ *;rm"], "cpoctl charger reset 'HQ *;rm' --yes"),
        (["charger", "reset", "--hard", "--", "-7"], "cpoctl charger reset --hard --yes -- -7"),
    ],
)
def test_what_was_given_comes_back_with_what_it_lacked(given: list[str], told: str) -> None:
    said = again(Choices(args=tuple(given)), "--yes")
    assert said == told
    assert [word for word in shlex.split(said) if word not in ("cpoctl", "--yes")] == given


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (["session", "close", "7"], "cpoctl session close 7 --reason REASON"),
        (["session", "start", "HQ-07:1", "--timeout=5s"], "cpoctl session start HQ-07:1 --timeout=5s --tag TAG"),
    ],
)
def test_an_option_that_is_needed_is_shown_where_it_belongs(cli: Cli, given: list[str], hint: str) -> None:
    told = cli(*given)
    assert told.code == 2
    assert told.err.splitlines()[1] == f"hint:  {hint}"


def test_a_secret_does_not_come_back() -> None:
    said = again(Choices(args=("var", "set", "HQ-07", "AuthorizationKey", "CANARY", "--timeout", "5")), "--yes")
    assert said == "cpoctl var set HQ-07 AuthorizationKey '********' --timeout 5 --yes"
    given = ("charger", "password", "HQ-07", "--password-file", "key.txt")
    assert again(Choices(args=given), "--yes") == "cpoctl charger password HQ-07 --password-file key.txt --yes"


def test_the_server_to_start_is_the_one_on_the_same_database() -> None:
    assert start(Choices()) == "cpoctl serve    start it"
    assert start(Choices(db="/a b.db")) == "cpoctl serve --db '/a b.db'    start it"


def test_the_file_is_offered_where_the_environment_named_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "a.db"
    db.touch()
    monkeypatch.setenv("CPOCTL_SOCKET", "/s")
    asked = Choices(args=("charger", "list"), server="unix:/s", db=str(db))
    assert from_file(asked) == [f"CPOCTL_SOCKET= cpoctl --db {db} charger list    read the database file instead"]
    assert from_file(Choices(args=("charger", "list"), server="https://x", db=str(db))) == []
    assert from_file(Choices(args=("charger", "list"), server="unix:/s", db=str(tmp_path / "none"))) == []
