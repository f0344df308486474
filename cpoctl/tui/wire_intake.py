"""The intake of the wire log: what is heard goes into the rings, or waits while the picture is frozen (TUI-17, TUI-21). Pure."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from cpoctl.operations.log import FrameRow
from cpoctl.tui.link import Lost
from cpoctl.tui.wire_log import MOST, Ring


class Intake:
    """`live` holds what happens, of all chargers. `ring` is what is looked at: the same, one charger's, or history."""

    def __init__(self) -> None:
        self.live = self.ring = Ring()
        self.waiting = 0
        """How many came while the picture was frozen; no more of them are kept than a ring holds."""
        self.newer = 0
        """How many lines came since somebody stopped to follow, of those that the ring looked at would show."""
        self._held: deque[FrameRow] = deque(maxlen=MOST)

    def look_at(self, ring: Ring) -> None:
        """Look at another ring from now on."""
        if ring is not self.ring:
            self.ring, self.newer = ring, 0

    def hear(self, news: Iterable[FrameRow | Lost], now: datetime, *, frozen: bool) -> None:
        """Take in what was heard, in its order."""
        rows: list[FrameRow] = []
        for item in news:
            if isinstance(item, Lost):
                self._take(rows, now, frozen=frozen)
                rows = []
                self.let_go(now)
                for ring in self._open:
                    ring.lost(now)
            else:
                rows.append(item)
        self._take(rows, now, frozen=frozen)

    def found(self, now: datetime) -> None:
        """The server is there again."""
        for ring in self._open:
            ring.found(now)

    def let_go(self, now: datetime) -> bool:
        """Let what waited happen; whether there was anything."""
        waited = bool(self._held)
        self._take([], now, frozen=False)
        return waited

    def catch_up(self, ring: Ring) -> None:
        """A piece of history has come to the newest: what was heard since follows it, and it goes on."""
        ring.take(self.live.after(ring.newest or 0))
        ring.live = True

    def _take(self, rows: list[FrameRow], now: datetime, *, frozen: bool) -> None:
        if frozen:
            self._held.extend(rows)
            self.waiting += len(rows)
        elif rows or self._held:
            rows = [*self._held, *rows]
            self._held.clear()
            self.waiting = 0
            for ring in self._open:
                ring.found(now, rows)
            beyond = 0 if self.ring.live else self._beyond(rows)
            taken = [ring.take(rows) for ring in self._open]
            self.newer += taken[-1] if self.ring.live else beyond

    def _beyond(self, rows: list[FrameRow]) -> int:
        """How many more a piece of history would show if it took them in."""
        return sum(row.journal_id not in self.live.entries and self.ring.would_show(row) for row in rows)

    @property
    def _open(self) -> list[Ring]:
        """Those that take in what happens; the last of them is the one that is followed."""
        return [self.live] if self.ring is self.live or not self.ring.live else [self.live, self.ring]
