"""The central system: every part of the csms put together on one store, and its own running period."""

import asyncio
import logging
import os
import ssl
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self

from cpoctl import __version__
from cpoctl.clock import Clock, stored
from cpoctl.config import AlertSettings, MoneySettings, ServeSettings
from cpoctl.csms import clocks, overlaps
from cpoctl.csms.admission import Admission
from cpoctl.csms.alerting import AlertDesk
from cpoctl.csms.billing import BillingDesk
from cpoctl.csms.dispatch import Dispatch
from cpoctl.csms.fleet import Fleet
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.loading import load, next_run, settle, unanswered
from cpoctl.csms.no_files import NoFiles
from cpoctl.csms.operator import ServerOperator
from cpoctl.csms.running_cost import RunningCosts
from cpoctl.csms.server import Server
from cpoctl.csms.tasks import TaskDesk
from cpoctl.csms.verifying import VerifyingDesk
from cpoctl.errors import StoreUnavailable
from cpoctl.events import Bus
from cpoctl.operations import Files
from cpoctl.store import Store, rows

_log = logging.getLogger(__name__)
ALIVE_EVERY: Final = 60.0
LAST_WORD_WITHIN: Final = 1.0  # D-17: a full disk or a locked file must not hold up a stop


@dataclass
class CentralSystem:
    """A running csms."""

    store: Store
    clock: Clock
    ledger: Ledger
    fleet: Fleet
    admission: Admission
    server: Server
    run_id: int
    started_at: str
    alerts: AlertDesk
    billing: BillingDesk
    verifying: VerifyingDesk
    tasks: TaskDesk = field(init=False)
    files: Files = field(default_factory=NoFiles)
    _alive: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        store: Store,
        clock: Clock,
        settings: ServeSettings,
        alerts: AlertSettings | None = None,
        money: MoneySettings | None = None,
    ) -> Self:
        """Load what is on disk, settle what a crash left open, and begin a running period."""
        live, numbers = await load(store, clock.now())
        live.accepts_unknown_tags = settings.accept_all
        started_at, run_id = stored(clock.now()), await next_run(store)
        left_open = await settle(store, started_at)
        await store.write([*left_open, rows.RunStarted(run_id, started_at, __version__, os.getpid())])
        ledger = Ledger(store, live, Bus(), clock, numbers)
        overlaps.watch(ledger)
        clocks.watch(ledger)
        dispatch = Dispatch(ledger, clock, heartbeat=settings.heartbeat)
        fleet = Fleet(ledger, dispatch, clock)
        admission = Admission(fleet, "accept" if settings.accept_all else settings.unknown, settings.hide_unknown)
        server = Server(fleet, admission, settings.heartbeat, settings.ping_interval)
        fleet.commands.expect(await unanswered(store))
        desk = AlertDesk(ledger, clock, alerts or AlertSettings())
        money = money or MoneySettings()
        costs = RunningCosts(ledger, clock, fleet, shows=money.running_cost == "display")
        billing = BillingDesk(ledger, clock, money, costs)
        verifying = VerifyingDesk(ledger, clock)
        central = cls(store, clock, ledger, fleet, admission, server, run_id, started_at, desk, billing, verifying)
        central.tasks = await TaskDesk.open(ledger, clock, partial(ServerOperator, central))
        desk.open()
        await billing.open()
        verifying.open()
        central._alive = asyncio.get_running_loop().create_task(central._mark_alive())
        return central

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> tuple[str, int]:
        """Let chargers in; returns the address that was really bound."""
        return await self.server.listen(host, port, tls)

    async def close(self) -> None:
        """Say goodbye to the chargers and end the running period."""
        if self._alive is not None:
            self._alive.cancel()
        self.alerts.close()
        await self.billing.close()
        await self.verifying.close()
        await self.tasks.close()
        await self.server.close()
        try:
            async with asyncio.timeout(LAST_WORD_WITHIN):
                await self.store.write([*self._seen(), rows.RunStopped(stored(self.clock.now()), self.run_id)])
        except (StoreUnavailable, TimeoutError) as error:
            _log.warning("the end of this run is not stored: %s", error or "the file is locked")

    async def _mark_alive(self) -> None:
        """A mark each minute tells our own downtime from the chargers'."""
        while True:
            await asyncio.sleep(ALIVE_EVERY)
            self.ledger.commit([rows.RunAlive(stored(self.clock.now()), self.run_id), *self._seen()], [], noted)

    def _seen(self) -> list[rows.Row]:
        return [
            rows.ChargerSeen(stored(seen), str(connection.version), int(charger.ponged), charger.charger_id)
            for connection in self.fleet.connections.values()
            if (charger := connection.charger) and (seen := charger.last_seen)
        ]
