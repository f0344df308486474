"""Heartbeats: the cheapest Call, so what is measured is the way of a frame through the server."""

from tests.bench.contest import arguments, best, measure, working_folder
from tests.bench.figures import Figures
from tests.bench.table import table

_SERVERS = ["echo", "usual", "cpoctl"]


def main() -> None:
    """Run all servers by turns and print the table."""
    parser = arguments(__doc__, chargers=200, seconds=5.0, warmup=1.0, rounds=2)
    parser.add_argument("--servers", nargs="+", choices=_SERVERS, default=_SERVERS)
    options = parser.parse_args()
    names = options.servers
    runs: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            with working_folder() as folder:
                load = {"chargers": options.chargers, "seconds": options.seconds, "warmup": options.warmup}
                runs[name].append(measure(name, "heartbeats", folder, **load))
    results = {name: best(runs[name]) for name in names}
    ratios = {name: [_ratio(run, results.get(peer)) for peer in ("echo", "usual")] for name, run in results.items()}
    rows = [
        (name, run.rate, run.p50_ms, run.p99_ms, run.errors, f"{run.load_busy:.0%}", *ratios[name])
        for name, run in results.items()
    ]
    head = ("server", "beats/s", "p50 ms", "p99 ms", "errors", "load busy", "× echo", "× usual")
    print(table(f"heartbeats, {options.chargers} chargers, best of {options.rounds}", head, rows))


def _ratio(run: Figures, peer: Figures | None) -> float | str:
    return "-" if peer is None else run.rate / peer.rate


if __name__ == "__main__":
    main()
