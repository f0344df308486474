"""What the machine's host takes away: moments in which a core did not run at all, though the first in line wanted it.

On a shared machine a core is gone for up to 50 ms, several times a second; a p99 would be a figure of the neighbours. One
process a core, before all others there (as root; else nothing is seen), wakes every millisecond; where it wakes late, nobody
had the core. What the kernel itself counts as stolen stands beside it: where that is nothing, something here holds a core.
"""

import argparse
import bisect
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_TICK: Final = 0.001
_LATE: Final = 0.0015  # above what the kernel itself may take for its own work at a time
_USER_HZ: Final = os.sysconf("SC_CLK_TCK")
_STEAL: Final = 8  # of the columns in a line of /proc/stat

Interval = tuple[float, float]


class Watch:
    """Watches cores from its making until `over`."""

    def __init__(self, cores: Sequence[str]) -> None:
        command = [sys.executable, "-m", "tests.bench.stolen", "--core"]
        self._watchers = [
            subprocess.Popen([*command, core], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for core in cores
        ]

    def over(self) -> "Stolen":
        """What was stolen of any of them."""
        told = [json.loads(watcher.communicate(timeout=10)[0]) for watcher in self._watchers]
        intervals = sorted((begin, end) for core in told for begin, end in core["intervals"])
        return Stolen(intervals, sum(core["counted_s"] for core in told))


class Stolen:
    """The moments without a core, on the clock of `perf_counter`."""

    def __init__(self, intervals: Sequence[Interval], counted_s: float) -> None:
        self.seen_s, self.counted_s = sum(end - begin for begin, end in intervals), counted_s
        self._ends = list[float]()
        self._begins = list[float]()
        for begin, end in intervals:
            after = end + (end - begin)  # what waited is made up for
            if self._ends and begin <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], after)
            else:
                self._begins.append(begin)
                self._ends.append(after)

    def touched(self, begin: float, end: float) -> bool:
        """Whether a core was away in that time."""
        at = bisect.bisect_left(self._ends, begin)
        return at < len(self._ends) and self._begins[at] < end


def _counted_s(core: int) -> float:
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    line = next(line for line in lines if line.startswith(f"cpu{core} "))
    return int(line.split()[_STEAL]) / _USER_HZ


def main() -> None:
    """Watch one core until the standard input ends, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, required=True)
    core = parser.parse_args().core
    os.sched_setaffinity(0, {core})
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(50))
    os.set_blocking(0, False)
    intervals: list[Interval] = []
    counted, last = _counted_s(core), time.perf_counter()
    while not _at_end():
        time.sleep(_TICK)
        now = time.perf_counter()
        if now - last - _TICK > _LATE:
            intervals.append((last + _TICK, now))
        last = now
    print(json.dumps({"intervals": intervals, "counted_s": _counted_s(core) - counted}))


def _at_end() -> bool:
    try:
        return not os.read(0, 1)
    except BlockingIOError:
        return False


if __name__ == "__main__":
    main()
