"""How long a charger waits before it dials again: ever longer, never in step with its neighbours."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Delays in seconds of real time; without `attempts` they never end."""

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0
    jitter: float = 0.5
    attempts: int | None = None

    def delays(self, dice: random.Random) -> Iterator[float]:
        """Yield each delay in turn."""
        delay = self.first_s
        for _ in range(self.attempts) if self.attempts is not None else itertools.count():
            yield delay * (1 + self.jitter * dice.random())
            delay = min(delay * self.factor, self.longest_s)
