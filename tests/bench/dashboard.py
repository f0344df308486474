"""The dashboard at 10,000 chargers, beside Textual's own DataTable that is told the same (UX §7, TUI-01 to TUI-05, TUI-07).

Both run as processes on a terminal, and times run from a key to the bytes that answer it. Budgets stand in the table of
verdicts; each figure is the least of the rounds, because a busy machine only ever adds.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.contest import arguments, cores, working_folder
from tests.bench.table import table, verdict
from tests.bench.terminal import Terminal

_ROOT = Path(__file__).parents[2]
_DOWN, _PAGE_DOWN = "\x1b[B", "\x1b[6~"
_STEPS = 12  # so far down without scrolling
_Figures = dict[str, float]
_FULL_LOG = "RSS MiB, 10,000 lines of log"
_BUDGETS = {
    "first frame ms": 700,
    "first page ms": 1200,
    "down ms median": 16,
    "down ms p95": 50,
    "pgdn ms median": 30,
    "down ms p95, 200 events/s": 50,
    "CPU % at 200 events/s": 15,
    "CPU % idle": 1,
    "repaints in idle 5 s": 0,
    "idle bytes in 5 s": 200,
    "KB of 20 visible changes/s": 75,
    "down bytes": 2000,
    "RSS MiB": 110,
    _FULL_LOG: 110,
    "filter ms": 60,
}
_SOAKED = {"RSS MiB after the soak": 110, "RSS growth %": 5}


class _Stub:
    """The server's process, and how to have it tell something."""

    def __init__(self, folder: Path, chargers: int, *, asleep: bool) -> None:
        self.address = f"unix:{folder / 's'}"
        command = [sys.executable, "-m", "tests.bench.peers.fleet", str(folder), f"--chargers={chargers}"]
        self._process = subprocess.Popen(
            [*command, *(["--asleep"] if asleep else [])],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        os.sched_setaffinity(self._process.pid, {cores()[0]})
        assert self._process.stdin and self._process.stdout  # for the type
        self._wishes, self._told = self._process.stdin, self._process.stdout

    def wait(self) -> None:
        """Wait until it is ready."""
        if self._told.readline() != "ready\n":
            raise SystemExit("the server did not get ready")

    @contextlib.contextmanager
    def telling(self, rate: float, where: str) -> Iterator[None]:
        """So many events a second, for a while."""
        self._wishes.write(f"{rate:g} {where}\n")
        yield
        self._wishes.write(f"0 {where}\n")

    def end(self) -> None:
        """End it, and wait for that."""
        self._wishes.close()
        self._process.wait(20)
        self._told.close()


@contextlib.contextmanager
def _stub(chargers: int, *, asleep: bool = False) -> Iterator[_Stub]:
    with working_folder() as folder:
        stub = _Stub(folder, chargers, asleep=asleep)
        try:
            yield stub
        finally:
            stub.end()


def _dashboard(stub: _Stub) -> Terminal:
    return Terminal(
        [sys.executable, "-m", "cpoctl", "--server", stub.address, "dashboard"], {"HOME": stub.address[5:-2]}
    )


def _usual(stub: _Stub) -> Terminal:
    return Terminal([sys.executable, "-m", "tests.bench.peers.datatable", stub.address], {"HOME": stub.address[5:-2]})


@dataclass(frozen=True)
class _Contender:
    """How one begins, what its first frame and its first page say, and what the row under the cursor is painted with."""

    begin: Callable[[_Stub], Terminal]
    first: str
    page: str
    cursor: str


_OURS = "cpoctl"
_CONTENDERS = {
    _OURS: _Contender(_dashboard, "Fleet", "✕ FAULTED", "▌"),
    "DataTable": _Contender(_usual, "STATUS", "FAULTED", "48;2;1;2;3"),
}


def main() -> None:
    """Measure both by turns, print the table and hold the dashboard to its budgets."""
    parser = arguments(__doc__, chargers=10_000, seconds=5.0, rounds=3, presses=48)
    parser.add_argument("--soak", type=float, default=0, help="minutes of traffic, to see whether memory grows")
    parser.add_argument("--alone", action="store_true", help="leave the peer out")
    options = parser.parse_args()
    contenders = {name: each for name, each in _CONTENDERS.items() if name == _OURS or not options.alone}
    found: dict[str, list[_Figures]] = {name: [] for name in contenders}
    with _stub(options.chargers) as awake, _stub(options.chargers, asleep=True) as asleep:
        awake.wait()
        asleep.wait()
        for _ in range(options.rounds):
            for name, contender in contenders.items():
                figures = _awake(contender, awake, options.seconds, options.presses)
                found[name].append(figures | _asleep(contender, asleep, options.seconds))
            found[_OURS][-1] |= _filtered(awake) | _logged(awake)
        if options.soak:
            found[_OURS][-1] |= _soaked(awake, options.soak)
    least = {name: _least(rounds) for name, rounds in found.items()}
    _print(
        f"dashboard of {options.chargers:,} chargers, least of {options.rounds}; load {os.getloadavg()[0]:.1f}", least
    )


def _print(title: str, least: dict[str, _Figures]) -> None:
    ours, theirs = least[_OURS], least.get("DataTable", {})
    rows = [(name, value, theirs.get(name, "-"), _ratio(value, theirs.get(name))) for name, value in ours.items()]
    print(table(title, ("figure", "cpoctl", "DataTable", "ratio"), rows))
    for name, budget in {**_BUDGETS, **_SOAKED}.items():
        if name in ours:
            print(verdict(name, ours[name], budget))


def _ratio(ours: float, theirs: float | None) -> float | str:
    return ours / theirs if theirs else "-"


def _least(rounds: Sequence[_Figures]) -> _Figures:
    return {name: min(figures[name] for figures in rounds if name in figures) for name in rounds[-1]}


def _awake(contender: _Contender, stub: _Stub, seconds: float, presses: int) -> _Figures:
    """From the start to the first page, keys at rest and under traffic, and what traffic costs."""
    with contender.begin(stub) as terminal:
        started = terminal.sees(contender.first) - terminal.began
        started_cpu = terminal.cpu_seconds()
        paged = terminal.sees(contender.page) - terminal.began
        paged_cpu = terminal.cpu_seconds()
        terminal.rests()
        downs = _presses(terminal, _DOWN, presses, contender.cursor)
        pages = _presses(terminal, _PAGE_DOWN, presses // 3, contender.cursor)
        figures = {
            "first frame ms": 1000 * started,
            "first page ms": 1000 * paged,
            "first frame, CPU ms": 1000 * started_cpu,
            "first page, CPU ms": 1000 * paged_cpu,
            "down ms median": median(ms for ms, _ in downs),
            "down ms p95": _p95([ms for ms, _ in downs]),
            "pgdn ms median": median(ms for ms, _ in pages),
            "down bytes": median(size for _, size in downs),
        }
        with stub.telling(200, "any"):
            figures["CPU % at 200 events/s"] = _cpu(terminal, seconds)
            figures["down ms p95, 200 events/s"] = _p95(
                [ms for ms, _ in _presses(terminal, _DOWN, presses, contender.cursor)]
            )
        terminal.rests()
        with stub.telling(20, "seen"):
            before = terminal.painted
            time.sleep(seconds)
            figures["KB of 20 visible changes/s"] = (terminal.painted - before) / 1000 / seconds * 5
        figures["RSS MiB"] = terminal.rss_kib() / 1024
        return figures


def _asleep(contender: _Contender, stub: _Stub, seconds: float) -> _Figures:
    """What it costs when nothing happens and no age changes."""
    with contender.begin(stub) as terminal:
        terminal.sees("HQ-00003")
        terminal.rests(min(1, seconds))
        painted, paintings = terminal.painted, terminal.paintings
        used = _cpu(terminal, seconds)
        return {
            "CPU % idle": used,
            "repaints in idle 5 s": (terminal.paintings - paintings) / seconds * 5,
            "idle bytes in 5 s": (terminal.painted - painted) / seconds * 5,
        }


def _filtered(stub: _Stub) -> _Figures:
    """How soon a key is answered that is pressed at the first frame, and how long a filter over all chargers takes."""
    with _dashboard(stub) as terminal:
        terminal.sees("Fleet")
        asked = terminal.press("/")
        answered = terminal.sees("filter, such as") - asked
        terminal.sees("✕ FAULTED")
        terminal.press("status:charging")
        terminal.rests()
        used, before, pressed = terminal.cpu_seconds(), terminal.painted, terminal.press("\r")
        filtered = terminal.sees("filter: status:charging", before) - pressed
        return {
            "key at the first frame ms": 1000 * answered,
            "filter ms": 1000 * filtered,
            "filter, CPU ms": 1000 * (terminal.cpu_seconds() - used),
        }


@contextlib.contextmanager
def _with_log(stub: _Stub) -> Iterator[Terminal]:
    """A dashboard whose wire log is full, and that shows the fleet."""
    with _dashboard(stub) as terminal:
        terminal.sees("✕ FAULTED")
        terminal.press("3")
        terminal.sees("FOLLOW")
        before = terminal.painted
        with stub.telling(1600, "any"):
            terminal.sees("10 000 of", before, seconds=60)
        terminal.press("1")
        terminal.rests()
        yield terminal


def _logged(stub: _Stub) -> _Figures:
    with _with_log(stub) as terminal:
        return {_FULL_LOG: terminal.rss_kib() / 1024}


def _soaked(stub: _Stub, minutes: float) -> _Figures:
    """What traffic makes of its memory in so many minutes, and how much of that after the first tenth of them."""
    with _with_log(stub) as terminal, stub.telling(200, "any"):
        time.sleep(6 * minutes)
        before = terminal.rss_kib()
        time.sleep(54 * minutes)
        after = terminal.rss_kib()
        return {"RSS MiB after the soak": after / 1024, "RSS growth %": 100 * (after / before - 1)}


def _presses(terminal: Terminal, key: str, times: int, cursor: str) -> list[tuple[float, int]]:
    """For each press the milliseconds until the cursor is painted, and the bytes of it."""
    found = []
    for number in range(times):
        if number % _STEPS == 0:
            terminal.press("\x1b[H")
            terminal.rests(0.15, 2)
        before = terminal.painted
        pressed = terminal.press(key)
        moved = terminal.sees(cursor, before)
        time.sleep(0.1)
        found.append((1000 * (moved - pressed), terminal.painted - before))
    return found


def _cpu(terminal: Terminal, seconds: float) -> float:
    """The share of a core that it takes, in percent."""
    before = terminal.cpu_seconds()
    time.sleep(seconds)
    return 100 * (terminal.cpu_seconds() - before) / seconds


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[len(values) * 95 // 100]


if __name__ == "__main__":
    main()
