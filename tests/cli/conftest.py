"""The command line in this process or in one of its own, on a small database, with or without a server."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cpoctl.cli.derived import command
from cpoctl.cli.running import run
from cpoctl.operations import Operation
from tests.http.conftest import served as served
from tests.http.face import Running, database


@dataclass(frozen=True)
class Result:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def quiet_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own config, data or terminal."""
    for name in [name for name in os.environ if name.startswith(("CPOCTL_", "XDG_")) or name == "COLUMNS"]:
        monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "STATE", "RUNTIME"):
        monkeypatch.setenv(f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}", str(tmp_path / name.lower()))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("cpoctl.places.SYSTEM_FILE", tmp_path / "none.toml")
    monkeypatch.setattr("cpoctl.places.SYSTEM_SOCKET", tmp_path / "none.sock")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database that no server has open."""
    return database(tmp_path / "a.db")


@pytest.fixture
def api(db: Path, served: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A server on the database, found through the environment."""
    served.do(lambda: served.face.show(db))
    monkeypatch.setenv("CPOCTL_SOCKET", str(served.socket))
    return served


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line; `of` runs it on the command of one operation."""

    def call(*args: str, of: type[Operation] | None = None) -> Result:
        code = run(args, command(of) if of else None)
        said = capfd.readouterr()
        return Result(code, said.out, said.err)

    return call


@pytest.fixture
def process() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run a command line in a process of its own."""

    def call(*args: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cpoctl", *args], capture_output=True, text=True, timeout=30, check=False, **more
        )

    return call
