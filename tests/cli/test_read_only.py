"""Read-only: whatever changes something ends with 4 before anything is sent. UX CLI-10"""

from pathlib import Path

import pytest

from cpoctl.operations import Danger, JsonText, Operation, Secret
from cpoctl.parameters import Parameter, parameters
from tests.cli.conftest import Cli
from tests.house.commands import every_operation
from tests.house.recording import PEM, sample

WRITING = [kind for kind in every_operation() if kind.danger > Danger.READ]
OWN = [
    "config edit", "config set serve.heartbeat 60", "config unset serve.heartbeat", "context rm office",
    "context add home --server https://192.0.2.1:9443", "context use office", "init --listen 0.0.0.0:9001",
]  # fmt: skip
MORE = {"session rebuild": ["--apply", "--reason", "why"]}
"""What an operation that may also only look is told, so that it writes."""
NOWHERE = "unix:/nonexistent/cpoctl.sock"  # whoever tried to send would end with 5


def words(kind: type[Operation], folder: Path) -> list[str]:
    """A command line of an operation with what it cannot do without."""
    given = [word for parameter in parameters(kind) if parameter.required for word in _said(parameter, folder)]
    return [*kind.path.split(), *given, *MORE.get(kind.path, ()), "--yes"]


def _said(parameter: Parameter, folder: Path) -> list[str]:
    file = folder / "given.pem"
    file.write_text(PEM)
    if isinstance(parameter.mark, Secret):
        return [parameter.flag, str(file)]
    if parameter.kind in ("path", "file"):
        named = f"@{file}" if parameter.kind == "file" else str(file)
        return [named] if parameter.positional else [parameter.flag, named]
    value = "{}" if isinstance(parameter.mark, JsonText) else sample(parameter)
    text = str(value[0] if isinstance(value, tuple) else getattr(value, "value", value))
    return [text] if parameter.positional else [parameter.flag, text]


@pytest.mark.parametrize("kind", WRITING, ids=lambda kind: kind.path)
def test_an_operation_that_writes_is_refused(cli: Cli, tmp_path: Path, kind: type[Operation]) -> None:
    result = cli("--server", NOWHERE, "--read-only", *words(kind, tmp_path))
    assert (result.code, result.out) == (4, ""), result.err
    assert "read-only" in result.err
    assert "\nhint:  " in result.err


@pytest.mark.parametrize("kind", WRITING[:1], ids=lambda kind: kind.path)
def test_without_it_the_same_command_is_sent(cli: Cli, tmp_path: Path, kind: type[Operation]) -> None:
    assert cli("--server", NOWHERE, *words(kind, tmp_path)).code == 5


@pytest.mark.parametrize("line", OWN)
def test_a_command_that_changes_the_config_is_refused(cli: Cli, tmp_path: Path, line: str) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[context.office]\nserver = "https://192.0.2.1"\n')
    before = sorted(tmp_path.rglob("*"))
    result = cli("--config", str(file), *line.split(), "--read-only")
    assert (result.code, result.out) == (4, ""), result.err
    assert file.read_text() == '[context.office]\nserver = "https://192.0.2.1"\n'
    assert sorted(tmp_path.rglob("*")) == before


def test_a_context_can_be_read_only(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(f'[context.office]\nserver = "{NOWHERE}"\nread_only = true\n')
    assert cli("--config", str(file), "-C", "office", "tag", "add", "ANNA").code == 4
    assert cli("--config", str(file), "-C", "office", "tag", "list").code == 5
