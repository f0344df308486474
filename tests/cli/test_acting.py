"""Acts: what is dangerous is asked for, an outcome is data, an error is told with what to do."""

import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cpoctl import events
from tests.cli.conftest import Cli
from tests.http.face import Poke, Running, Say


def test_what_disrupts_wants_a_yes_off_a_terminal(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", of=Poke)
    assert result.code == 2
    assert result.out == ""
    assert result.err == "error: pokes HQ-01: this needs a yes\nhint:  cpoctl HQ-01 --yes\n"


@pytest.mark.parametrize(
    "words",
    [("owner", "edit", "ACME", "--share", "65"), ("site", "edit", "HQ", "--owner", "ACME")],
)
def test_what_wants_a_reason_and_a_yes_names_both_at_once(cli: Cli, api: Running, words: tuple[str, ...]) -> None:
    result = cli(*words, "--from", "2026-01-01")
    assert result.code == 2
    assert "this needs a reason and a yes" in result.err
    assert f"hint:  cpoctl {' '.join(words)} --from 2026-01-01 --reason TEXT --yes\n" in result.err
    assert "this needs a yes" in cli(*words, "--from", "2026-01-01", "--reason", "sold").err


def test_with_yes_the_outcome_is_one_line(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", "Loudly", "--yes", of=Poke)
    assert result.code == 0
    assert "Loudly x1\tAccepted\t12\n" in result.out


def test_severe_wants_its_text_and_yes_is_not_enough(cli: Cli, api: Running) -> None:
    assert cli("HQ-01", "--hard", "--yes", of=Poke).code == 2
    assert cli("HQ-01", "--hard", "--confirm", "HQ-02", of=Poke).code == 2
    assert cli("HQ-01", "--hard", "--confirm", "HQ-01", of=Poke).code == 0


def test_read_only_refuses_before_anything_is_sent(cli: Cli, api: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("HQ-01", "--yes", "--read-only", of=Poke).code == 4
    monkeypatch.setenv("CPOCTL_READ_ONLY", "1")
    assert cli("HQ-01", "--yes", of=Poke).code == 4


def test_quiet_success_is_silence(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", "--yes", "-q", of=Poke)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_refusal_shows_outcome_frames_and_next_step(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", "--yes", "--fussy", of=Poke)
    assert result.code == 7
    assert "Rejected" in result.out
    lines = result.err.splitlines()
    assert lines[0].startswith("error: HQ-01 by ")
    assert lines[1:3] == ['sent:     [2,"1","Poke",{}]', 'received: [3,"1",{"status":"Rejected"}]']
    assert lines[3].startswith("hint:  cpoctl log list")


def test_with_json_the_error_is_an_object_on_stderr(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", "--yes", "--fussy", "--json", of=Poke)
    assert json.loads(result.out)["ok"] is False
    error = json.loads(result.err)["error"]
    assert (error["code"], error["exit"]) == ("refused", 7)


@pytest.mark.parametrize("wrong", ["--nonsense", "--limit=many"])
@pytest.mark.parametrize("form", [("--json",), ("-o", "jsonl"), ("--output=json",), ("-ojson",)])
def test_a_slip_before_the_format_is_an_object_as_well(cli: Cli, wrong: str, form: tuple[str, ...]) -> None:
    result = cli("charger", "list", wrong, *form)
    assert (result.code, json.loads(result.err)["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize(
    "words",
    [
        ("charger", "list", "--limit", "-1"),
        ("task", "list", "--limit", "-1"),
        ("task", "list", "--limit", "9" * 20),
        ("log", "list", "--last", "-1"),
    ],
)
def test_a_number_of_rows_that_cannot_be_is_2(cli: Cli, api: Running, words: tuple[str, ...]) -> None:
    result = cli(*words)
    assert (result.code, result.out) == (2, "")
    assert words[2] in result.err


def test_the_version_is_data_where_a_format_is_named(cli: Cli) -> None:
    assert cli("version").out.startswith("cpoctl ")
    assert set(json.loads(cli("version", "--json").out)) == {"version", "python"}


def test_an_act_without_a_server_is_5_and_says_how_to_start_it(cli: Cli, db: Path) -> None:
    result = cli("--db", str(db), "HQ-01", "--yes", of=Poke)
    assert (result.code, result.err) == (
        5, f"error: the server is not running\nhint:  cpoctl serve --db {db}    start it\n"
    )  # fmt: skip


def test_a_named_server_that_is_down_never_falls_back_to_a_file(cli: Cli, db: Path, tmp_path: Path) -> None:
    result = cli("--server", f"unix:{tmp_path}/no.sock", "--db", str(db), "charger", "list")
    assert result.code == 5
    assert "hint:  cpoctl serve" in result.err


def test_json_comes_from_argument_file_or_stdin(
    cli: Cli, api: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"a": 1.0}')
    assert "HQ-01 [ 1]" in cli("HQ-01", "[ 1]", of=Say).out
    assert 'HQ-01 {"a": 1.0}' in cli("HQ-01", f"@{file}", of=Say).out
    monkeypatch.setattr("sys.stdin", io.StringIO('"x"'))
    assert 'HQ-01 "x"' in cli("HQ-01", "-", of=Say).out


def test_malformed_json_is_told_with_its_position(cli: Cli, api: Running) -> None:
    result = cli("HQ-01", '{"a":\n 1,}', of=Say)
    assert result.code == 2
    assert result.err.startswith("error: payload is not JSON: line 2 column 4: ")
    assert "\nhint:  " in result.err


def test_a_secret_is_read_from_a_file(cli: Cli, api: Running, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("CANARY\n")
    result = cli("HQ-01", "--password-file", str(file), "--json", of=Say)
    assert json.loads(result.out)["number"] == len("CANARY")
    assert "CANARY" not in result.out + result.err


def test_a_value_of_the_wrong_type_names_the_option(cli: Cli) -> None:
    result = cli("HQ-01", "--times", "x", of=Poke)
    assert result.code == 2
    assert result.err.startswith("error: --times: 'x' is no whole number")


def test_a_missing_argument_is_named(cli: Cli) -> None:
    result = cli(of=Poke)
    assert result.code == 2
    assert "needs CHARGER" in result.err


def at_terminal(answer: str, *args: str) -> tuple[int, str]:
    """Run a command at a terminal, where somebody types an answer; what was said on stderr."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cpoctl", *args], stdin=slave, stdout=subprocess.DEVNULL, stderr=slave
    ) as process:
        os.write(master, answer.encode())
        process.wait(30)
        os.close(slave)
    said = b""
    while True:
        try:
            said += os.read(master, 65536)
        except OSError:  # how Linux tells the end of a pty
            break
    os.close(master)
    return process.returncode, said.decode()


@pytest.mark.parametrize("answer", ["\n", "n\n", "yess\n"])
def test_at_a_terminal_anything_but_yes_is_no(db: Path, answer: str) -> None:
    code, said = at_terminal(answer, "--db", str(db), "tag", "block", "T1")
    assert code == 2
    assert "Go ahead? [y/N]" in said
    assert "error: not done" in said


def test_at_a_terminal_yes_goes_ahead(db: Path) -> None:
    code, said = at_terminal("y\n", "--db", str(db), "tag", "block", "T1")
    assert code == 5  # on to the server, which does not run
    assert "error: the server is not running" in said


def test_at_a_terminal_a_severe_act_wants_its_word(db: Path) -> None:
    code, said = at_terminal("nope\n", "--db", str(db), "db", "restore", "x.db")
    assert code == 2
    assert "Type restore to go ahead" in said
    assert "nope is not restore" in said


def test_no_input_never_asks(db: Path) -> None:
    code, said = at_terminal("y\n", "--no-input", "--db", str(db), "tag", "block", "T1")
    assert code == 2
    assert "Go ahead" not in said


def test_following_the_log_is_json_lines_until_the_interrupt(api: Running, db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute(
            "INSERT INTO journal VALUES (1, '2026-11-22T10:00:00.000Z', 'HQ-01', 1, 'charger', 'Heartbeat', 'a',"
            " '[2,\"a\",\"Heartbeat\",{}]', NULL, 'result', 1.5, NULL)"
        )
    connection.close()
    frame = events.FrameLogged(
        charger_id="hq-01", journal_id=2, at="2026-11-22T10:00:01.000Z", sender="csms", action="Reset", message_id="b",
        request="[]", answer=None, outcome="timeout", latency_ms=None,
    )  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "cpoctl", "log", "tail", "HQ-01", "-f"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["action"] == "Heartbeat"
        api.do(lambda: api.face.bus.publish(None, frame))
        assert json.loads(process.stdout.readline())["action"] == "Reset"
        process.send_signal(signal.SIGINT)
        process.wait(30)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 130
