"""Billing: sessions are priced soon after their end, beside the traffic and never in its way.

Whatever has ended and has a tariff and no price is found in the records, so that a crash, a full disk or a tariff that comes
late leaves nothing without a price. What sessions cost is reckoned on a reader's thread, a few at a time with a rest in between.
Without a tariff anywhere nothing is done at all. A price that somebody made by hand is never changed from here.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.config import MoneySettings
from cpoctl.csms.ledger import Ledger
from cpoctl.csms.running_cost import EVERY, JUST_NOW, RunningCosts
from cpoctl.domain.assignments import Assignments
from cpoctl.domain.charge_periods import Suspended
from cpoctl.domain.tariffs import Rails
from cpoctl.errors import StoreUnavailable
from cpoctl.store import DuplicateRow, Read, StoreState, UnstorableRow, rows
from cpoctl.store.charges import SESSIONS
from cpoctl.store.pricing import AUTOMATIC, UNREADABLE, Priced, Pricer, Rules, assignments, rules

LINGER: Final = 0.25  # seconds; what ends together is priced together
REST, REST_MOST = 0.05, 2.0  # seconds between two batches of what has piled up, at the least and at the most
RESTS: Final = 9  # times as long as a batch took: nine parts of ten are for others
AT_ONCE: Final = 50
MOST: Final = 5000  # numbers in memory; beyond them the records are searched instead
_log = logging.getLogger(__name__)
_ENDED = f"""{SESSIONS}
WHERE s.session_id IN (SELECT value FROM json_each(?)) AND s.stopped_at IS NOT NULL AND s.dropped_at IS NULL ORDER BY s.stopped_at, s.session_id
"""  # noqa: S608 # constants
_COUNTING = """
SELECT session_id, actor, tariff_id, version, bill FROM session_price
WHERE session_id IN (SELECT value FROM json_each(?)) AND superseded_at IS NULL
"""
_UNPRICED = """
SELECT s.session_id, s.stopped_at FROM session s
WHERE s.stopped_at >= :at AND (s.stopped_at > :at OR s.session_id > :number)
  AND s.dropped_at IS NULL AND NOT EXISTS (SELECT 1 FROM session_price p WHERE p.session_id = s.session_id)
