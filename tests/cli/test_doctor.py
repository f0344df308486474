"""The doctor: the checklist of server, machine and chargers, with the server up, down and misconfigured. UX §4.3"""

import json
import re
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cpoctl.checks import State
from cpoctl.checks.machine import Place, address, admission, database, disk, knocks, port, tls
from cpoctl.cli.completing import candidates
from cpoctl.clock import stored
from cpoctl.config import ServeSettings
from tests.cli.conftest import Cli
from tests.house.commands import commands_in, problem_with
from tests.house.places import PACKAGE, named, parsed, texts
from tests.http.face import Running


def findings(out: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines by subject and check."""
    return {(line["subject"], line["check"]): line for line in json.loads(out)}


def test_with_the_server_down_it_fails_and_checks_file_disk_config_and_port(cli: Cli, db: Path) -> None:
    told = cli("--db", str(db), "doctor", "HQ-01", "--json")
    found = findings(told.out)

    assert told.code == 11
    assert found["server", "server"]["state"] == "FAIL"
    assert found["server", "server"]["next"] == "cpoctl serve    start it"
    assert found["server", "database"]["found"].endswith("sound")
    assert {"disk", "config", "port", "address"} <= {check for subject, check in found if subject == "server"}
    assert found["HQ-01", "known"]["found"] == "added, and never seen"
    assert found["HQ-01", "connection"]["state"] == "skipped"


def test_every_next_step_is_a_command_that_exists(cli: Cli, db: Path) -> None:
    told = cli("--db", str(db), "doctor", "HQ-01", "NOBODY", "--json")
    steps = [line["next"].split("    ")[0] for line in json.loads(told.out) if line["next"]]
    assert steps
    assert [wrong for step in steps for words in commands_in(step) if (wrong := problem_with(words))] == []


def test_a_running_server_is_asked(cli: Cli, api: Running) -> None:
    told = cli("doctor", "HQ-01", "--json")
    found = findings(told.out)
    assert found["server", "server"]["found"].startswith("up for ")
    assert found["server", "store"]["state"] == "ok"
    assert found["HQ-01", "connection"]["state"] == "FAIL"
    assert found["HQ-01", "connection"]["next"].startswith("cpoctl log tail -f ")  # it never said anything
    assert told.code == 11


def test_a_config_that_is_wrong_is_a_finding_and_the_rest_is_checked(cli: Cli, db: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[serve]\nlissten = '0.0.0.0:9000'\n")
    found = findings(cli("--config", str(config), "--db", str(db), "doctor", "--json").out)
    assert found["server", "config"]["state"] == "FAIL"
    assert "did you mean listen" in found["server", "config"]["found"]
    assert found["server", "database"]["state"] == "ok"


def test_a_damaged_database_fails_with_the_way_to_a_backup(cli: Cli, db: Path) -> None:
    db.write_bytes(db.read_bytes()[:4096] + b"\xff" * 8192)
    found = findings(cli("--db", str(db), "doctor", "--json").out)
    assert found["server", "database"]["state"] == "FAIL"
    assert found["server", "database"]["next"].startswith("cpoctl db restore")


def test_at_a_terminal_nothing_is_cut_and_the_next_step_stands_below(
    cli: Cli, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOCTL_FORCE_TTY", "60")
    config = db.with_name("free.toml")
    config.write_text('[serve]\nlisten = "0.0.0.0:0"\n', encoding="utf-8")  # 9000 may be taken on this machine
    told = cli("--db", str(db), "--config", str(config), "doctor")
    lines = told.out.splitlines()
    assert lines[0] == "server"
    assert lines[1].split() == ["server", "FAIL", "no", "server", "runs", "here"]
    assert lines[2].strip() == "try: cpoctl serve    start it"
    assert "…" not in told.out


def place(folder: Path, **more: Any) -> Place:
    """A server that is down, with what a test wants otherwise."""
    known: dict[str, Any] = {
        "settings": ServeSettings(), "wrong_config": None, "db": folder / "a.db", "socket": None, "lock": {},
        "health": None, "why_down": "", "damage": list, "knocks": list,
    }  # fmt: skip
    return Place(**known | more)


def test_a_server_on_loopback_is_reached_by_no_charger(tmp_path: Path) -> None:
    said = address.check(place(tmp_path, settings=ServeSettings(listen="127.0.0.1:9000")))
    assert said.state is State.WARN
    assert said.found == "no charger can reach it: it listens on 127.0.0.1"


def test_a_port_that_another_program_has_fails(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        said = port.check(place(tmp_path, settings=ServeSettings(listen=f"127.0.0.1:{number}")))
    assert said.state is State.FAIL


@pytest.mark.parametrize(
    ("health", "state"),
    [
        ({"unknown": "accept", "any_tag": True}, State.WARN),
        ({"unknown": "pending", "any_tag": False}, State.OK),
        ({"unknown": "reject", "any_tag": False}, State.OK),
    ],
)
def test_who_is_let_in_is_as_the_running_server_says(tmp_path: Path, health: dict[str, Any], state: State) -> None:
    assert admission.check(place(tmp_path, health=health)).state is state


def test_a_database_that_is_not_there_yet_is_no_failure(tmp_path: Path) -> None:
    assert database.check(place(tmp_path)).state is State.OK
    assert disk.check(place(tmp_path)).found.endswith(f"GiB free at {tmp_path}")


def test_without_tls_there_is_no_certificate_to_judge(tmp_path: Path) -> None:
    assert tls.check(place(tmp_path)) is None


def test_a_connection_that_named_no_charger_is_a_wrong_url(tmp_path: Path) -> None:
    knock = {
        "charger_id": "?", "reason": "the path names no charger", "address": "10.0.0.9", "attempts": 4,
        "last_seen_at": stored(datetime.now(UTC)),
    }  # fmt: skip
    said = knocks.check(place(tmp_path, knocks=lambda: [knock]))
    assert said is not None
    assert said.state is State.FAIL
    assert said.found.startswith("10.0.0.9 knocked 4 times without a charger's id")


SAYING = [path for part in ("checks", "commissioning") for path in sorted((PACKAGE / part).rglob("*.py"))]


@pytest.mark.parametrize("path", SAYING, ids=named)
def test_every_step_that_a_check_names_is_a_command_that_exists(path: Path) -> None:
    said = [re.split(r"\s{3,}", text)[0] for _, text in texts(parsed(path)) if text.startswith("cpoctl ")]
    lines = [line.replace("{}", "X") for line in said]
    assert [wrong for line in lines for words in commands_in(line) if (wrong := problem_with(words))] == []


def test_its_chargers_are_completed(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    assert {name for name, _ in candidates(["doctor"], "HQ")} == {"HQ-01", "HQ-02"}
