"""The rules of a campaign: how many at a time, how often, when in the day, until when, and when it halts.

They are written and read as a person would say them: `20/h`, `22:00-05:00`, `10%`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final, Self

from cpoctl.clock import parsed, stored
from cpoctl.errors import UsageProblem

SAMPLE: Final = 10
"""A share is one of so many at the least: the first failure of two is not half of all chargers."""
_THRESHOLD: Final = re.compile(r"(\d{1,6})(%?)")
_RATE: Final = re.compile(r"(\d{1,6})/(h|m|d|min|hour|day)")
_SECONDS: Final = {"m": 60, "min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_WINDOW: Final = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


@dataclass(frozen=True)
class Threshold:
    """With how many failures a campaign halts: a number, or a share of those that have ended."""

    number: int
    share: bool = False

    def reached(self, failed: int, ended: int) -> bool:
        """Whether so many failures of so many that have ended are enough."""
        if self.share:
            return failed > 0 and failed * 100 >= self.number * max(ended, SAMPLE)
        return failed >= self.number

    def of(self, ended: int) -> str:
        """The threshold as it holds when so many have ended."""
        return f"{self} of {SAMPLE} at the least" if self.share and ended < SAMPLE else str(self)

    def __str__(self) -> str:
        return f"{self.number}%" if self.share else str(self.number)

    @classmethod
    def read(cls, text: str) -> Self:
        """`10%` or `3`. Raises UsageProblem."""
        match = _THRESHOLD.fullmatch(text.strip())
        made = cls(int(match[1]), bool(match[2])) if match else None
        if made is None or made.number < 1 or (made.share and made.number > 100):
            raise UsageProblem(
                f"--threshold {text}: neither a share from 1% to 100% nor a number from 1 on",
                hints=["--threshold 10%    or --threshold 3: the third failure halts it"],
            )
        return made


@dataclass(frozen=True)
class Rate:
    """How often one goes out, at the most; evenly, so that no crowd comes at the full hour."""

    number: int
    unit: str

    @property
    def apart(self) -> timedelta:
        """How long after one the next may go out."""
        return timedelta(seconds=_SECONDS[self.unit]) / self.number

    def __str__(self) -> str:
        return f"{self.number}/{self.unit}"

    @classmethod
    def read(cls, text: str) -> Self:
        """`20/h`, `2/m`, `100/d`. Raises UsageProblem."""
        match = _RATE.fullmatch(text.strip())
        if match is None or not int(match[1]):
            raise UsageProblem(f"--rate {text}: so many an hour, as 20/h", hints=["--rate 20/h    also 2/m, 100/d"])
        return cls(int(match[1]), match[2])


@dataclass(frozen=True)
class Window:
    """When in the day something may go out, by the clock on the wall; one that ends before it begins goes over midnight.

    The clock's own jumps are taken as they come: an hour that it leaves out has no window, one that it repeats has two.
    """

    begins: time
    ends: time

    def is_open(self, at: datetime, zone: tzinfo | None) -> bool:
        """Whether it is then, in a zone; without one in the server's."""
        wall = at.astimezone(zone).time()
        if self.begins < self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    @classmethod
    def read(cls, text: str) -> Self:
        """`22:00-05:00`. Raises UsageProblem."""
        match = _WINDOW.fullmatch(text.strip())
        hours = [int(match[1]), int(match[3])] if match else [24]
        minutes = [int(match[2]), int(match[4])] if match else [60]
        if max(hours) > 23 or max(minutes) > 59 or (hours[0], minutes[0]) == (hours[-1], minutes[-1]):
            raise UsageProblem(
                f"--window {text}: two different times of the day, as 22:00-05:00",
                hints=["--window 22:00-05:00    in each charger's own time zone, over midnight"],
            )
        return cls(time(hours[0], minutes[0]), time(hours[1], minutes[1]))


@dataclass(frozen=True)
class Rules:
    """How a campaign goes about it."""

    canary: int = 0
    batch: int = 10
    rate: Rate | None = None
    window: Window | None = None
    until: datetime | None = None
    idle: bool = False
    threshold: Threshold | None = None
    attempts: int = 1

    def told(self) -> dict[str, Any]:
        """As they are kept and listed: texts and numbers."""
        return {
            "canary": self.canary,
            "batch": self.batch,
            "rate": str(self.rate) if self.rate else None,
            "window": str(self.window) if self.window else None,
            "until": stored(self.until) if self.until else None,
            "idle": self.idle,
            "threshold": str(self.threshold) if self.threshold else None,
            "attempts": self.attempts,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """What `told` has written. Raises UsageProblem for what nobody can mean."""
        return cls(
            canary=told["canary"],
            batch=told["batch"],
            rate=Rate.read(told["rate"]) if told["rate"] else None,
            window=Window.read(told["window"]) if told["window"] else None,
            until=parsed(told["until"]) if told["until"] else None,
            idle=told["idle"],
            threshold=Threshold.read(told["threshold"]) if told["threshold"] else None,
            attempts=told["attempts"],
        )
