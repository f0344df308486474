"""Lists and shows: who looks decides the form, hostile text never reaches a terminal, JSON is exact."""

import csv
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from cpoctl.errors import Conflict
from cpoctl.store.sqlite.backup import back_up
from tests.cli.conftest import Cli
from tests.http.face import HOSTILE, Running


def in_terminal(*args: str, columns: int = 80) -> str:
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cpoctl", *args], stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "COLUMNS": str(columns)},
    ) as process:  # fmt: skip
        os.close(slave)
        said = b""
        while True:
            try:
                block = os.read(master, 65536)
            except OSError:  # how Linux tells the end of a pty
                break
            if not block:
                break
            said += block
        process.wait(30)
    os.close(master)
    return said.decode().replace("\r\n", "\n")


def test_a_pipe_gets_tab_separated_rows_without_a_header(cli: Cli, api: Running) -> None:
    lines = cli("charger", "list").out.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [["HQ-01", "Offline", "false"], ["HQ-02", "Offline", "false"]]


def test_headers_can_be_had_in_a_pipe(cli: Cli, api: Running) -> None:
    assert cli("charger", "list", "--headers").out.startswith("charger_id\tstatus\t")


def test_a_terminal_gets_a_table_that_fits_and_a_count(db: Path) -> None:
    said = in_terminal("--db", str(db), "charger", "list", columns=60)
    lines = said.splitlines()
    assert lines[1].split()[:2] == ["CHARGER", "STATUS"]
    assert "2 chargers" in lines
    assert max(map(len, lines[1:])) <= 60
    assert "note: server is not running; showing the database as of 2026-11-22T13:58:02.000Z" in lines


def test_no_control_characters_reach_a_terminal(db: Path) -> None:
    for form in ("table", "wide", "md", "csv", "tsv"):
        said = in_terminal("--db", str(db), "charger", "list", "-o", form, columns=400)
        assert not [sign for sign in said if sign < " " and sign not in "\n\t\r"], form
        assert "\x9b" not in said
        assert "\u202e" not in said
        assert "\\x1b" in said


def test_json_is_exact_ascii_and_has_every_key(cli: Cli, api: Running) -> None:
    result = cli("charger", "list", "--json")
    rows = json.loads(result.out)
    assert result.out.isascii()
    assert rows[0]["model"] == HOSTILE
    assert rows[0]["last_seen_at"] is None
    assert rows[0]["stale"] is False


def test_an_empty_list_is_an_empty_array(cli: Cli, db: Path) -> None:
    assert cli("--db", str(db), "session", "list", "--json").out == "[]\n"


def test_jsonl_is_one_object_a_line(cli: Cli, api: Running) -> None:
    lines = cli("charger", "list", "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["charger_id"] for line in lines] == ["HQ-01", "HQ-02"]


def test_csv_has_its_header_and_no_formulas(cli: Cli, api: Running) -> None:
    text = cli("charger", "list", "-o", "csv").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["charger_id"] == "HQ-01"
    assert "\r\n" in text


def test_ids_are_ready_for_the_next_command(cli: Cli, api: Running) -> None:
    assert cli("charger", "list", "-o", "ids").out == "HQ-01\nHQ-02\n"


def test_fields_sort_and_limit_apply_to_every_format(cli: Cli, api: Running) -> None:
    options = ("--fields", "charger_id,status", "--sort", "-charger_id", "--limit", "1")
    assert cli("charger", "list", *options).out == "HQ-02\tOffline\n"
    assert json.loads(cli("charger", "list", "--json", *options).out) == [{"charger_id": "HQ-02", "status": "Offline"}]


def happened(db: Path, number: int) -> None:
    """So many events, a second apart."""
    with sqlite3.connect(db) as connection:
        connection.executemany(
            "INSERT INTO event (seq, at, type, charger_id, data) VALUES (?, ?, 'ChargerBooted', 'HQ-01', '{}')",
            [(seq, f"2026-11-22T10:{seq // 60:02}:{seq % 60:02}.000Z") for seq in range(1, number + 1)],
        )
    connection.close()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--limit", "3"), [128, 129, 130]),
        (("--limit", "3", "--where", "seq<128"), [125, 126, 127]),
        (("--limit", "2", "--sort", "seq"), [31, 32]),
        (("--limit", "2", "--last", "9"), [129, 130]),
        (("--limit", "120"), list(range(11, 131))),
        (("--limit", "0"), []),
    ],
)
def test_a_limit_keeps_the_newest_of_a_list_that_ends_with_it(
    cli: Cli, db: Path, asked: tuple[str, ...], told: list[int]
) -> None:
    happened(db, 130)
    said = cli("--db", str(db), "event", "list", "--fields", "seq", *asked).out
    assert list(map(int, said.split())) == told


def test_a_limit_of_a_tail_is_how_many_it_begins_with(cli: Cli, db: Path) -> None:
    happened(db, 130)
    said = cli("--db", str(db), "event", "tail", "-o", "tsv", "--fields", "seq", "--limit", "2").out
    assert said.split() == ["129", "130"]


