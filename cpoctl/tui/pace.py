"""Pace: the clock of a replay. It runs at some times the real speed, stands when told to, and never runs ahead of what is known.

Its threads wait on it: for an instant to come, however the speed changes meanwhile.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

SPEEDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""What + and - step through."""


class Pace:
    """`now` is the replayed time. Where it stands at its limit it goes on from there once the limit is moved."""

    def __init__(self, at: datetime, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.speed, self.paused = speed, False
        self._monotonic = monotonic
        self._changed = threading.Condition(threading.RLock())
        self._at = self._limit = at.astimezone(UTC)
        self._since = monotonic()

    def now(self) -> datetime:
        """The replayed time."""
        with self._changed:
            if self.paused:
                return self._at
            gone = timedelta(seconds=(self._monotonic() - self._since) * self.speed)
            return min(self._at + gone, self._limit)

    def begin(self, at: datetime) -> None:
        """Stand at an instant, until the limit is moved."""
        self._from(at, limit=at)

    def allow(self, limit: datetime) -> None:
        """Say up to when everything is known."""
        self._from(self.now(), limit=limit)

    def pause(self, still: bool) -> None:
        """Stand, or go on."""
        with self._changed:
            self._from(self.now())
            self.paused = still

    def set_speed(self, speed: float) -> None:
        """Go on at another speed."""
        with self._changed:
            self._from(self.now())
            self.speed = speed

    def step(self, steps: int) -> None:
        """The next higher or lower speed."""
        higher = [speed for speed in SPEEDS if speed > self.speed]
        lower = [speed for speed in SPEEDS if speed < self.speed]
        found = higher[:1] if steps > 0 else lower[-1:]
        if found:
            self.set_speed(found[0])

    def wake(self) -> None:
        """Let whoever waits look whether it still wants to."""
        with self._changed:
            self._changed.notify_all()

    def reaches(self, at: datetime, given_up: Callable[[], bool]) -> bool:
        """Wait until an instant has come; False where that is given up."""
        with self._changed:
            while not given_up():
                if self.now() >= at:
                    return True
                self._changed.wait(self._left_s(at))
        return False

    def rest(self, seconds: float, given_up: Callable[[], bool]) -> None:
        """Wait some real seconds, or until something is changed."""
        with self._changed:
            if not given_up():
                self._changed.wait(seconds)

    def _left_s(self, at: datetime) -> float | None:
        """How long it takes at this speed; None: for ever, unless something is changed."""
        now = self.now()
        if self.paused or now >= self._limit:
            return None
        return max(0.001, (at - now).total_seconds() / self.speed)

    def _from(self, at: datetime, limit: datetime | None = None) -> None:
        with self._changed:
            self._at, self._limit = at, self._limit if limit is None else limit
            self._since = self._monotonic()
            self._changed.notify_all()
