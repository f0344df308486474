"""Every bench runs, in miniature, and prints its table."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def _bench(name: str, *options: str) -> str:
    """Run one bench and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", *options],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_session_traffic_compares_the_servers_and_all_store_what_they_acknowledge() -> None:
    printed = _bench("session_traffic", "--chargers=10", "--seconds=0.4", "--warmup=0.1", "--rounds=1")
    rows = {line.split()[0]: line.split() for line in printed.splitlines()[3:8]}
    assert {name: row[-1] for name, row in rows.items()} == {
        "echo": "-",
        "usual": "all",
        "bare": "all",
        "cpoctl": "all",
        "cpoctl-2.0.1": "all",
    }
    assert (rows["cpoctl"][5], rows["cpoctl-2.0.1"][5]) == ("0", "0"), "CallErrors in plain session traffic"
    assert "cpoctl / usual" in printed
    assert "OCPP 2.0.1 / 1.6" in printed


def test_heartbeats_compares_three_servers() -> None:
    printed = _bench("heartbeats", "--chargers=10", "--seconds=0.4", "--warmup=0.1", "--rounds=1")
    assert [line.split()[0] for line in printed.splitlines()[3:]] == ["echo", "usual", "cpoctl"]


def test_idle_memory_tells_the_cost_of_a_connection() -> None:
    printed = _bench("idle_memory", "--chargers", "100")
    assert "cpoctl at 100" in printed


def test_reconnect_storm_brings_all_back_after_a_stop_and_a_kill() -> None:
    printed = _bench("reconnect_storm", "--chargers=20", "--servers", "echo", "cpoctl")
    assert "ok    cpoctl, slowest" in printed


def test_dashboard_is_timed_on_a_terminal() -> None:
    printed = _bench("dashboard", "--alone", "--chargers=100", "--seconds=0.3", "--rounds=1", "--presses=3")
    figures = {line.rsplit(maxsplit=3)[0]: line.split()[-3] for line in printed.splitlines()[3:-14]}
    assert {"first page ms", "down ms median", "CPU % at 200 events/s", "RSS MiB", "filter ms"} <= figures.keys()
    assert float(figures["KB of 20 visible changes/s"]) > 0, "no event reached the screen"


def test_cli_startup_times_three_commands() -> None:
    printed = _bench("cli_startup", "--times=1")
    assert all(name in printed for name in ("cpoctl --help", "charger list", "completion"))
