"""Settings, lists, profiles and events as somebody works with them: a server, a charger, and the command line."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpoctl.cli.running import run
from tests.cli.conftest import Result
from tests.support.servers import warm

Told = Callable[[str], Result]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a server runs with a simulated charger."""
    folder = tmp_path_factory.mktemp("served")
    with warm(folder) as server:
        sim = subprocess.Popen(
            [sys.executable, "-m", "cpoctl", "sim", "run", "HQ-07", "--url", server.url],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield folder
        finally:
            sim.terminate()
            sim.wait(15)


@pytest.fixture
def told(served: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Told:
    """What a command line said, in the folder of the server."""
    monkeypatch.chdir(served)
    monkeypatch.setenv("CPOCTL_SOCKET", str(served / "c.sock"))

    def tell(line: str) -> Result:
        code = run(shlex.split(line))
        said = capfd.readouterr()
        return Result(code, said.out, said.err)

    assert tell("charger add HQ-07").code in (0, 10)  # the charger, or a test before this one, may have been faster
    assert tell("charger wait HQ-07 --for online --timeout 20s").code == 0
    return tell


def test_a_snapshot_is_taken_compared_and_applied(told: Told, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (served / "hq.json").write_text(told("var snapshot HQ-07 --refresh").out)
    assert told("var diff HQ-07 @hq.json --exit-code") == Result(0, "", "")
    assert told("var set HQ-07 HeartbeatInterval 77 --yes").code == 0
    differs = told("var diff HQ-07 @hq.json --exit-code")
    assert (differs.code, differs.out) == (11, "HeartbeatInterval\tchanged\t77\t300\n")
    assert differs.err.startswith("error: HQ-07 differs in 1 variable\n")
    assert told("var diff HQ-07 @hq.json").code == 0
    plan = told("var apply HQ-07 @hq.json --dry-run")
    assert (plan.code, plan.out) == (0, "HeartbeatInterval\tToChange\t77\t300\tfalse\n")
    unasked = told("var apply HQ-07 @hq.json --no-input")
    assert (unasked.code, unasked.out) == (2, "")
    applied = told("var apply HQ-07 @hq.json --yes")
    assert (applied.code, applied.out) == (0, "HeartbeatInterval\tAccepted\t77\t300\tfalse\n")
    assert told("var apply HQ-07 @hq.json --yes") == Result(0, "", "")
    monkeypatch.setenv("CPOCTL_FORCE_TTY", "80")
    assert told("var apply HQ-07 @hq.json --yes").err == "nothing to change: the charger has all of it already\n"


def test_what_was_done_is_data_although_something_was_refused(told: Told, served: Path) -> None:
    (served / "some.toml").write_text("HeartbeatInterval = 55\nBogus = 1\n")
    some = told("var apply HQ-07 @some.toml --yes --json")
    assert some.code == 9
    assert [(row["name"], row["status"]) for row in json.loads(some.out)] == [
        ("HeartbeatInterval", "Accepted"), ("Bogus", "NotSupported"),
    ]  # fmt: skip
    assert json.loads(some.err)["error"]["code"] == "partial"


def test_a_list_is_pushed_changed_and_shown(told: Told) -> None:
    assert told("authlist push HQ-07 --diff --yes").code == 10
    assert told("tag add ANNA").code == told("authlist push HQ-07 --yes").code == told("tag add BERT").code == 0
    assert told("authlist diff HQ-07").out == "BERT\tadded\t\tAccepted\n"
    assert json.loads(told("authlist push HQ-07 --diff --yes --json").out)["version"] == 2
    shown = json.loads(told("authlist show HQ-07 --json").out)
    assert (shown["version"], [tag["tag_id"] for tag in shown["tags"]]) == (2, ["ANNA", "BERT"])


def test_a_kept_profile_is_set_and_remembered(told: Told) -> None:
    assert told("profile add night --limit 16A").code == 0
    assert told("profile set HQ-07:1 --profile night --yes").code == 0
    (row,) = json.loads(told("profile installed HQ-07 --json").out)
    assert (row["name"], row["limits"], row["status"], row["state"]) == ("night", "16 A", "Accepted", "in force")
    assert told("profile clear HQ-07 --yes").code == 0
    assert json.loads(told("profile installed HQ-07 --json").out) == []


def test_what_happened_is_listed_searched_and_counted(told: Told) -> None:
    (booted,) = json.loads(told("event list HQ-07 --type ChargerBooted --json").out)
    assert booted["data"]["vendor"] == "Simulated"
    line = json.loads(told("event tail HQ-07 --type ChargerBooted").out)
    assert line["seq"] == booted["seq"]
    found = json.loads(told("log search chargePointVendor --json").out)
    assert [frame["action"] for frame in found["found"]] == ["BootNotification"]
    assert any(row["action"] == "BootNotification" for row in json.loads(told("log stats --json").out))
