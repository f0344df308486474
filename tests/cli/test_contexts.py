"""Contexts and the config file: who says which server, and changes that leave the rest of the file as it was."""

import json
import stat
import tomllib
from pathlib import Path

import pytest

from cpoctl import places
from tests.cli.conftest import Cli
from tests.cli.test_acting import at_terminal
from tests.http.face import Running

OFFICE = '[context.office]\nserver = "https://192.0.2.1:9443"\n'


@pytest.fixture
def file() -> Path:
    """The user's config file, which does not exist yet."""
    path = places.config_files()[0]
    path.parent.mkdir(parents=True)
    return path


def test_a_context_is_added_used_and_forgotten(cli: Cli, file: Path) -> None:
    assert cli("context", "add", "office", "--server", "https://192.0.2.1:9443", "--key-file", "o.key").code == 0
    assert tomllib.loads(file.read_text()) == {
        "context": {"office": {"server": "https://192.0.2.1:9443", "key_file": str(Path("o.key").absolute())}}
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cli("context", "use", "office").code == 0
    listed = {row["name"]: row for row in json.loads(cli("context", "list", "--json").out)}
    assert (listed["office"]["active"], listed["local"]["active"]) == (True, False)
    assert cli("context", "rm", "office").code == 0
    assert tomllib.loads(file.read_text()).get("context", {}) == {}
    assert json.loads(cli("context", "show", "--json").out)["name"] == "local"


def test_comments_order_and_other_sections_stay(cli: Cli, file: Path) -> None:
    file.write_text(
        '# ours\n[serve]  # chargers\nlisten = "0.0.0.0:9001"   # the port\n\n# of the terminal\n[cli]\ncolor = "never"\n'
    )
    cli("config", "set", "serve.listen", "0.0.0.0:9002")
    cli("config", "set", "serve.heartbeat", "60")
    cli("context", "add", "office", "--server", "https://192.0.2.1")
    cli("context", "use", "office")
    assert file.read_text() == (
        '# ours\n[serve]  # chargers\nlisten = "0.0.0.0:9002"   # the port\nheartbeat = 60\n\n# of the terminal\n[cli]\n'
        'color = "never"\ncontext = "office"\n\n[context.office]\nserver = "https://192.0.2.1"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        'serve = { listen = "0.0.0.0:1" }\n',
        'serve.listen = "0.0.0.0:1"\n',
        '[serve]\nlisten = """0.0.0.0:1"""  # so\n',
        '[serve]\n"listen" = "0.0.0.0:1"\n',
    ],
)
def test_a_file_that_cannot_be_changed_without_risk_is_left_alone(cli: Cli, file: Path, text: str) -> None:
    file.write_text(text)
    result = cli("config", "set", "serve.listen", "0.0.0.0:9002")
    assert result.code in (10, 12)
    assert "hint:  cpoctl config" in result.err
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["context", "add", "office", "--server", "https://192.0.2.2"], 10, "exists already"),
        (["context", "add", "local", "--server", "https://192.0.2.2"], 2, "cannot be a context's name"),
        (["context", "add", "a.b", "--server", "https://192.0.2.2"], 2, "cannot be a context's name"),
        (["context", "add", "home"], 2, "say which server"),
        (["context", "add", "home", "--server", "192.0.2.2"], 2, "no address of a server"),
        (["context", "use", "offce"], 3, "did you mean office?"),
        (["context", "rm", "offce"], 3, "did you mean office?"),
        (["context", "rm", "local"], 2, "stays"),
        (["-C", "offce", "charger", "list"], 3, "did you mean office?"),
        (["-C", "office", "--server", "https://192.0.2.2", "charger", "list"], 2, "contradict"),
        (["-C", "office", "charger", "list"], 4, "wants a key"),
        (["config", "set", "serve.heartbeet", "1"], 3, "did you mean serve.heartbeat?"),
        (["config", "set", "serve.heartbeat", "soon"], 2, "wanted a whole number"),
        (["config", "set", "cli.color", "red"], 2, "wanted 'auto' or 'always' or 'never'"),
        (["config", "set", "nothing", "1"], 3, "no key nothing"),
        (["config", "get", "serve.bd"], 3, "did you mean serve.db?"),
        (["config", "edit"], 2, "needs a terminal"),
        (["init", "--listen", "nowhere"], 2, "is not HOST:PORT"),
    ],
)
def test_a_slip_is_told_and_changes_nothing(cli: Cli, file: Path, args: list[str], code: int, says: str) -> None:
    file.write_text(OFFICE)
    result = cli(*args)
    assert result.code == code, result.err
    assert says in result.err
    assert "\nhint:  " in result.err
    assert file.read_text() == OFFICE


