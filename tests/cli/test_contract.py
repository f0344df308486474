"""What every command keeps, by walking the tree: help, rows, JSON, hints, pages. UX §7 CLI-03, 06, 07, 16, 17, 21"""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cpoctl import formats, plugins
from cpoctl.cli import failing
from cpoctl.cli.choices import Choices
from cpoctl.cli.commands.help import topics
from cpoctl.cli.roff import pages
from cpoctl.cli.walking import Leaf, leaves
from cpoctl.errors import CpoctlError
from cpoctl.operations import Query, Stream
from cpoctl.parameters import parameters
from cpoctl.table import fields
from tests.cli.columns import columns, lists, written
from tests.cli.conftest import Cli
from tests.house.commands import commands_in, problem_with
from tests.http.face import Running

LEAVES = list(leaves())
PLAIN = [
    leaf for leaf in LEAVES
    if leaf.operation and issubclass(leaf.operation, Query) and not issubclass(leaf.operation, Stream)
    and leaf.path != "charger pick" and not any(p.required for p in parameters(leaf.operation))
]  # fmt: skip
"""What reads, ends by itself and needs no word more."""


def called(leaf: Leaf) -> str:
    """Its name in a report."""
    return leaf.path


@pytest.mark.parametrize("leaf", LEAVES, ids=called)
def test_help_has_an_example_and_the_exit_codes(cli: Cli, leaf: Leaf) -> None:
    said = cli(*leaf.path.split(), "--help")
    assert said.code == 0
    assert f"Usage: cpoctl {leaf.path}" in said.out
    assert "`cpoctl help exit-codes`" in " ".join(said.out.split())
    assert leaf.examples or leaf.path == "version"


@pytest.mark.parametrize("leaf", LEAVES, ids=called)
def test_every_command_takes_json(leaf: Leaf) -> None:
    assert any("--json" in parameter.opts for parameter in leaf.command.params)


def test_the_spec_tells_the_tree_as_it_is(cli: Cli) -> None:
    told = json.loads(cli("spec").out)
    assert told["schema_version"] == 1
    assert [command["path"] for command in told["commands"]] == [leaf.path for leaf in LEAVES]
    for command, leaf in zip(told["commands"], LEAVES, strict=True):
        assert command["help"]
        assert [option["names"] for option in command["options"]] == [
            [*option.opts, *option.secondary_opts] for option in leaf.options
        ]
        if leaf.operation:
            assert command["role"] in ("viewer", "operator", "admin")
            assert command["danger"] in ("read", "harmless", "disrupts", "severe")
            assert [field["name"] for field in command["row"]] == [field.name for field in fields(leaf.operation.row)]
            assert all(field["type"] != "any" or field["nullable"] for field in command["row"])


@pytest.mark.parametrize("leaf", lists(), ids=called)
def test_the_columns_that_scripts_count_only_grow_at_their_end(leaf: Leaf) -> None:
    promised = written().get(leaf.path)
    assert promised is not None, "python -m tests.cli.columns writes a new list's columns down"
    assert columns()[leaf.path][: len(promised)] == promised


def test_no_list_that_was_promised_is_gone() -> None:
    assert written().keys() <= {leaf.path for leaf in LEAVES}


INCOMPLETE = 9  # a report of the present is never of whole data: this server was away since
DRAWINGS = {"plot", "png", "svg"}  # of what has a chart
SLOW = {"html", "parquet", "pdf", "xlsx"}


def rows_of(cli: Cli, leaf: Leaf, *more: str) -> list[dict[str, Any]]:
    """What a command tells as JSON, and nothing else on stdout; none where it finds none."""
    said = cli(*leaf.path.split(), "--json", *more)
    if said.code == 3:  # a show of what is not there
        assert said.out == ""
        return []
    assert said.code in (0, INCOMPLETE), said.err
    told = json.loads(said.out)
    return told if isinstance(told, list) else [told]


def odd_rows(cli: Cli, *more: str) -> dict[str, list[dict[str, Any]]]:
    """Rows whose keys are not those of their row type, by command."""
    told = {leaf: rows_of(cli, leaf, *more) for leaf in PLAIN}
    expected = {leaf: {field.name for field in fields(leaf.operation.row)} for leaf in PLAIN if leaf.operation}
    return {leaf.path: odd for leaf, rows in told.items() if (odd := [r for r in rows if r.keys() != expected[leaf]])}


def test_json_has_every_key_with_the_server_up(cli: Cli, api: Running) -> None:
    assert odd_rows(cli) == {}


def test_json_has_every_key_with_the_server_down(cli: Cli, db: Path) -> None:
    assert odd_rows(cli, "--db", str(db)) == {}


