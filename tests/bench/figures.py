"""What one run of the load measured: counts and latencies, and their short form that crosses the process border."""

import time
from array import array
from collections import Counter

import msgspec

from tests.bench.stolen import Stolen


class Figures(msgspec.Struct):
    """The result of one run: Calls acknowledged in the measured time, and how long each took."""

    seconds: float
    acked: int
    by_action: dict[str, int]
    errors: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    load_busy: float
    """Share of its core that the load used: near 1 the load, not the server, was measured."""
    left_out: float = 0.0
    """Share of the latencies that were left out, as a core was stolen meanwhile."""
    stolen_s: tuple[float, float] = (0.0, 0.0)
    """For how many seconds a core was away: as seen, and as counted by the kernel."""

    @property
    def rate(self) -> float:
        """Calls acknowledged per second."""
        return self.acked / self.seconds


class Recorder:
    """Collects acknowledgements; only those between `begin` and `end` count in rate and latency."""

    def __init__(self) -> None:
        self.errors = 0
        self.over = False
        self.all_acked: Counter[bytes] = Counter()
        self._latencies = array("d")
        self._answered = array("d")
        self._measuring = False

    def acked(self, action: bytes, latency: float) -> None:
        """Note one answered Call."""
        self.all_acked[action] += 1
        if self._measuring:
            self._latencies.append(latency)
            self._answered.append(time.perf_counter())

    def begin(self) -> None:
        """Start to measure."""
        self._measuring = True
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def end(self, stolen: Stolen | None = None) -> Figures:
        """Stop to measure and sum up; `by_action` counts from the very start, so that a database can be held to it."""
        seconds, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        self._measuring, self.over = False, True
        ordered = sorted(self._untouched(stolen) if stolen else self._latencies) or [0.0]
        return Figures(
            seconds=seconds,
            acked=len(self._latencies),
            by_action={action.decode(): count for action, count in self.all_acked.items()},
            errors=self.errors,
            p50_ms=1000 * ordered[len(ordered) // 2],
            p99_ms=1000 * ordered[len(ordered) * 99 // 100],
            max_ms=1000 * ordered[-1],
            load_busy=cpu / seconds,
            left_out=1 - len(ordered) / max(1, len(self._latencies)),
            stolen_s=(stolen.seen_s, stolen.counted_s) if stolen else (0.0, 0.0),
        )

    def _untouched(self, stolen: Stolen) -> list[float]:
        return [
            latency
            for latency, answered in zip(self._latencies, self._answered, strict=True)
            if not stolen.touched(answered - latency, answered)
        ]
