"""A server for the tests of one file, without the chargers of the test before."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.list import ListSessions
from tests.tui.harness import Server


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nobody's own settings, colours or clock; what is copied stays among the test's own files."""
    for name in [name for name in os.environ if name.startswith(("CPOCTL_", "TEXTUAL")) or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session", autouse=True)
def styles_are_parsed_once() -> Iterator[None]:
    """Each dashboard would parse the styles of all widgets anew: they are the same text each time."""
    parsed: dict[Any, Any] = {}
    parse = Stylesheet._parse_rules

    def parse_once(sheet: Stylesheet, *args: Any, **given: Any) -> Any:
        key = (*args, *sorted(given.items()), *sorted(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *args, **given)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("s"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def server(_running: Server) -> AsyncIterator[Server]:
    """The server of the file, without chargers. What was stored of sessions, tags and alerts before stays."""
    yield _running
    await _running.hang_up()
    for session in _running.client.run(ListSessions(open=True)):
        _running.client.run(CloseSession(session=session["session_id"], reason="the test is over", energy_wh=0))
    for charger in _running.client.run(ListChargers()):
        _running.client.run(RemoveCharger(charger=charger["charger_id"]))


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server of the test's own, which it may stop and start, and on which nothing has happened."""
    server = Server(tmp_path)
    server.start()
    yield server
    await server.hang_up()
    server.stop()