ORDER BY s.stopped_at, s.session_id LIMIT :most
"""


@dataclass(frozen=True)
class _Place:
    """How far the records have been searched."""

    stopped_at: str
    session_id: int = 0


class BillingDesk:
    """Keeps the ended sessions priced."""

    def __init__(self, ledger: Ledger, clock: Clock, settings: MoneySettings, costs: RunningCosts) -> None:
        self._ledger, self._clock, self.costs = ledger, clock, costs
        self._rules = Rules(
            Suspended(settings.suspended_evse),
            Rails(settings.flat_needs_energy, settings.parking_needs_energy, settings.grace_minutes * 60),
        )
        self._assigned = Assignments()
        self._ended: dict[int, None] = {}
        self._search: _Place | None = None
        self._pricing = False
        self._stale = False  # whether something was assigned since the assignments were read
        self._called = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []
        self._deaf: list[Callable[[], None]] = []

    async def open(self) -> None:
        """Keep the rules where whoever reads the records finds them, and look for what has no price yet."""
        if await self._ledger.store.reading(rules) != self._rules:
            await self._ledger.store.write([rows.MoneyRule(*rule) for rule in self._rules.told().items()])
        bus = self._ledger.bus
        self._deaf = [
            bus.listen(self._has_ended, events.SessionStopped, events.SessionCorrected),
            bus.listen(self._was_dropped, events.ItemDropped),
            bus.listen(self._has_changed, events.TariffAssigned, events.PriceSeriesChanged),
        ]
        self.costs.open()
        self._ledger.store.on_state(self._store_is)
        loop = asyncio.get_running_loop()
        self._work = [loop.create_task(self._go_on()), loop.create_task(self._reckon_costs())]
        await self._look_at_assignments()
        if self._waiting:
            self._called.set()

    async def close(self) -> None:
        """Leave the rest for the next start."""
        for stop in self._deaf:
            stop()
        for task in self._work:
            task.cancel()
        self.costs.close()
        await asyncio.gather(*self._work, return_exceptions=True)

    @property
    def idle(self) -> bool:
        """Whether nothing waits for its price, nor is being priced."""
        return not self._pricing and not self._waiting

    @property
    def _waiting(self) -> bool:
        return bool(self._ended) or self._search is not None or self._stale

    def _has_ended(self, seq: int | None, event: events.Event) -> None:
        if isinstance(event, (events.SessionStopped, events.SessionCorrected)):
            self._look_at(event.session_id)

    def _was_dropped(self, seq: int | None, event: events.Event) -> None:
        """What somebody took in again wants a price."""
        if isinstance(event, events.ItemDropped) and not event.dropped:
            kind, _, name = event.item.partition("-")
            if kind == "session" and name.isdecimal():
                self._look_at(int(name))

    def _look_at(self, session_id: int) -> None:
        if not self._assigned:
            return
        if len(self._ended) < MOST:
            self._ended[session_id] = None
        else:
            self._search_all()
        self._called.set()

    def _has_changed(self, seq: int | None, event: events.Event) -> None:
        self._stale = True
        self._called.set()

    def _store_is(self, state: StoreState) -> None:
        if state is StoreState.OK and self._waiting:
            self._called.set()

    def _search_all(self) -> None:
        """Search the records since the first assignment, if there is one."""
        earliest = self._assigned.earliest
        self._search = None if earliest is None else _Place(earliest)

    async def _look_at_assignments(self) -> None:
        self._stale = False
        self._assigned = await self._ledger.store.reading(assignments)
        self._search_all()

    async def _go_on(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            await asyncio.sleep(LINGER)
            try:
                self._pricing = True
                await self._catch_up()
            except StoreUnavailable as error:
                self._search_all()  # once the store takes writes again
                _log.warning("sessions wait for their price: %s", error)
            except Exception:  # noqa: BLE001 # supervises the pricing: a session that cannot be priced must not cost all others their price
                _log.exception("pricing failed; the sessions that were looked at together have no price yet")
            finally:
                self._pricing = False

    async def _catch_up(self) -> None:
        while self._waiting:
            if self._stale:
                await self._look_at_assignments()
            else:
                began = self._clock.monotonic()
                await self._batch()
                # What is slow because chargers keep the machine busy gives way to them.
                spent = self._clock.monotonic() - began
                await asyncio.sleep(min(max(REST, RESTS * spent), REST_MOST))

    async def _reckon_costs(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._waiting:
                self._called.set()
            try:
                if self._assigned:
                    await self.costs.reckon()
            except StoreUnavailable as error:
                _log.warning("the cost of open sessions is not known: %s", error)
            except Exception:  # noqa: BLE001 # supervises the reckoning: the next minute may do better
                _log.exception("the cost of open sessions is not known")

    async def _batch(self) -> None:
        """Price a few. Raises StoreUnavailable."""
        numbers = list(self._ended)[:AT_ONCE]
        if numbers:
            for number in numbers:
                del self._ended[number]
        else:
            numbers = await self._found()
        if not numbers:
            return
        priced = await self._ledger.store.reading(partial(_priced, numbers, self._clock.now()))
        try:
            await self._write(priced)
        except (DuplicateRow, UnstorableRow) as error:  # somebody priced one of them by hand just now
            _log.warning("prices of %d sessions are not stored: %s", len(priced), error)
            self._search_all()

    async def _found(self) -> list[int]:
        """The next ones in the records that have no price."""
        place = self._search
        if place is None:
            return []
        given = {"at": place.stopped_at, "number": place.session_id, "most": AT_ONCE}
        found = await self._ledger.store.reading(lambda read: read(_UNPRICED, given))
        self._search = _Place(found[-1]["stopped_at"], found[-1]["session_id"]) if len(found) == AT_ONCE else None
        return [record["session_id"] for record in found]

    async def _write(self, priced: Sequence["_Bill"]) -> None:
        if priced:
            now = stored(self._clock.now())
            unit = [row for bill in priced for row in bill.unit(now)]
            await self._ledger.write(unit, [bill.event() for bill in priced])
            just_now = stored(self._clock.now() - JUST_NOW)
            for bill in priced:
                if bill.stopped_at > just_now:
                    self.costs.finally_costs(bill.event(), bill.transaction_id)


@dataclass(frozen=True)
class _Bill:
    charger_id: str
    transaction_id: str
    stopped_at: str
    priced: Priced

    def unit(self, now: str) -> tuple[rows.Row, rows.Row]:
        """What is written of it: what counted before counts no longer."""
        return rows.SessionPriceSuperseded(now, self.priced.session_id), self.priced.row(now, AUTOMATIC)

    def event(self) -> events.SessionPriced:
        """What has happened."""
        return events.SessionPriced(charger_id=self.charger_id, actor=AUTOMATIC, **self.priced.told())


def _priced(numbers: Sequence[int], now: datetime, read: Read) -> list[_Bill]:
    """What these sessions cost, on a reader's thread: by their tariff, or by that by which they were priced before."""
    pricer, wanted = Pricer(read, now), f"[{','.join(map(str, numbers))}]"
    before = {record["session_id"]: record for record in read(_COUNTING, [wanted])}
    found: list[_Bill] = []
    for record in read(_ENDED, [wanted]):
        known = before.get(record["session_id"])
        if known is not None and known["actor"] != AUTOMATIC:
            continue
        try:
            priced = pricer.price(record) if known is None else pricer.price_again(record, known)
        except UNREADABLE as error:
            _log.warning("session %s has no price: %s", record["session_id"], error)
            continue
        if priced is not None and (known is None or priced.text != known["bill"]):
            found.append(_Bill(record["charger_id"], record["transaction_id"], record["stopped_at"], priced))
    return found
