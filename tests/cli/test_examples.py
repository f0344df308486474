"""The examples of the help, run: each does what it says or tells what is missing here, on a server with simulated chargers. CLI-21"""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from cpoctl import operations, plugins
from cpoctl.config import ServeSettings
from cpoctl.errors import CpoctlError
from cpoctl.operations import LocalAct, Operation
from cpoctl.parameters import declared
from cpoctl.running import running
from cpoctl.simulator import RealTime, VirtualCharger
from tests.cli.conftest import Cli
from tests.house.commands import commands_in

EVERY = [kind for module in plugins.load_all(operations) for kind in declared(module) if not issubclass(kind, LocalAct)]
NOT_HERE = re.compile(r"@\w|\.(json|toml|csv|pem)\b|[|<>$]|-file |-f\b| watch| wait|image add|--wait|--queue|--dry-run")
"""What wants a file of the caller's, another program, or time."""
SPEED = 500.0
TOLD = {kind.exit_code for kind in CpoctlError.__subclasses__()} - {1, 2} | {0}


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server with the chargers of the examples."""
    ready, stop = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    settings = ServeSettings(
        listen="127.0.0.1:0", db=str(tmp_path / "e.db"), socket=str(tmp_path / "e.sock"), accept_all=True
    )

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(running(settings))
            for name in ("HQ-07", "HQ-08"):
                charger = await stack.enter_async_context(VirtualCharger(server.url, name, time=RealTime(SPEED)))
                await charger.connect()
                await charger.boot()
            loops.append(asyncio.get_running_loop())
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="examples")
    thread.start()
    try:
        assert ready.wait(30)
        monkeypatch.setenv("CPOCTL_SOCKET", str(tmp_path / "e.sock"))
        monkeypatch.setenv("CPOCTL_TIMEOUT", "2s")
        monkeypatch.chdir(tmp_path)
        yield
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(20)
        assert not thread.is_alive()


def examples(kind: type[Operation]) -> Iterator[list[str]]:
    """The lines of an operation that can be run here."""
    for line in kind.examples:
        if not NOT_HERE.search(line):
            yield from commands_in(line)


def test_every_example_that_needs_nothing_of_the_callers_runs(served: None, cli: Cli) -> None:
    wrong, ran = [], 0
    for kind in EVERY:
        for words in examples(kind):
            result = cli(*words)
            ran += 1
            if result.code not in TOLD or "unexpected" in result.err or (result.code and not result.err):
                wrong.append((" ".join(words), result.code, result.err))
    assert wrong == []
    assert ran > 100
