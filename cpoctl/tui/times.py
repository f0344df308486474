"""Times: how instants are told, as ages or by the clock, in the zone of whoever watches or in UTC."""

import os
from collections.abc import Callable
from datetime import datetime

from cpoctl.clock import use_zone
from cpoctl.table import ago, local


class Times:
    """One for the whole dashboard. Ages are those of the clock that `now` tells, the server's."""

    def __init__(self, now: Callable[[], datetime], *, clock: bool = False, utc: bool = False) -> None:
        self._now = now
        self._home = os.environ.get("TZ")
        self.clock = clock
        self.utc = False
        if utc:
            self.turn_utc()

    def age(self, text: str | None) -> str:
        """`14m`, or by the clock `14:02`, of another day `11-20`: at most five characters; `-` when unknown."""
        if not text or not self.clock:
            return ago(text, self._now())
        told, today = local(text), f"{self._now().astimezone():%Y-%m-%d}"
        return told[11:16] if told.startswith(today) else told[5:10]

    def up(self, text: str | None) -> str:
        """`14m`, or by the clock `since 2026-11-20 14:02:11`."""
        return f"since {local(text)}" if self.clock else self.age(text)

    def since(self, text: str | None) -> str:
        """`14m ago`, or by the clock `at 2026-11-20 14:02:11`."""
        return f"at {local(text)}" if self.clock else f"{self.age(text)} ago"

    def turn_clock(self) -> None:
        """Between ages and the clock."""
        self.clock = not self.clock

    def turn_utc(self) -> None:
        """Between UTC and the zone at home. It is the process's own zone, so everything that is painted follows."""
        self.utc = not self.utc
        use_zone("UTC" if self.utc else self._home)

    @property
    def told(self) -> str:
        """What is not as usual, for the top line."""
        return " ".join(word for word, on in (("clock", self.clock), ("UTC", self.utc)) if on)