@pytest.mark.parametrize("name", [name for name in plugins.names(formats) if name not in DRAWINGS])
def test_every_format_takes_every_list(cli: Cli, db: Path, tmp_path: Path, name: str) -> None:
    file = ["--out", str(tmp_path / "told")] if name in SLOW else []  # bytes are for no terminal
    for leaf in PLAIN[:: 8 if name in SLOW else 1]:
        said = cli(*leaf.path.split(), "-o", name, "--db", str(db), "-q", *file)
        assert said.code in (0, 3, INCOMPLETE), (leaf.path, said.err)
        assert "\x1b" not in said.out


@pytest.mark.parametrize("kind", [CpoctlError, *CpoctlError.__subclasses__()])
@pytest.mark.parametrize("form", [None, "json"])
def test_every_error_has_a_hint_that_names_a_command(
    kind: type[CpoctlError], form: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing.told(kind("it went wrong"), Choices(output=form)) == kind.exit_code
    said = capsys.readouterr().err
    hints = json.loads(said)["error"]["hints"] if form else [said.partition("hint:")[2].strip()]
    assert [
        wrong for hint in hints for words in commands_in(hint.split("    ")[0]) if (wrong := problem_with(words))
    ] == []
    assert hints[0].startswith("cpoctl ")


@pytest.mark.parametrize("topic", topics())
def test_what_a_topic_tells_to_type_can_be_typed(topic: str) -> None:
    spoken = [
        words for line in topics()[topic].splitlines() if line.startswith("  cpoctl") for words in commands_in(line)
    ]
    assert [wrong for words in spoken if (wrong := problem_with(words))] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff to read them")
def test_the_man_pages_build_without_a_warning(tmp_path: Path) -> None:
    made = dict(pages())
    assert set(made) == {"cpoctl.1", *(f"cpoctl-{leaf.path.replace(' ', '-')}.1" for leaf in LEAVES)}
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-z", *sorted(made)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_man_page_is_printed_by_its_command_and_a_slip_gets_the_nearest(cli: Cli) -> None:
    assert cli("man").out.startswith(".TH CPOCTL 1 ")
    assert ".SH EXAMPLES" in cli("man", "charger", "list").out
    assert "did you mean cpoctl-charger-list?" in cli("man", "charger", "lst").err


@pytest.mark.parametrize("setting", [{"LC_ALL": "C"}, {"CPOCTL_ASCII": "1"}, {"LC_ALL": "de_DE.ISO-8859-1"}])
def test_where_the_locale_has_no_more_only_ascii_is_written(
    process: Any, db: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str]
) -> None:
    rename(db)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    for words in (["charger", "list"], ["charger", "list", "-o", "table"], ["charger", "show", "HQ-99–"]):
        done = process("--db", str(db), *words, errors="strict", encoding="utf-8")
        assert (done.stdout + done.stderr).isascii(), words


def test_ascii_can_be_asked_for_and_what_it_lacks_is_still_told(process: Any, db: Path) -> None:
    rename(db)
    done = process("--db", str(db), "--ascii", "charger", "list", "--fields", "model", encoding="utf-8")
    assert done.stdout == "\\u6771\\u4eac - 2>1~\n" * 2
    assert (
        process("--db", str(db), "charger", "list", "--fields", "model", encoding="utf-8").stdout == "東京 – 2→1…\n" * 2
    )


def rename(db: Path) -> None:
    """Give the chargers a model that ASCII cannot say."""
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE charger SET model = '東京 – 2→1…'")


@pytest.mark.parametrize(
    ("env", "flags", "painted"),
    [
        ({}, [], False), ({}, ["--color", "always"], True), ({"CLICOLOR_FORCE": "1"}, [], True),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, [], False), ({"CPOCTL_COLOR": "always"}, [], True),
        ({"CPOCTL_COLOR": "always"}, ["--color=never"], False), ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, [], False),
    ],
)  # fmt: skip
def test_colour_follows_flag_then_environment(
    cli: Cli, db: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], flags: list[str], painted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    said = cli("--db", str(db), "charger", "show", "nobody", *flags)
    assert said.code == 3
    assert ("\x1b[" in said.err) == painted


def test_a_colour_or_zone_that_does_not_exist_is_told(cli: Cli, db: Path) -> None:
    assert "did you mean always?" in cli("--db", str(db), "--color", "alwys", "charger", "list").err
    assert "no time zone Mars" in cli("--db", str(db), "--tz", "Mars", "charger", "list").err


def test_times_for_a_reader_are_in_the_zone_asked_for(process: Any, db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(
            "INSERT INTO journal (journal_id, at, charger_id, connection_id, sender, action, message_id, request, outcome)"
            " VALUES (1, '2026-11-22T10:00:00.000Z', 'HQ-01', 1, 'charger', 'Heartbeat', 'a', '[]', 'result')"
        )
    words = ("--db", str(db), "-q", "log", "list", "--tz", "Asia/Tokyo", "--fields", "at")
    assert process(*words, "-o", "table").stdout.splitlines()[-1] == "2026-11-22 19:00:00"
    assert process(*words).stdout == "2026-11-22T10:00:00.000Z\n"
