"""Clocks: by how much a charger's clock is ahead of ours, as its own messages show.

A message is never dated after it was sent, and may be sent long after it was dated: of several the least late one tells
most. Only what several messages at different times agree on is trusted, so that no queue sent at once is taken for a clock.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

NEWEST = 5  # messages that are looked at, so that a clock that was set is soon seen to be
_AGREE = 3
_WITHIN_S = 5.0
_APART_S = 60.0
CORRECTED_FROM_S = 10.0
"""Less is no matter, and may be the way of the message."""
CHANGED_S = 2.0


@dataclass(slots=True)
class ClockWatch:
    """The newest times of one charger: when we heard them, in seconds, and how far ahead of that they were."""

    told: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=NEWEST))

    def hear(self, received: float, ahead: float) -> float | None:
        """Take one in; seconds by which the clock is ahead, None as long as nobody can know."""
        self.told.append((received, ahead))
        best = max(seconds for _, seconds in self.told)
        near = [(at, seconds) for at, seconds in self.told if best - seconds <= _WITHIN_S]
        times = [at for at, _ in near]
        if len(near) < _AGREE or max(times) - min(times) < _APART_S:
            return None
        return median(seconds for _, seconds in near)


def differs(before: float | None, now: float | None) -> bool:
    """Whether an estimate says something else than the one before."""
    if before is None or now is None:
        return before is not now
    return abs(before - now) >= CHANGED_S


def correction(ahead: float | None) -> float:
    """The seconds to take off a time of the charger's; 0 where it is right, or nobody knows."""
    return ahead if ahead is not None and abs(ahead) > CORRECTED_FROM_S else 0.0
