"""Start-up of the command line: the time of a whole process, beside `python -c "import typer"` in the same run.

Budgets: `--help` ≤ 1.3 ×, `charger list` of 50 rows ≤ 1.6 ×, completion of a charger id ≤ 1.6 ×.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.contest import Load, arguments, start, working_folder
from tests.bench.table import table, verdict
from tests.support.servers import database

_PROGRAM = str(Path(sys.executable).with_name("cpoctl"))
_COMPLETION = [sys.executable, "-m", "cpoctl", "_complete", "3", "cpoctl", "charger", "show", "BENCH-"]
_Command = tuple[str, list[str], str, float]
"""What it is, the program, a word that its output must hold, its budget."""

_REFERENCE: _Command = ("import typer", [sys.executable, "-c", "import typer"], "", 1.0)
_COMMANDS: list[_Command] = [
    _REFERENCE,
    ("cpoctl --help", [_PROGRAM, "--help"], "serve", 1.3),
    ("charger list", [_PROGRAM, "charger", "list"], "BENCH-00049", 1.6),
    ("completion", _COMPLETION, "BENCH-00049", 1.6),
]


def main() -> None:
    """Time each command by turns, with 50 chargers online, and print the table."""
    options = arguments(__doc__, times=20).parse_args()
    with working_folder() as folder, start("cpoctl", folder) as server, Load("idle", server.port, chargers=50) as load:
        load.event("online")
        fastest = dict.fromkeys((name for name, *_ in _COMMANDS), float("inf"))
        for _ in range(options.times):
            for command in _COMMANDS:
                fastest[command[0]] = min(fastest[command[0]], _timed(command, folder))
    reference = fastest[_REFERENCE[0]]
    rows = [(name, 1000 * seconds, seconds / reference) for name, seconds in fastest.items()]
    print(table(f"start-up, least of {options.times}", ("command", "ms", "× typer"), rows))
    for name, *_, budget in _COMMANDS[1:]:
        print(verdict(name, fastest[name] / reference, budget, unit=" ×"))


def _timed(command: _Command, folder: Path) -> float:
    """Return the seconds that a command took, after a look at what it printed."""
    name, program, expected, _ = command
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    where = {"CPOCTL_SOCKET": str(folder / "c.sock"), "CPOCTL_DB": str(database(folder)), "HOME": str(folder)}
    began = time.perf_counter()
    done = subprocess.run(program, env={**inherited, **where}, capture_output=True, text=True, timeout=30, check=False)
    seconds = time.perf_counter() - began
    if done.returncode != 0 or expected not in done.stdout:
        raise SystemExit(f"{name}: exit code {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}")
    return seconds


if __name__ == "__main__":
    main()
