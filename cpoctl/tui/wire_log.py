"""The wire log as the dashboard holds it: exchanges and the gaps between them, in order, each once, and not without end. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from cpoctl.clock import stored
from cpoctl.operations.log import FrameRow
from cpoctl.tui.wire_entries import Entries, Entry, Gap

MOST = 10_000
_MOST_BYTES = 16_000_000  # of all frames together as they are kept, however long each is


class Ring:
    """So many exchanges, of all chargers or of the one in `scope`. `shown` are the keys of those that fit the filter.

    A `live` one takes in what happens; another is a piece of history, around the time `at` if it has one.
    """

    def __init__(self, scope: str | None = None, *, live: bool = True, at: str | None = None) -> None:
        self.scope, self.live, self.at = scope, live, at
        self.entries = Entries()
        self.shown: list[str] = []
        self.dropped = 0
        self._numbers: list[float] = []
        self._fits: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def oldest(self) -> int | None:
        """The number of its first exchange."""
        return int(self._numbers[0] + 0.5) if self._numbers else None

    @property
    def newest(self) -> int | None:
        """The number of its last exchange."""
        return int(self._numbers[-1]) if self._numbers else None

    def filter(self, fits: Callable[[Mapping[str, Any]], bool] | None) -> None:
        """Show only the exchanges that fit, and every gap."""
        self._fits = fits
        keys = map(_key, self._numbers)
        self.shown = list(keys) if fits is None else [key for key in keys if self._shows(self.entries[key])]

    def take(self, rows: Iterable[FrameRow], *, older: bool = False) -> int:
        """Take exchanges in, and drop the oldest, or the newest if these are older. Returns how many more are shown."""
        more = 0
        for row in rows:
            self._begin_anew_with(row)
            if row.journal_id not in self.entries and _concerns(row, self.scope):
                more += self._put(float(row.journal_id), row)
        self._trim(older=older)
        return more

    def after(self, number: int) -> list[FrameRow]:
        """Its exchanges with greater numbers."""
        newer = self._numbers[bisect_right(self._numbers, number) :]
        return [entry for key in map(_key, newer) if isinstance(entry := self.entries[key], FrameRow)]

    def count_since(self, at: str, charger_id: str | None = None) -> int:
        """How many of its exchanges, or of those with one charger, are not older than an instant."""
        first = bisect_left(self._numbers, at, key=lambda number: _at(self.entries[_key(number)]))
        newest = [number for number in self._numbers[first:] if number.is_integer()]
        if charger_id is None:
            return len(newest)
        rows = (self.entries[_key(number)] for number in newest)
        return sum(isinstance(row, FrameRow) and _concerns(row, charger_id) for row in rows)

    def would_show(self, row: FrameRow) -> bool:
        """Whether an exchange would be seen here if it were taken in."""
        return _concerns(row, self.scope) and self._shows(row)

    def room_for(self, count: int) -> "Ring":
        """Itself, or if so many older ones make newer ones go: a copy that is history."""
        if not self.live or len(self._numbers) + count <= MOST:
            return self
        history = Ring(self.scope, live=False)
        history.filter(self._fits)
        history.take(entry for entry in self.entries.values() if isinstance(entry, FrameRow))
        return history

    def first_since(self, at: str) -> str | None:
        """The key of the first exchange shown that is not older than an instant, or of the last one."""
        for key in self.shown:
            if isinstance(entry := self.entries[key], FrameRow) and entry.at >= at:
                return key
        return self.shown[-1] if self.shown else None

    def lost(self, at: datetime) -> None:
        """The connection is gone."""
        if gap := self._open_gap():
            gap.until = None
        else:
            self._put((self.newest or 0) + 0.5, Gap(at))

    def found(self, at: datetime, rows: Iterable[FrameRow] = ()) -> None:
        """The connection is back, and tells of these first."""
        gap = self._open_gap()
        if gap is None:
            return
        gap.until = gap.until or at
        known = self.newest or 0
        came = [int(row.journal_id) for row in rows if int(row.journal_id) > known]
        if came and known and self.scope is None:
            gap.missed = min(came) - known - 1

    def _begin_anew_with(self, row: FrameRow) -> None:
        """Forget everything when an exchange shows that these are another database's."""
        known = self.entries.get(row.journal_id)
        if isinstance(known, FrameRow) and (known.at, known.message_id) != (row.at, row.message_id):
            self.entries.clear()
            self.shown.clear()
            self._numbers.clear()
            self.dropped = 0

    def _open_gap(self) -> Gap | None:
        entry = self.entries[_key(self._numbers[-1])] if self._numbers else None
        return entry if isinstance(entry, Gap) else None

    def _shows(self, entry: Entry) -> bool:
        return isinstance(entry, Gap) or self._fits is None or self._fits(vars(entry))

    def _put(self, number: float, entry: Entry) -> int:
        key = _key(number)
        self.entries[key] = entry
        shows = self._shows(entry)
        if not self._numbers or number > self._numbers[-1]:
            self._numbers.append(number)
            self.shown += [key] if shows else []
        else:
            self._numbers.insert(bisect_left(self._numbers, number), number)
            if shows:
                self.shown.insert(bisect_left(self.shown, number, key=float), key)
        return shows

    def _trim(self, *, older: bool) -> None:
        while len(self._numbers) > MOST or self.entries.size > _MOST_BYTES:
            over = max(1, len(self._numbers) - MOST)
            gone = self._numbers[-over:] if older else self._numbers[:over]
            for number in gone:
                del self.entries[_key(number)]
            self.dropped += over
            if older:
                del self._numbers[-over:], self.shown[bisect_left(self.shown, gone[0], key=float) :]
            else:
                del self._numbers[:over], self.shown[: bisect_right(self.shown, gone[-1], key=float)]


def _key(number: float) -> str:
    """An exchange's number; a gap stands behind the exchange before it, at a half."""
    return str(int(number)) if number == int(number) else str(number)


def _concerns(row: FrameRow, charger_id: str | None) -> bool:
    return charger_id is None or row.charger_id.casefold() == charger_id.casefold()


def _at(entry: Entry) -> str:
    return stored(entry.since) if isinstance(entry, Gap) else entry.at
