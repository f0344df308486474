"""The ledger: commit, then apply to the live state, then publish, then go on. DESIGN §3 rule 4

It also hands out every number that must be unique: the server is the only writer of its database, so
counting in memory is enough, and a number whose commit fails is simply skipped.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

import msgspec

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.domain.fleet import LiveFleet
from cpoctl.store import Store, rows

Then = Callable[[Exception | None], None]
_log = logging.getLogger(__name__)


@dataclass
class Numbers:
    """The next number of each kind."""

    session: int
    event: int
    journal: int
    command: int
    connection: int
    alert: int


class Ledger:
    """The only way in which facts are written and the live state changes."""

    def __init__(self, store: Store, live: LiveFleet, bus: events.Bus, clock: Clock, numbers: Numbers) -> None:
        self.store = store
        self.live = live
        self.bus = bus
        self.clock = clock
        self.latest_seq = numbers.event - 1
        self.next_session = count(numbers.session).__next__
        self.next_journal = count(numbers.journal).__next__
        self.next_command = count(numbers.command).__next__
        self.next_connection = count(numbers.connection).__next__
        self.next_alert = count(numbers.alert).__next__
        self._next_seq = count(numbers.event).__next__

    def commit(self, unit: Sequence[rows.Row], happened: Sequence[events.Event], then: Then) -> None:
        """Commit the rows with their events. `then(None)` follows the publishing; an error means that nothing happened."""
        if happened:
            numbered: list[tuple[int | None, events.Event]] = []
            told: list[rows.Row] = []
            for event in happened:
                seq = None
                if event.stored:
                    seq = self._next_seq()
                    told.append(self._row(seq, event))
                numbered.append((seq, event))
            if told:
                unit = [*unit, *told]
            then = partial(self._committed, numbered, then)
        self.store.submit(unit, then)

    def _committed(
        self, numbered: Sequence[tuple[int | None, events.Event]], then: Then, error: Exception | None
    ) -> None:
        try:
            if error is None:
                self.tell(numbered)
        finally:
            then(error)  # a charger that is not answered would never be heard again on its connection

    async def write(self, unit: Sequence[rows.Row], happened: Sequence[events.Event] = ()) -> None:
        """Commit and wait. Raises DuplicateRow, StoreUnavailable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def then(error: Exception | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.commit(unit, happened, then)
        await future

    def tell(self, numbered: Sequence[tuple[int | None, events.Event]]) -> None:
        """Apply and publish events that are on disk, or that need not be."""
        for seq, event in numbered:
            self.live.apply(event)
            if seq is not None:
                self.latest_seq = seq
            self.bus.publish(seq, event)

    def tell_frame(self, frame: Callable[[], events.FrameLogged]) -> None:
        """Publish a frame, made only if somebody watches the wire."""
        if self.bus.frames_wanted:
            self.bus.publish(None, frame())

    def transaction_id(self) -> int:
        """A transaction id for a charger: random, positive, 31 bits; the store refuses one that was used before."""
        return secrets.randbelow(2**31 - 1) + 1

    def _row(self, seq: int, event: events.Event) -> rows.Event:
        data = msgspec.json.encode(events.as_data(event)).decode()
        return rows.Event(seq, stored(self.clock.now()), event.type, event.charger_id, data)


def noted(error: Exception | None) -> None:
    """What follows a commit that nobody waits for."""
    if error is not None:
        _log.warning("not stored: %s", error)
