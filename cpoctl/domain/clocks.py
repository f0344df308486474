"""Clocks: by how much a charger's clock is ahead of ours, as its own messages show.

A message is never dated after it was sent, and may be sent long after it was dated: of several the least late one tells
most. Only what several messages at different times agree on is trusted, so that no queue sent at once is taken for a clock.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from statistics import median

NEWEST = 5  # messages that are looked at, so that a clock that was set is soon seen to be
_AGREE = 3
_WITHIN_S = 5.0
_APART_S = 60.0
CORRECTED_FROM_S = 10.0
"""Less is no matter, and may be the way of the message."""
CHANGED_S = 2.0
_QUEUE_S = 900.0
"""For so long after it connects a charger may still tell what it could not tell before."""


@dataclass(slots=True)
class ClockWatch:
    """The newest times of one charger: when we heard them, in seconds, and how far ahead of that they were."""

    told: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=NEWEST))

    def hear(self, received: float, ahead: float) -> float | None:
        """Take one in; seconds by which the clock is ahead, None as long as nobody can know."""
        self.told.append((received, ahead))
        newest = list(self.told)[-_AGREE:]
        found = _agreed(newest)
        return found if found is not None else _agreed(self.told)


def _agreed(told: Collection[tuple[float, float]]) -> float | None:
    """What those agree on that were the least late."""
    best = max(seconds for _, seconds in told)
    near = [(at, seconds) for at, seconds in told if best - seconds <= _WITHIN_S]
    times = [at for at, _ in near]
    if len(near) < _AGREE or max(times) - min(times) < _APART_S:
        return None
    return median(seconds for _, seconds in near)


def fits(ahead: float) -> bool:
    """Whether a time is that of its receipt, but for the way of the message."""
    return abs(ahead) <= CORRECTED_FROM_S


def proves_right(ahead: float, off_s: float, now: float, since: float | None, left: float | None) -> bool:
    """Whether a time that was told shows that a clock, known to be `off_s` ahead, has been set right.

    One that fits its receipt does, but for a coincidence: by a clock that is ahead, one that had waited for just as long looks
    the same. It could wait only while its charger was away, from `left` (None: nobody knows) until `since`, and no longer than
    until the charger has told what waited. By a clock that is behind, a time that fits would be of the future.
    """
    if not fits(ahead):
        return False
    dated = now - off_s
    waited = off_s > 0 and (since is None or (dated <= since and now - since < _QUEUE_S))
    return not waited or (left is not None and dated < left - CORRECTED_FROM_S)


def differs(before: float | None, now: float | None) -> bool:
    """Whether an estimate says something else than the one before."""
    if before is None or now is None:
        return before is not now
    return abs(before - now) >= CHANGED_S


def correction(ahead: float | None) -> float:
    """The seconds to take off a time of the charger's; 0 where it is right, or nobody knows."""
    return ahead if ahead is not None and abs(ahead) > CORRECTED_FROM_S else 0.0
