"""How quickly a million sessions become CSV, and in how much memory: `python -m tests.bench.export [SESSIONS]`.

The peer is `sqlite3 -csv` with the very same SELECT, or Python's sqlite3 and csv where there is no such shell. Both are
measured by the processor's time they take, which other work on the machine changes least; the wall's is told as well.
"""

import csv
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cpoctl.operations.session._columns import named
from cpoctl.operations.session.export import ExportSessions
from cpoctl.store.sqlite.reading import OfflineReader
from tests.support.databases import empty_database

ALL_OF_THEM = 1_000_000
MOST_MIB = 150
_CHARGERS = 200
_FILL = """
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1),
t AS (SELECT i, unixepoch('2025-01-01') + i * 31536000 / :count AS b, 600 + i * 7919 % 9000 AS d, 500 + i * 104729 % 60000 AS e FROM n)
INSERT INTO session (session_id, charger_id, evse_id, connector_id, transaction_id, issued, tag_id, tag_status, started_at,
    started_raw, start_received_at, meter_start_wh, meter_start_raw, keyed, stopped_at, stop_received_at, meter_stop_wh, energy_wh,
    stop_reason)
SELECT i + 1, printf('CP-%03d', i % 200), 1 + i / 200 % 2, 1, CAST(i + 1 AS TEXT), 1, printf('TAG-%04d', i * 31 % 3000), 'Accepted',
    strftime('%Y-%m-%dT%H:%M:%S.000Z', b, 'unixepoch'), '', strftime('%Y-%m-%dT%H:%M:%S.000Z', b, 'unixepoch'), i * 100, '', 0,
    strftime('%Y-%m-%dT%H:%M:%S.000Z', b + d, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%S.000Z', b + d, 'unixepoch'), i * 100 + e, e,
    CASE i % 3 WHEN 0 THEN 'Local' WHEN 1 THEN 'EVDisconnected' END
FROM t
"""


class Spent(NamedTuple):
    """What a process took."""

    wall_s: float
    cpu_s: float
    rss_mib: float


def fill(path: Path, count: int) -> None:
    """A year of sessions in three time zones."""
    with closing(sqlite3.connect(empty_database(path))) as made, made:
        zones = {"hq": "Europe/Berlin", "ny": "America/New_York", "ktm": "Asia/Kathmandu"}
        made.executemany(
            "INSERT INTO site (site_id, name, time_zone, added_at) VALUES (?, ?, ?, '2025')",
            [(site, site.upper(), zone) for site, zone in zones.items()],
        )
        made.executemany(
            "INSERT INTO charger (charger_id, registration, known, added_at, site_id) VALUES (?, 'Accepted', 1, '2025', ?)",
            [(f"CP-{number:03d}", [*zones, None][number % 4]) for number in range(_CHARGERS)],
        )
        made.execute(_FILL, {"count": count})


def spent(command: list[str], out: Path | None = None, told: str | None = None) -> Spent:
    """Run it to its end."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with (out or Path("/dev/null")).open("wb") as stdout:
        subprocess.run(command, stdout=stdout, input=told, text=True, timeout=300, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.perf_counter() - began, cpu, after.ru_maxrss / 1024)


def select(path: Path) -> str:
    """The SELECT of the export, with what it is given written into it."""
    with OfflineReader(path) as reader:
        told, rest, given = ExportSessions(since="2025", until="2026")._statement(
            reader.read
        )  # the same one for the peer
    sql = f"SELECT {named(told)} {rest}"
    for name, value in given.items():
        sql = re.sub(rf":{name}\b", "NULL" if value is None else f"'{value}'", sql)
    return sql


def peer(path: Path, out: Path) -> tuple[str, Spent]:
    """The same by others."""
    if shell := shutil.which("sqlite3"):
        return "sqlite3 -csv", spent([shell, "-csv", "-header", str(path)], out, select(path))
    return "Python's sqlite3 and csv", spent(
        [sys.executable, "-m", "tests.bench.export", "--peer", str(path), str(out)]
    )


def plain(path: Path, out: Path) -> None:
    """What a script would do."""
    with closing(sqlite3.connect(path)) as db, out.open("w", newline="", encoding="utf-8") as file:
        found = db.execute(select(path))
        writer = csv.writer(file)
        writer.writerow(column[0] for column in found.description)
        writer.writerows(found)


def run(count: int) -> bool:
    """Measure and tell; whether it keeps its promises."""
    with TemporaryDirectory(prefix="cpoctl-export-") as folder:
        path, theirs, ours = Path(folder, "a.db"), Path(folder, "theirs.csv"), Path(folder, "ours.csv")
        fill(path, count)
        words = ["-q", "--db", str(path), "session", "export", "--from", "2025", "--to", "2026", "--out", str(ours)]
        own = spent([sys.executable, "-m", "cpoctl", *words])
        name, other = peer(path, theirs)
        same = ours.read_bytes().split() == theirs.read_bytes().split()
    ratio = other.cpu_s / own.cpu_s
    sys.stdout.write(
        f"{count:,} sessions: cpoctl {own.cpu_s:.1f} s of CPU ({own.wall_s:.1f} s), {own.rss_mib:.0f} MiB at the most\n"
        f"{name}: {other.cpu_s:.1f} s of CPU ({other.wall_s:.1f} s), the same bytes: {same}\n"
        f"cpoctl has {ratio:.2f} of its speed (0.50 at least), {MOST_MIB} MiB at the most\n"
    )
    return same and ratio >= 0.5 and own.rss_mib <= MOST_MIB


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        plain(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(0 if run(int(sys.argv[1]) if sys.argv[1:] else ALL_OF_THEM) else 1)
