"""Durable session traffic: Authorize, Start, ten MeterValues of five values, Stop, each acknowledged after it is stored.

Prints Calls a second and latencies of cpoctl and its peers in one run. Budgets: ≥ 12 × the usual way,
≥ 0.40 × an echo server, p99 ≤ 40 ms at 200 chargers.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.contest import arguments, best, contenders, measure, working_folder
from tests.bench.figures import Figures
from tests.bench.table import table, verdict
from tests.support.servers import database

_SERVERS = ["echo", "usual", "bare", "cpoctl"]
_HEAD = ("server", "calls/s", "p50 ms", "p99 ms", "max ms", "errors", "load busy", "stored")


def main() -> None:
    """Run all servers by turns and print the table."""
    parser = arguments(__doc__, chargers=200, seconds=8.0, warmup=1.0, rounds=2)
    parser.add_argument("--servers", nargs="+", choices=_SERVERS, default=_SERVERS)
    options = parser.parse_args()
    names = contenders(options.servers)
    runs: dict[str, list[Figures]] = {name: [] for name in names}
    stored: dict[str, str] = {}
    for _ in range(options.rounds):
        for name in names:
            with working_folder() as folder:
                load = {"chargers": options.chargers, "seconds": options.seconds, "warmup": options.warmup}
                runs[name].append(measure(name, "sessions", folder, **load))
                stored[name] = "-" if name == "echo" else _stored(database(folder), runs[name][-1])
    results = {name: best(runs[name]) for name in names}
    rows = [
        (name, run.rate, run.p50_ms, run.p99_ms, run.max_ms, run.errors, f"{run.load_busy:.0%}", stored[name])
        for name, run in results.items()
    ]
    print(table(f"session traffic, {options.chargers} chargers, best of {options.rounds}", _HEAD, rows))
    print("\n".join(_verdicts(results)))


def _stored(path: Path, run: Figures) -> str:
    """Hold the database to the acknowledgements, so that no server is fast by forgetting."""
    with closing(sqlite3.connect(path)) as connection:
        stopped = connection.execute("SELECT count(*) FROM session WHERE stopped_at IS NOT NULL").fetchone()[0]
        taken = connection.execute(
            "SELECT count(*) FROM (SELECT DISTINCT charger_id, session_id, timestamp_raw FROM meter_value)"
        ).fetchone()[0]
    lost = max(0, run.by_action.get("StopTransaction", 0) - stopped) + max(
        0, run.by_action.get("MeterValues", 0) - taken
    )
    return f"{lost} LOST" if lost else "all"


def _verdicts(results: dict[str, Figures]) -> list[str]:
    """Hold cpoctl to its budgets, and tell how far the bare loop gets, as far as the peers took part."""
    rates = {name: run.rate for name, run in results.items()}
    lines = []
    for name, budget in (("usual", 12), ("echo", 0.40)):
        if "bare" in rates and name in rates:
            lines.append(f"      bare / {name}: {rates['bare'] / rates[name]:.3g}")
        if "cpoctl" in rates and name in rates:
            lines.append(verdict(f"cpoctl / {name}", rates["cpoctl"] / rates[name], budget, at_least=True))
    if "cpoctl" in results:
        lines.append(verdict("cpoctl p99", results["cpoctl"].p99_ms, 40, unit=" ms"))
    return lines


if __name__ == "__main__":
    main()
