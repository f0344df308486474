"""Setting up a server: once, again, and what it says to do next."""

import json
import os
import stat
import tomllib
from pathlib import Path

import pytest

from cpoctl import places
from cpoctl.domain import keys
from tests.cli.conftest import Cli
from tests.cli.test_acting import at_terminal
from tests.http.face import Running


def steps(cli: Cli, *args: str) -> dict[str, tuple[str, str]]:
    """What was set up, where and how."""
    result = cli("init", *args, "--json")
    assert result.code == 0, result.err
    return {row["what"]: (row["where"], row["state"]) for row in json.loads(result.out)}


def test_it_makes_a_config_and_a_database_and_says_what_comes_next(cli: Cli) -> None:
    result = cli("init")
    assert result.code == 0
    assert places.database_path().exists()
    assert tomllib.loads(places.config_files()[0].read_text()) == {}
    assert "cpoctl serve    start it" in result.err


def test_done_again_it_leaves_everything_as_it_is(cli: Cli) -> None:
    first = steps(cli, "--api-listen", "0.0.0.0:9443")
    assert {state for _, state in first.values()} == {"made", "made, shown this once"}
    before = {path: path.read_bytes() for path in places.config_files()[0].parent.rglob("*") if path.is_file()}
    again = steps(cli, "--api-listen", "0.0.0.0:9443")
    assert {state for _, state in again.values()} == {"kept"}
    assert "key admin" not in again
    assert {path: path.read_bytes() for path in before} == before


def test_operators_elsewhere_get_a_certificate_and_a_first_key(cli: Cli) -> None:
    made = steps(cli, "--api-listen", "0.0.0.0:9443", "--admin", "anna")
    secret, state = made["key anna"]
    assert state == "made, shown this once"
    assert keys.read(secret) is not None
    config = tomllib.loads(places.config_files()[0].read_text())
    assert config["api"]["cert"] == made["certificate"][0]
    assert stat.S_IMODE(Path(config["api"]["key"]).stat().st_mode) == 0o600
    [row] = json.loads(cli("key", "list", "--json").out)
    assert (row["name"], row["role"], row["created_by"]) == ("anna", "admin", "cpoctl init")
    [entry] = json.loads(cli("audit", "list", "--json").out)
    assert (entry["actor"], entry["operation"], entry["target"]) == ("cpoctl init", "key create", "anna")


def test_the_first_key_is_told_even_when_quiet(cli: Cli) -> None:
    result = cli("init", "-q", "--api-listen", "0.0.0.0:9443")
    assert "cpk_" in result.out
    assert cli("init", "-q").out == ""


def test_what_the_config_says_otherwise_is_changed_only_by_force(cli: Cli) -> None:
    steps(cli, "--listen", "0.0.0.0:9001")
    result = cli("init", "--listen", "0.0.0.0:9002")
    assert result.code == 2
    assert "--force" in result.err
    assert steps(cli, "--listen", "0.0.0.0:9002", "--force")["config"][1] == "changed"


def test_everything_is_private(cli: Cli) -> None:
    mask = os.umask(0)
    try:
        steps(cli, "--api-listen", "0.0.0.0:9443")
    finally:
        os.umask(mask)
    for folder in (places.config_files()[0].parent, places.database_path().parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(places.database_path().stat().st_mode) == 0o600


def test_the_unit_for_systemd_is_printed_and_nothing_is_made(cli: Cli) -> None:
    result = cli("init", "--systemd")
    assert "ExecStart=/" in result.out
    assert f"--socket {'/run/cpoctl/cpoctl.sock'}" in result.out
    assert not places.config_files()[0].exists()


def test_at_a_terminal_it_asks_and_an_empty_answer_takes_what_is_offered() -> None:
    code, said = at_terminal("127.0.0.1:9100\n\n", "init")
    assert code == 0
    assert "Where chargers connect [0.0.0.0:9000]: " in said
    assert "(- for nowhere) [-]: " in said
    assert tomllib.loads(places.config_files()[0].read_text()) == {"serve": {"listen": "127.0.0.1:9100"}}
    assert at_terminal("", "init", "--no-input")[0] == 0


def test_a_named_file_is_used_instead_of_the_users(cli: Cli, tmp_path: Path) -> None:
    file, db = tmp_path / "own" / "c.toml", tmp_path / "own" / "c.db"
    made = steps(cli, "--config", str(file), "--db", str(db), "--listen", "127.0.0.1:9000")
    assert made["config"] == (str(file), "made")
    assert made["database"] == (str(db), "made")
    assert not places.config_files()[0].exists()


@pytest.mark.usefixtures("api")
def test_a_database_that_a_server_has_open_is_left_to_it(cli: Cli, api: Running, tmp_path: Path) -> None:
    from cpoctl.store.sqlite.locking import DatabaseLock

    lock = DatabaseLock(api.face.path, {"socket": str(api.socket)})
    try:
        assert steps(cli, "--db", str(api.face.path))["database"][1] == "kept"
    finally:
        lock.release()
