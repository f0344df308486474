"""What a large export costs the chargers: the p99 of session traffic alone and while a million sessions are exported beside it.

The command line reads the database file itself, on a connection that only reads, in a process of its own on the core of the
load, which is let before it (as root; else the figures are too high). Budget: twice the p99 without it; what was
on its way while the host had taken a core away is left out.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.bench.contest import arguments, idling, paced, start, working_folder
from tests.bench.export import fill
from tests.bench.table import table, verdict

_HEAD = ("session traffic", "calls/s", "p50 ms", "p99 ms", "max ms", "errors", "left out")
_COLUMNS = ("rate", "p50_ms", "p99_ms", "max_ms", "errors", "left_out")


@contextmanager
def _exporting(folder: Path) -> Iterator[list[int]]:
    """Export all sessions again and again, until the block is left; the sizes of what was written."""
    over, sizes = Event(), list[int]()
    out = folder / "sessions.csv"
    export = ["session", "export", "--from", "2025", "--to", "2026", "--out", str(out), "-q"]
    command = [sys.executable, "-m", "cpoctl", "--db", str(folder / "cpoctl.db"), *export]

    def run() -> None:
        while not over.is_set():
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
                idling(process.pid)
                while process.poll() is None and not over.wait(0.1):
                    pass
                process.terminate()
            sizes.append(out.stat().st_size if out.exists() else 0)

    thread = Thread(target=run)
    thread.start()
    try:
        yield sizes
    finally:
        over.set()
        thread.join(30)


def main() -> None:
    """Measure and tell."""
    options = arguments(__doc__, sessions=1_000_000, seconds=20.0).parse_args()
    with working_folder() as folder:
        fill(folder / "cpoctl.db", options.sessions)
        with start("cpoctl", folder) as server:
            alone = paced(server, options.seconds)
            with _exporting(folder) as sizes:
                during = paced(server, options.seconds)
        rows = [
            (name, *(getattr(run, column) for column in _COLUMNS))
            for name, run in (("alone", alone), ("during the export", during))
        ]
        print(table(f"{options.sessions:,} sessions are exported", _HEAD, rows))
        print(f"      exports of so many bytes: {sizes}")
        print(verdict("p99 during / alone", during.p99_ms / alone.p99_ms, 2))


if __name__ == "__main__":
    main()
