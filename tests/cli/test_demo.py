"""The demo: seen from outside, in a pipe and at a terminal, and how an event is told."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.demo import told
from tests.cli.conftest import Cli
from tests.support.loaded import loaded


def run(*args: str) -> "subprocess.CompletedProcess[str]":
    """A command that reads nothing, to its end."""
    return subprocess.run([*loaded(), *args], capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody else uses."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_in_a_pipe_it_tells_events_then_the_sessions_with_their_energy_and_leaves_nothing(temp: Path) -> None:
    done = run("demo", "--for", "2500ms", "--speed", "480")

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    happened, _, closing = done.stdout.partition("\n\n")
    assert re.search(r"^\d\d:\d\d:\d\d  DEMO-01   session \d+ started, tag ANNA-K$", happened, re.MULTILINE)
    assert "Faulted: GroundFailure" in happened
    assert "connection lost" in happened
    head, *rows = closing.splitlines()
    assert head.split() == ["SESSION", "CHARGER", "TAG", "STATE", "kWh", "COST", "REASON"]
    assert max(float(row.split()[4]) for row in rows) > 1
    assert list(temp.iterdir()) == []


def test_a_format_of_the_callers_choice_gets_sessions_only(temp: Path) -> None:
    done = run("demo", "--for", "1s", "--chargers", "2", "-o", "ids")

    assert done.returncode == 0, done.stderr
    assert all(line.isdigit() for line in done.stdout.split())
    assert "DEMO-01" in done.stderr


def test_a_reader_that_leaves_ends_it_quietly(temp: Path) -> None:
    command = [sys.executable, "-m", "cpoctl", "demo", "--for", "30s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        assert demo.wait(20) == 0
        assert "Traceback" not in demo.stderr.read()

    assert list(temp.iterdir()) == []


def test_its_server_answers_commands_meanwhile(temp: Path) -> None:
    with subprocess.Popen(
        [*loaded(), "demo", "--for", "30s"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stderr is not None
        address = next(found[1] for line in demo.stderr if (found := re.search(r"--server (unix:\S+)", line)))
        listed = run("--server", address, "charger", "list", "-o", "ids")
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(20) == 0

    assert listed.returncode == 0, listed.stderr
    assert list(temp.iterdir()) == []


@pytest.fixture
def watched(temp: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A demo at a terminal of its own, and our end of that terminal."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
    demo = subprocess.Popen(
        [*loaded(), "demo", "--speed", "240"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield demo, ours
    finally:
        demo.kill()
        demo.wait(10)
        os.close(ours)


def shown_until(terminal: int, wanted: str, seconds: float = 20) -> str:
    """What the terminal has shown when the wanted text is on it, or at the end of the process."""
    seen = b""
    deadline = time.monotonic() + seconds
    while wanted not in seen.decode("utf-8", "replace") and time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            seen += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
    return seen.decode("utf-8", "replace")


def test_at_a_terminal_it_is_the_dashboard_until_somebody_leaves_it(
    watched: tuple["subprocess.Popen[bytes]", int], temp: Path
) -> None:
    demo, terminal = watched
    picture = shown_until(terminal, "DEMO-06")
    print(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", picture))
    assert "Fleet" in picture
    assert "CHARGER" in picture

    os.write(terminal, b"q")
    asked = shown_until(terminal, "Leave the dashboard?")
    os.write(terminal, b"\t\r")

    end = shown_until(terminal, "REASON")
    assert "SESSION" in end
    assert demo.wait(20) == 0
    assert "Traceback" not in picture + asked + end
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_gives_the_terminal_back_and_leaves_nothing_behind(
    watched: tuple["subprocess.Popen[bytes]", int], temp: Path, number: signal.Signals, code: int
) -> None:
    demo, terminal = watched
    shown_until(terminal, "DEMO-01")

    demo.send_signal(number)

    end = shown_until(terminal, "REASON")
    assert demo.wait(20) == code
    assert "\x1b[?1049l" in end  # the screen that was there before
    assert "\x1b[?25h" in end  # the cursor
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--chargers", "0"], "--chargers 0 is not 1 to 500"),
        (["--speed", "0"], "--speed 0 is not 1 to 1000"),
        (["--for", "soon"], "not a duration"),
        (["--for", "0s"], "longer than nothing"),
    ],
)
def test_a_slip_is_told(cli: Cli, args: list[str], says: str) -> None:
    result = cli("demo", *args)
    assert result.code == 2
    assert says in result.err


def test_a_session_that_ended_offline_is_told_as_late() -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    stopped = events.SessionStopped(
        charger_id="A",
        session_id=3,
        evse_id=1,
        transaction_id="7",
        started_at=stored(now - timedelta(hours=1)),
        stopped_at=stored(now - timedelta(seconds=4)),
        energy_wh=4030,
        reason="Local",
    )
    assert told(stopped, now) == "session 3 stopped, 4.03 kWh, Local, told 4 s later"
