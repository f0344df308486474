"""Durable session traffic: Authorize, Start, ten MeterValues of five values, Stop, each acknowledged after it is stored.

Prints Calls a second and latencies of cpoctl and its peers in one run, and of cpoctl with chargers of OCPP 2.0.1, whose
sessions are twelve TransactionEvents. Budgets: ≥ 12 × the usual way, ≥ 0.40 × an echo server, p99 ≤ 40 ms at 200
chargers; OCPP 2.0.1 at ≥ 0.80 of the rate of 1.6.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.contest import arguments, best, measure, working_folder
from tests.bench.figures import Figures
from tests.bench.table import table, verdict
from tests.support.servers import database

_SECOND = "cpoctl-2.0.1"
_SERVERS = ["echo", "usual", "bare", "cpoctl", _SECOND]
_HEAD = ("server", "calls/s", "p50 ms", "p99 ms", "max ms", "errors", "load busy", "stored")


def main() -> None:
    """Run all servers by turns and print the table."""
    parser = arguments(__doc__, chargers=200, seconds=8.0, warmup=1.0, rounds=2)
    parser.add_argument("--servers", nargs="+", choices=_SERVERS, default=_SERVERS)
    options = parser.parse_args()
    names = options.servers
    runs: dict[str, list[Figures]] = {name: [] for name in names}
    stored: dict[str, str] = {}
    for number in range(options.rounds):
        # Every second round backwards: a machine that slows down under load must not always slow down the same server.
        for name in reversed(names) if number % 2 else names:
            with working_folder() as folder:
                load = {"chargers": options.chargers, "seconds": options.seconds, "warmup": options.warmup}
                server, kind = ("cpoctl", "sessions2") if name == _SECOND else (name, "sessions")
                runs[name].append(measure(server, kind, folder, **load))
                stored[name] = (
                    "-" if name == "echo" else _stored(database(folder), runs[name][-1], of_cpoctl=server == "cpoctl")
                )
    results = {name: best(runs[name]) for name in names}
    rows = [
        (name, run.rate, run.p50_ms, run.p99_ms, run.max_ms, run.errors, f"{run.load_busy:.0%}", stored[name])
        for name, run in results.items()
    ]
    print(table(f"session traffic, {options.chargers} chargers, best of {options.rounds}", _HEAD, rows))
    print("\n".join(_verdicts(results)))


def _stored(path: Path, run: Figures, *, of_cpoctl: bool) -> str:
    """Hold the database to the acknowledgements, so that no server is fast by forgetting."""
    with closing(sqlite3.connect(path)) as connection:
        stopped = connection.execute("SELECT count(*) FROM session WHERE stopped_at IS NOT NULL").fetchone()[0]
        taken = connection.execute(
            "SELECT count(*) FROM (SELECT DISTINCT charger_id, session_id, timestamp_raw FROM meter_value)"
        ).fetchone()[0]
        steps = connection.execute("SELECT count(*) FROM transaction_event").fetchone()[0] if of_cpoctl else 0
    acked = run.by_action.get
    lost = max(0, acked("StopTransaction", 0) - stopped) + max(0, acked("MeterValues", 0) - taken)
    lost += max(0, acked("TransactionEvent", 0) - steps)
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
    if "cpoctl" in rates and _SECOND in rates:
        lines.append(verdict("OCPP 2.0.1 / 1.6", rates[_SECOND] / rates["cpoctl"], 0.80, at_least=True))
    if "cpoctl" in results:
        lines.append(verdict("cpoctl p99", results["cpoctl"].p99_ms, 40, unit=" ms"))
    return lines


if __name__ == "__main__":
    main()