def winner(cli: Cli, key: str, *args: str) -> tuple[str, str, str]:
    """What a key is, who said so, and whom that beat."""
    rows = json.loads(cli(*args, "config", "show", "--json").out)
    [row] = [row for row in rows if row["key"] == key]
    return row["value"], row["origin"], row["beats"]


def test_flag_beats_environment_beats_context_beats_config(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert winner(cli, "cli.server") == ("", "default", "")
    file.write_text(f'[cli]\nserver = "unix:/config"\n{OFFICE}')
    assert winner(cli, "cli.server") == ("unix:/config", str(file), "")
    office = ("https://192.0.2.1:9443", "context office", str(file))
    assert winner(cli, "cli.server", "-C", "office") == office
    monkeypatch.setenv("CPOCTL_CONTEXT", "office")
    assert winner(cli, "cli.server") == office
    monkeypatch.setenv("CPOCTL_SERVER", "unix:/environment")
    assert winner(cli, "cli.server")[:2] == ("unix:/environment", "CPOCTL_SERVER")
    assert winner(cli, "cli.server", "--server", "unix:/flag") == (
        "unix:/flag", "--server", f"CPOCTL_SERVER, {file}",
    )  # fmt: skip
    assert winner(cli, "cli.server", "-C", "office")[:2] == office[:2]


def test_the_users_file_is_said_to_beat_the_systems(cli: Cli, file: Path, tmp_path: Path) -> None:
    file.write_text("[serve]\nheartbeat = 60\n")
    (tmp_path / "none.toml").write_text("[serve]\nheartbeat = 90\n")
    assert winner(cli, "serve.heartbeat") == ("60", str(file), str(tmp_path / "none.toml"))


def test_a_default_that_depends_on_the_machine_is_shown_as_it_is(cli: Cli) -> None:
    assert winner(cli, "serve.db")[:2] == (str(places.database_path()), "default")
    assert winner(cli, "serve.socket")[:2] == (str(places.socket_path()), "default")


def test_a_contexts_key_is_shown_to_no_other_server(cli: Cli, file: Path) -> None:
    key = file.parent / "o.key"
    key.write_text(f"cpk_12345678_{'a' * 64}\n")
    key.chmod(0o600)
    file.write_text(f'[cli]\ncontext = "office"\n{OFFICE}key_file = "{key}"\n')
    assert cli("--server", "https://127.0.0.1:1", "charger", "list").code == 4  # it wants a key
    assert cli("charger", "list", "--timeout", "1ms").code == 5


def test_the_context_local_is_this_machine(cli: Cli, file: Path, api: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOCTL_SOCKET")
    file.write_text(f'[cli]\ncontext = "office"\n[serve]\ndb = "{api.face.path}"\n{OFFICE}')
    result = cli("-C", "local", "charger", "list", "-o", "ids")
    assert result.out == "HQ-01\nHQ-02\n"


def test_a_context_may_name_a_socket(cli: Cli, file: Path, api: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOCTL_SOCKET")
    file.write_text(f'[context.here]\nserver = "unix:{api.socket}"\n')
    assert cli("-C", "here", "charger", "list", "-o", "ids").out == "HQ-01\nHQ-02\n"


def test_what_an_editor_made_wrong_is_not_kept_but_offered_again(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("[serve]\nheartbeat = 60\n")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/heartbeat = .*/heartbeat = $TYPED/" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("TYPED", '"soon"')
    code, said = at_terminal("", "config", "edit")
    assert code == 12
    assert "wanted a whole number" in said
    assert file.read_text() == "[serve]\nheartbeat = 60\n"
    monkeypatch.setenv("TYPED", "90  # better")
    assert at_terminal("", "config", "edit")[0] == 0
    assert file.read_text() == "[serve]\nheartbeat = 90  # better\n"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_validate_says_what_is_wrong_and_where(cli: Cli, file: Path) -> None:
    assert cli("config", "validate").code == 0
    file.write_text('[context.office]\nserver = "https://a"\nkeyfile = "x"\n')
    result = cli("config", "validate")
    assert result.code == 12
    assert f"{file}:3: unknown key context.office.keyfile (did you mean key_file?)" in result.err
    file.write_text('[cli]\ncontext = "gone"\n')
    assert cli("config", "validate").code == 12


def test_the_schema_lists_every_key_with_what_it_wants(cli: Cli) -> None:
    rows = {row["key"]: row for row in json.loads(cli("config", "schema", "--json").out)}
    assert rows["serve.listen"] == {"key": "serve.listen", "type": "text", "default": "0.0.0.0:9000"}
    assert "context.NAME.key_file" in rows


def test_a_key_is_taken_out_again(cli: Cli, file: Path) -> None:
    file.write_text("[serve]\nheartbeat = 60\n")
    assert cli("config", "get", "serve.heartbeat", "--fields", "value", "-o", "ids").out == "60\n"
    assert cli("config", "unset", "serve.heartbeat").code == 0
    assert file.read_text() == "[serve]\n"
