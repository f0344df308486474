"""The config file: the user's over the system's, and a mistake told with its line."""

from pathlib import Path

import pytest

from cpoctl import config, places
from cpoctl.errors import ConfigInvalid


@pytest.fixture(autouse=True)
def nobodys_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Config files of this test only."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "SYSTEM_FILE", tmp_path / "system.toml")
    (tmp_path / "home/cpoctl").mkdir(parents=True)


def write(tmp_path: Path, user: str = "", system: str = "") -> None:
    """Write both files."""
    (tmp_path / "home/cpoctl/cpoctl.toml").write_text(user)
    (tmp_path / "system.toml").write_text(system)


def test_the_users_file_beats_the_systems(tmp_path: Path) -> None:
    write(tmp_path, "[serve]\nheartbeat = 60\n", '[serve]\nheartbeat = 90\nlisten = "1.2.3.4:1"\n')
    known = config.load()
    assert (known.serve.heartbeat, known.serve.listen) == (60, "1.2.3.4:1")
    assert known.origin["serve.heartbeat"].endswith("home/cpoctl/cpoctl.toml")
    assert known.origin["serve.listen"].endswith("system.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[serve]\n\nheartbeet = 1\n", ":3: unknown key serve.heartbeet (did you mean heartbeat?)"),
        ("[srve]\n", ":1: unknown section srve (did you mean serve?)"),
        ("serve = 1\n", "serve is a section, not a value"),
        ('# x\n[serve]\nheartbeat = "1"\n', ":3: serve.heartbeat is '1', wanted a whole number"),
        ("[serve]\nheartbeat = true\n", ":2: serve.heartbeat is True, wanted a whole number"),
        ('[serve]\nunknown = "maybe"\n', "wanted 'reject' or 'pending' or 'accept'"),
        ("[serve]\nlisten = \n", "line 2"),
        ("[cli]\nlisten = 1\n[serve]\nlisten = 2\n", ":2: unknown key cli.listen"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigInvalid) as caught:
        config.load()
    assert says in caught.value.message
    assert caught.value.hints


def test_without_files_everything_is_default() -> None:
    assert config.load() == config.Config()
