"""The tree: it loads what is wanted and no more, and a slip gets the nearest name."""

import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cpoctl.cli.commands import completion
from cpoctl.cli.completing import complete
from cpoctl.cli.tree import OPERATIONS
from cpoctl.plugins import files
from tests.cli.conftest import Cli
from tests.http.face import Running, Tail, database

Process = Callable[..., "subprocess.CompletedProcess[str]"]
HEAVY = (
    "rich textual textual_serve aiohttp httpx websockets fastapi starlette uvicorn pydantic asyncio ssl sqlite_utils http.client "
    "importlib.metadata platformdirs jsonschema_rs msgspec"
)


def loaded(*args: str) -> set[str]:
    """Which heavy modules a command line has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cpoctl", *args],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()} & set(HEAVY.split())


@pytest.mark.parametrize(
    "args",
    [
        ("--help",), ("--version",), ("charger", "--help"), ("charger", "list"), ("session", "list", "-o", "csv"),
        ("charger", "list", "--json"), ("completion", "bash"), ("_complete", "3", "cpoctl", "charger", "show", "HQ"),
        ("_complete", "1", "cpoctl", ""),
    ],
)  # fmt: skip
def test_the_plain_path_loads_nothing_heavy_with_the_server_up(api: Running, args: tuple[str, ...]) -> None:
    assert loaded(*args) == set()


@pytest.mark.parametrize("args", [("charger", "list"), ("_complete", "3", "cpoctl", "charger", "show", "HQ")])
def test_the_plain_path_loads_nothing_heavy_with_the_server_down(
    db: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    assert loaded(*args) == set()


def test_help_lists_every_noun_with_its_first_line(cli: Cli) -> None:
    out = cli("--help").out
    for noun in files(OPERATIONS):
        assert f"\n  {noun} " in out


@pytest.mark.parametrize("noun", files(OPERATIONS))
def test_every_verb_has_help_with_an_example(cli: Cli, noun: str) -> None:
    from importlib import import_module

    from cpoctl.parameters import declared

    for kind in declared(import_module(f"cpoctl.operations.{noun.replace('-', '_')}")):
        result = cli(*kind.path.split(), "--help")
        assert result.code == 0
        assert "Examples:" in result.out, kind.path


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["chargr"], 2, "error: no command cpoctl chargr (did you mean charger?)\nhint:  cpoctl --help\n"),
        (["charger", "lst"], 2, "no command cpoctl charger lst (did you mean list?)"),
        (["charger", "list", "--jsn"], 2, "has no option --jsn (did you mean --json?)"),
        (["--jsn"], 2, "cpoctl has no option --jsn (did you mean --json?)"),
        (["charger", "list", "-o", "jsn"], 2, "no output format jsn (did you mean json?)"),
        (["charger", "list", "--fields", "charger_ib"], 2, "no field charger_ib (did you mean charger_id?)"),
        (["charger", "list", "--sort", "zz"], 2, "no field zz"),
        (["charger", "list", "--timeout", "soon"], 2, "not a duration"),
        (["completion", "bush"], 2, "did you mean bash?"),
        (["help", "exitcodes"], 2, "did you mean exit-codes?"),
        (["serve", "--listen", "nowhere"], 2, "is not HOST:PORT"),
        (["serve", "--unknown", "acept"], 2, "did you mean accept?"),
        (["serve", "--tls-cert", "x"], 2, "belong together"),
        (["--config", "/nonexistent.toml", "charger", "list"], 12, "does not exist"),
        (["--server", "ftp://x", "charger", "list"], 2, "no address of a server"),
    ],
)
def test_a_slip_is_told_in_one_line_with_a_hint(cli: Cli, api: Running, args: list[str], code: int, says: str) -> None:
    result = cli(*args)
    assert result.code == code
    assert says in result.err
    assert "\nhint:  " in result.err
    assert result.out == ""


def test_a_typo_in_the_config_is_told_with_file_line_and_nearest_key(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[cli]\noutput = "ids"\n\n[serve]\nlissten = "1:2"\n')
    result = cli("--config", str(file), "charger", "list")
    assert result.code == 12
    assert result.err.startswith(f"error: {file}:5: unknown key serve.lissten (did you mean listen?)\nhint:  ")


def test_the_origin_of_a_setting_is_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[serve]\nheartbeat = 60\n")
    out = cli("--config", str(file), "config", "show", "--origin").out
    assert f"serve.heartbeat\t60\t{file}\t\n" in out
    assert "serve.listen\t0.0.0.0:9000\tdefault\t\n" in out


def test_status_is_0_when_healthy_and_11_when_not(cli: Cli, api: Running) -> None:
    assert cli("status").code == 0
    api.face.is_ready = False
    result = cli("status", "--json")
    assert result.code == 11
    assert '"store": "failing"' in result.out


def test_status_without_a_server_is_11(cli: Cli) -> None:
    result = cli("status")
    assert result.code == 11
    assert "server\tdown" in result.out
    assert "hint:  cpoctl serve" in result.err


def test_no_word_at_all_shows_the_help(cli: Cli) -> None:
    result = cli()
    assert result.code == 0
    assert result.out.startswith("Usage: cpoctl")


def test_help_on_a_topic_and_on_a_command(cli: Cli) -> None:
    assert "server is not running" in cli("help", "exit-codes").out
    assert cli("help", "charger", "list").out.startswith("Usage: cpoctl charger list")


def test_completion_lists_nouns_verbs_options_and_ids(process: Process, api: Running) -> None:
    def lines(*words: str) -> list[str]:
        done = process("_complete", str(len(words)), "cpoctl", *words)
        assert (done.returncode, done.stderr) == (0, "")
        return [line.partition("\t")[0] for line in done.stdout.splitlines()]

    assert lines("char") == ["charger"]
    assert "list" in lines("charger", "")
    assert lines("charger", "show", "hq-0") == ["HQ-01", "HQ-02"]
    assert lines("--json", "cp-nothing", "") == []
    assert "--json" in lines("charger", "list", "--js")


def test_completion_reads_the_file_when_no_server_runs(
    process: Process, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    done = process("_complete", "3", "cpoctl", "charger", "show", "HQ-")
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == ["HQ-01", "HQ-02"]
    assert done.stderr == ""


def test_completion_reads_the_file_when_the_named_server_is_away(
    process: Process, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    monkeypatch.setenv("CPOCTL_SOCKET", str(tmp_path / "no.sock"))
    assert process("_complete", "3", "cpoctl", "charger", "show", "HQ-01").stdout.startswith("HQ-01\t")


def test_completion_is_silent_with_neither(process: Process) -> None:
    done = process("_complete", "3", "cpoctl", "charger", "show", "HQ-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_bash_script_loads_clean() -> None:
    done = subprocess.run(["bash", "-n", completion.shells()["bash"]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


BREAKS = " \t\n\"'><=;|&(:@"  # what bash takes words apart at when it reads them from a terminal


@pytest.mark.parametrize(
    ("line", "words", "offered"),
    [
        ("cpoctl charger show cp", ["cpoctl", "charger", "show", "cp"], ["CP\\ \\*\\|x", "CP-1", "CP:7"]),
        ("cpoctl charger show CP-1:", ["cpoctl", "charger", "show", "CP-1", ":"], ["1", "2"]),
        ("cpoctl charger show  CP-1:2", ["cpoctl", "charger", "show", "CP-1", ":", "2"], ["2"]),
        ("cpoctl charger show CP:", ["cpoctl", "charger", "show", "CP", ":"], ["7"]),
        ("cpoctl charger list --output=jso", ["cpoctl", "charger", "list", "--output", "=", "jso"], ["json", "jsonl"]),
        ("cpoctl charger list --fields status,cha", ["cpoctl", "charger", "list", "--fields", "status,cha"],
         ["status,charger_id"]),
        ("cpoctl tag import @b.d", ["cpoctl", "tag", "import", "@", "b.d"], ["@b.db"]),
        ("cpoctl ocpp call CP-1 Rese", ["cpoctl", "ocpp", "call", "CP-1", "Rese"], ["ReservationStatusUpdate", "ReserveNow", "Reset"]),
        ("cpoctl -o cs", ["cpoctl", "-o", "cs"], ["csv"]),
    ],
)  # fmt: skip
def test_bash_gets_what_stands_at_the_cursor(tmp_path: Path, line: str, words: list[str], offered: list[str]) -> None:
    db = database(tmp_path / "b.db", ["CP *|x", "CP-1", "CP:7"])
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.executemany(
            "INSERT INTO evse (charger_id, evse_id, status, since) VALUES ('CP-1', ?, 'Available', '')", [(1,), (2,)]
        )
    (tmp_path / "cpoctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cpoctl "$@"\n')
    (tmp_path / "cpoctl").chmod(0o755)
    script = (
        f"source {completion.shells()['bash']}; COMP_WORDBREAKS={shlex.quote(BREAKS)}; COMP_LINE={shlex.quote(line)}; "
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _cpoctl; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    env = {**os.environ, "CPOCTL_DB": str(db), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=30, check=False, env=env, cwd=tmp_path
    )
    assert (done.stdout.splitlines(), done.stderr) == (offered, "")


def test_the_scripts_that_packages_install_are_the_ones_that_are_printed(cli: Cli) -> None:
    folder = Path(__file__).parents[2] / "completions"
    assert {path.name for path in folder.iterdir()} == {f"cpoctl{p.suffix}" for p in completion.shells().values()}
    for shell, path in completion.shells().items():
        assert (folder / f"cpoctl{path.suffix}").read_text() == cli("completion", shell).out


def test_a_stream_in_a_pipe_is_json_lines(cli: Cli, api: Running) -> None:
    assert cli(of=Tail).out.splitlines()[0] == '{"number": 1, "text": "one"}'


def test_a_stream_for_a_reader_is_one_harmless_line_each(
    cli: Cli, api: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOCTL_FORCE_TTY", "20")
    lines = cli(of=Tail).out.splitlines()
    assert lines[0] == "#1 one"
    assert lines[1] == "#2 \\x1b]0;pwn\\x07[/…"


def test_no_help_is_indented_by_its_source(cli: Cli) -> None:
    out = cli("diag", "fetch", "--help").out
    assert "\n  Without --url it uploads to this server" in out


def test_the_place_of_an_option_does_not_matter(cli: Cli, api: Running) -> None:
    told = cli("--where", "charger:*1", "--fields", "charger_id", "charger", "list")
    assert told.out == cli("charger", "list", "--fields", "charger_id", "--where", "charger:*1").out == "HQ-01\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["-o", "js"], ["json", "jsonl"]), (["charger", "list", "--color", "a"], ["auto", "always"]),
        (["charger", "list", "--sort", "-stat"], ["-status"]), (["charger", "list", "--fields", "status,mod"],
         ["status,model"]), (["help", "exit"], ["exit-codes"]), (["completion", "f"], ["fish"]),
        (["config", "pa"], ["path"]), (["serve", "--unknown", "p"], ["pending"]), (["serve", "--accept"], ["--accept-all"]),
        (["ocpp", "call", "HQ-01", "ClearC"], ["ClearCache", "ClearChargingProfile"]), (["cp", "sh"], ["show"]),
        (["charger", "reset", "--har"], ["--hard"]), (["help", "opt"], ["options"]),
        (["charger", "reset", "--status", "fau"], ["Faulted"]), (["charger", "reset", "--vendor", ""], []), (["charger", "list", "--output=c"], ["--output=csv"]),
    ],
)  # fmt: skip
def test_completion_knows_values_of_options_and_of_arguments(
    capsys: pytest.CaptureFixture[str], words: list[str], offered: list[str]
) -> None:
    assert complete([str(len(words)), "cpoctl", *words]) == 0
    assert [line.partition("\t")[0] for line in capsys.readouterr().out.splitlines()] == offered


def test_completion_offers_the_settings_of_the_charger_that_is_named(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CPOCTL_DB", str(db))
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.executemany(
            "INSERT INTO variable (charger_id, name, read_at) VALUES (?, ?, '')",
            [("HQ-01", "Mine"), ("HQ-02", "Other")],
        )
    complete(["4", "cpoctl", "var", "set", "hq-01", ""])
    assert capsys.readouterr().out == "Mine\n"