def test_fields_can_be_listed_without_a_server(cli: Cli) -> None:
    assert cli("charger", "list", "--fields", "?").out.startswith("charger_id\nstatus\n")


def test_global_options_may_stand_before_or_after(cli: Cli, api: Running) -> None:
    assert cli("--json", "charger", "list").out == cli("charger", "list", "--json").out
    assert cli("charger", "--json", "list").out == cli("charger", "list", "--json").out


def test_aliases_are_the_same_commands(cli: Cli, api: Running) -> None:
    assert cli("cp", "ls").out == cli("charger", "list").out


def test_a_flag_beats_the_environment_and_that_beats_the_file(
    cli: Cli, api: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[cli]\noutput = "ids"\n')
    assert cli("--config", str(file), "charger", "list").out == "HQ-01\nHQ-02\n"
    monkeypatch.setenv("CPOCTL_OUTPUT", "jsonl")
    assert cli("--config", str(file), "charger", "list").out.startswith("{")
    assert cli("--config", str(file), "charger", "list", "-o", "csv").out.startswith("charger_id,")


def test_without_a_server_rows_are_stale_and_say_so(cli: Cli, db: Path) -> None:
    result = cli("--db", str(db), "charger", "list", "--json")
    assert result.code == 0
    assert [row["stale"] for row in json.loads(result.out)] == [True, True]
    assert result.err == "note: server is not running; showing the database as of 2026-11-22T13:58:02.000Z\n"


def test_a_closed_pipe_ends_quietly(db: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "cpoctl", "--db", str(db), "-q", "charger", "list"],
        stdout=writing, stderr=subprocess.PIPE, timeout=30, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_filter_picks_rows_in_every_format(cli: Cli, api: Running) -> None:
    for form, told in (("tsv", "HQ-02\n"), ("csv", "charger_id\r\nHQ-02\r\n"), ("json", '[{"charger_id": "HQ-02"}]\n')):
        said = cli("charger", "list", "--where", "charger:*2 online:no", "-o", form, "--fields", "charger_id")
        assert said.out.replace("\r\n", "\n") == told.replace("\r\n", "\n")


def test_a_filter_that_cannot_be_read_is_marked(cli: Cli, api: Running) -> None:
    said = cli("charger", "list", "--where", "online:no statu:x")
    assert said.code == 2
    assert said.err.splitlines()[1:] == [
        "       online:no statu:x", "                 ^^^^^^^", "hint:  cpoctl help filters    how they are written",
    ]  # fmt: skip


def test_the_footer_says_how_many_of_how_many(db: Path) -> None:
    assert "1 of 2 chargers" in in_terminal("--db", str(db), "charger", "list", "--where", "charger:*2").splitlines()


def test_what_is_longer_than_the_screen_goes_through_the_pager(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "tr a-z A-Z")
    said = in_terminal("--db", str(db), "--pager", "charger", "show", "HQ-01")
    assert "ACCEPTED" in said
    assert "Accepted" in in_terminal("--db", str(db), "charger", "show", "HQ-01")
    assert "Offline" not in in_terminal("--db", str(db), "--pager", "db", "path")


def test_at_a_terminal_watching_paints_in_place_and_leaves_the_last_picture(api: Running) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cpoctl", "charger", "list", "--watch"], stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while b"Ctrl-C ends" not in said:
            said += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        with suppress(OSError):  # how Linux tells the end of a pty
            while block := os.read(ours, 65536):
                said += block
        assert process.wait(30) == 130
    os.close(ours)
    assert said.startswith(b"\x1b[?1049h\x1b[?25l\x1b[HCHARGER")
    screen, _, left = said.partition(b"\x1b[?25h\x1b[?1049l")
    assert b"2 chargers  " in screen
    assert [line.split()[:1] for line in left.splitlines()] == [[b"CHARGER"], [b"HQ-01"], [b"HQ-02"]]


def test_an_exchange_that_does_not_exist_is_called_one(cli: Cli, api: Running) -> None:
    said = cli("log", "show", "99999")
    assert (said.code, said.err.splitlines()[0]) == (3, "error: no exchange 99999")


def test_a_backup_onto_a_file_that_exists_names_a_free_one(cli: Cli, db: Path, tmp_path: Path) -> None:
    (tmp_path / "b.db").touch()
    (tmp_path / "b-2.db").touch()
    with pytest.raises(Conflict) as taken:
        back_up(db, tmp_path / "b.db")
    assert taken.value.hints == (f"cpoctl db backup {tmp_path}/b-3.db    a free name",)


def test_what_the_file_shows_is_as_new_as_its_newest_exchange(cli: Cli, db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(
            "INSERT INTO journal (journal_id, at, charger_id, connection_id, sender, action, message_id, request, outcome)"
            " VALUES (1, '2026-11-22T13:58:30.000Z', 'HQ-01', 1, 'charger', 'Heartbeat', 'a', '[]', 'result')"
        )
    assert "as of 2026-11-22T13:58:30.000Z" in cli("--db", str(db), "charger", "list").err
