"""A reconnect storm: all chargers at once, with no jitter, until the boot of the last one is answered.

First a cold start (the time holds the start of the load, about half a second), then the server is restarted twice
while the chargers retry each second; that time runs from its readiness.
Budget: 1,000 chargers online in ≤ 30 s.
"""

import contextlib
import math
import time

from tests.bench.contest import Load, LoadEnded, allow_many_files, arguments, start, working_folder
from tests.bench.table import table, verdict
from tests.support.servers import Server

_BUDGET_SECONDS = 30
_SERVERS = ["echo", "usual", "cpoctl"]


def main() -> None:
    """Let the storm pass over each server and print the table."""
    parser = arguments(__doc__, chargers=1000)
    parser.add_argument("--servers", nargs="+", choices=_SERVERS, default=_SERVERS)
    parser.add_argument("--password", help="Basic auth with this password (chargers must have been given it)")
    options = parser.parse_args()
    allow_many_files(options.chargers)
    times = {name: _storm(name, options.chargers, options.password) for name in options.servers}
    rows = [(name, *seconds) for name, seconds in times.items()]
    head = ("server", "cold s", "after stop s", "after kill s")
    print(table(f"reconnect storm, {options.chargers:,} chargers", head, rows))
    if "cpoctl" in times:
        print(verdict("cpoctl, slowest", max(times["cpoctl"]), _BUDGET_SECONDS, unit=" s"))


def _storm(name: str, chargers: int, password: str | None) -> list[float]:
    """Return the seconds until all are online: of a cold start, after a stop and after a kill of the server.

    Infinite are those of a server that never gets all of them back.
    """
    with working_folder() as folder, contextlib.ExitStack() as servers:
        server = servers.enter_context(start(name, folder))
        times = [time.monotonic()]
        with Load("storm", server.port, chargers=chargers, again=2, password=password) as load:
            times[0] = load.event("online")["at"] - times[0]
            for end in (Server.stop, Server.kill):
                end(server)
                server = servers.enter_context(start(name, folder, server.port))
                ready = time.monotonic()
                try:
                    times.append(load.event("online")["at"] - ready)
                except LoadEnded:
                    return [*times, *[math.inf] * (3 - len(times))]
    return times


if __name__ == "__main__":
    main()
