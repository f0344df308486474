"""Idle memory: what a connected charger costs after its boot, in KiB of resident memory.

Budget: ≤ 32 KiB a connection without TLS. A server and a load each hold all connections, so 5,000 of them need
5,200 open files a process.
"""

from tests.bench.contest import Load, allow_many_files, arguments, start, working_folder
from tests.bench.table import table, verdict


def main() -> None:
    """Measure each server at each size and print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--chargers", type=int, nargs="+", default=[1000, 5000], help="default 1000 5000")
    sizes = parser.parse_args().chargers
    allow_many_files(max(sizes))
    rows: list[tuple[str, int, float, float, float]] = []
    for name in ["pure", "cpoctl"]:
        for size in sizes:
            before, after = _resident(name, size)
            rows.append((name.replace("pure", "echo"), size, before / 1024, after / 1024, (after - before) / size))
    head = ("server", "connections", "MiB before", "MiB after", "KiB each")
    print(table("idle memory after boot", head, rows))
    for name, size, *_, each in rows:
        if name == "cpoctl":
            print(verdict(f"cpoctl at {size:,}", each, 32, unit=" KiB"))


def _resident(name: str, size: int) -> tuple[int, int]:
    """Return the server's resident KiB with no charger and with `size` of them."""
    with working_folder() as folder, start(name, folder) as server:
        before = server.rss_kib()
        with Load("idle", server.port, chargers=size) as load:
            load.event("online")
            return before, server.rss_kib()


if __name__ == "__main__":
    main()
