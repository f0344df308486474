"""The running cost of open sessions: reckoned once a minute while there are tariffs, told as a change that nobody stores.

Chargers are told only if the configuration says so, those that are connected, one Call a session and change; one that does not
understand it is left alone until it connects again. OCPP 2.0.1 I02
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.csms.fleet import Fleet
from cpoctl.csms.ledger import Ledger
from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.domain.money import invoice
from cpoctl.domain.statuses import NOT_DELIVERING
from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.costs import ShowCost, ShowFinalCost
from cpoctl.store import Read
from cpoctl.store.charges import SESSIONS
from cpoctl.store.pricing import UNREADABLE, Pricer

EVERY: Final = 60.0
REST: Final = 0.05
AT_ONCE: Final = 50
TELLING: Final = 20  # chargers at a time
PATIENCE: Final = 10.0
ACTOR: Final = "running cost"
_OPEN = f"{SESSIONS} WHERE s.session_id IN (SELECT value FROM json_each(?)) AND s.stopped_at IS NULL"  # noqa: S608 # constants
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
        self._not_understood: dict[str, int] = {}  # by charger the connection on which it did not
        self._finals: set[asyncio.Task[None]] = set()
        self._telling = asyncio.Semaphore(TELLING)

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
        telling = asyncio.get_running_loop().create_task(self._tell(event.charger_id, ask))
        self._finals.add(telling)
        telling.add_done_callback(self._finals.discard)

    def close(self) -> None:
        """Tell nobody anything any more."""
        for telling in self._finals:
            telling.cancel()

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
        if connection is None or self._not_understood.get(charger_id) == connection.connection_id:
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
            self._not_understood[charger_id] = connection.connection_id


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
