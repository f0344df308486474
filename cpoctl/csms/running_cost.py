"""The running cost of open sessions: reckoned once a minute while there are tariffs, told as a change that nobody stores.

Chargers are told only if the configuration says so, those that are connected, one Call a session and change; of what one does
not understand it is left alone until it connects again. Chargers of 1.6 are also told the price when a session begins, as soon
as it is certain which one holds, and what it came to. OCPP 2.0.1 I02
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.csms.fleet import Fleet
from cpoctl.csms.ledger import Ledger
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.domain.money import invoice
from cpoctl.domain.statuses import NOT_DELIVERING
from cpoctl.domain.tags import ACCEPTED
from cpoctl.errors import CpoctlError, StoreUnavailable
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.costs import ShowCost, ShowFinalCost, ShowPrice
from cpoctl.store import Read
from cpoctl.store.charges import SESSIONS
from cpoctl.store.pricing import UNREADABLE, Pricer

EVERY: Final = 60.0
REST: Final = 0.05
AT_ONCE: Final = 50
TELLING: Final = 20  # chargers at a time
PATIENCE: Final = 10.0
JUST_NOW: Final = timedelta(minutes=5)  # the driver may still stand there
ACTOR: Final = "running cost"
_OPEN = f"{SESSIONS} WHERE s.session_id IN (SELECT value FROM json_each(?)) AND s.stopped_at IS NULL"  # noqa: S608 # constants
_ONE = f"{SESSIONS} WHERE s.session_id = ?"  # constants
_UNKNOWN_VENDOR: Final = "UnknownVendorId"
_UNDERSTOOD: Final = ("Accepted", "Answered")
_SUSPENDED: Final = NOT_DELIVERING | {"SuspendedEV", "SuspendedEVSE"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Cost:
    session_id: int
    gross_e4: int
    currency: str


class RunningCosts:
    """Keeps the cost of open sessions in the live state, and on the screens of chargers if `shows`."""

    def __init__(self, ledger: Ledger, clock: Clock, fleet: Fleet, *, shows: bool) -> None:
        self._ledger, self._clock, self._fleet, self._shows = ledger, clock, fleet, shows
        self._not_understood: dict[
            tuple[str, type[Ask]], int
        ] = {}  # by charger and ask the connection on which it did not
        self._told: set[asyncio.Task[None]] = set()
        self._deaf: Callable[[], None] | None = None
        self._telling = asyncio.Semaphore(TELLING)

    def open(self) -> None:
        """Hear of sessions that begin, if chargers are to be told their price."""
        if self._shows:
            self._deaf = self._ledger.bus.listen(self._has_begun, events.SessionStarted)

    async def reckon(self) -> None:
        """Reckon every open session, a few at a time, and tell what has changed."""
        open_now = [s.session_id for charger in self._ledger.live.chargers.values() for s in charger.sessions.values()]
        for start in range(0, len(open_now), AT_ONCE):
            numbers = open_now[start : start + AT_ONCE]
            costs = await self._ledger.store.reading(partial(_reckoned, numbers, self._clock.now()))
            changed = self._changed(costs)
            self._ledger.tell([(None, event) for event, _ in changed])
            if self._shows:
                await asyncio.gather(*(self._show(event, open_for) for event, open_for in changed))
            await asyncio.sleep(REST)

    def finally_costs(self, event: events.SessionPriced, transaction_id: str) -> None:
        """Let the charger show what a session came to, if it is one of 1.6 that can. Nobody waits for it."""
        if not self._shows or event.charger_id is None:
            return
        total = invoice(event.gross_e4, event.currency)
        ask = ShowFinalCost(
            session_id=event.session_id,
            transaction_id=transaction_id,
            total=float(total),
            text=f"{total} {event.currency}",
        )
        self._beside(self._tell(event.charger_id, ask))

    def close(self) -> None:
        """Tell nobody anything any more."""
        if self._deaf is not None:
            self._deaf()
        for telling in self._told:
            telling.cancel()

    def _has_begun(self, seq: int | None, event: events.Event) -> None:
        """Let a charger of 1.6 show what the tag that has just begun a session will pay."""
        if not isinstance(event, events.SessionStarted) or event.tag_status != ACCEPTED:
            return
        if event.charger_id and event.started_at > stored(self._clock.now() - JUST_NOW):
            connection = self._fleet.connection(event.charger_id)
            if connection is not None and connection.version in ShowPrice.spoken_in():
                self._beside(self._tell_price(event.charger_id, event.session_id, event.tag_id))

    async def _tell_price(self, charger_id: str, session_id: int, tag_id: str) -> None:
        try:
            text = await self._ledger.store.reading(partial(_words, session_id, self._clock.now()))
        except StoreUnavailable as error:
            _log.debug("session %s is not told its price: %s", session_id, error)
            return
        if text is not None:
            await self._tell(charger_id, ShowPrice(tag_id=tag_id, text=text))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        telling = asyncio.get_running_loop().create_task(work)
        self._told.add(telling)
        telling.add_done_callback(self._told.discard)

    def _changed(self, costs: Sequence[_Cost]) -> list[tuple[events.CostChanged, OpenSession]]:
        """What is told: another amount than before, of sessions that are still open."""
        found = {cost.session_id: cost for cost in costs}
        now = stored(self._clock.now())
        return [
            (
                events.CostChanged(
                    charger_id=charger.charger_id,
                    session_id=session.session_id,
                    transaction_id=session.transaction_id,
                    gross_e4=cost.gross_e4,
                    currency=cost.currency,
                    at=now,
                ),
                session,
            )
            for charger in self._ledger.live.chargers.values()
            for session in charger.sessions.values()
            if (cost := found.get(session.session_id)) is not None
            and (session.cost_e4, session.currency) != (cost.gross_e4, cost.currency)
        ]

    async def _show(self, event: events.CostChanged, session: OpenSession) -> None:
        charger = self._ledger.live.of(event)
        if charger is None:
            return
        ask = ShowCost(
            transaction_id=event.transaction_id,
            total=float(invoice(event.gross_e4, event.currency)),
            at=self._clock.now(),
            meter_wh=session.energy_wh or 0.0,
            charging=_charges(charger, session),
        )
        await self._tell(charger.charger_id, ask)

    async def _tell(self, charger_id: str, ask: Ask) -> None:
        """One Call, if the charger is there and has understood the last one. Whatever it answers changes nothing."""
        connection = self._fleet.connection(charger_id)
        if connection is None or self._not_understood.get((charger_id, type(ask))) == connection.connection_id:
            return
        version: Version = connection.version
        if version not in ask.spoken_in():
            return
        async with self._telling:
            try:
                answer = await self._fleet.call(charger_id, ask.request(version), actor=ACTOR, patience=PATIENCE)
            except CpoctlError as error:
                _log.debug("%s was not told a cost: %s", charger_id, error)
                return
        if answer.status not in _UNDERSTOOD:
            asks = (ShowCost, ShowFinalCost, ShowPrice) if answer.status == _UNKNOWN_VENDOR else (type(ask),)
            self._not_understood |= {(charger_id, each): connection.connection_id for each in asks}


def _charges(charger: LiveCharger, session: OpenSession) -> bool:
    evse = charger.evses.get(session.evse_id)
    return evse is None or evse.status not in _SUSPENDED


def _reckoned(numbers: Sequence[int], now: datetime, read: Read) -> list[_Cost]:
    """What these open sessions have cost so far, on a reader's thread; none where it is not known."""
    pricer, found = Pricer(read, now), []
    for record in read(_OPEN, [f"[{','.join(map(str, numbers))}]"]):
        try:
            priced = pricer.price(record)
        except UNREADABLE as error:
            _log.debug("session %s has no running cost: %s", record["session_id"], error)
            continue
        if priced is not None:
            found.append(_Cost(priced.session_id, priced.amounts[2], priced.bill.currency))
    return found


def _words(session_id: int, now: datetime, read: Read) -> str | None:
    """The price of a session in words, on a reader's thread."""
    for record in read(_ONE, [session_id]):
        try:
            return Pricer(read, now).words(record)
        except UNREADABLE as error:
            _log.debug("session %s has no price in words: %s", session_id, error)
    return None
