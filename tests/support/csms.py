"""A real central system on a database of its own, with the chargers and the operator around it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cpoctl.config import MoneySettings, ServeSettings
from cpoctl.csms.central import CentralSystem
from cpoctl.csms.operator import ServerOperator
from cpoctl.domain.fleet import LiveCharger
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.tag.add import AddTag
from cpoctl.store import Record
from cpoctl.store.sqlite import open_store
from cpoctl.store.sqlite.connection import Connect
from cpoctl.store.sqlite.store import SqliteStore
from cpoctl.store.sqlite.writer import Patience
from tests.support.databases import empty_database
from tests.support.fake_clock import FakeClock
from tests.support.raw_charger import HEADERS, Headers, RawCharger, dial

BOOT = {"chargePointVendor": "Acme", "chargePointModel": "AC-22"}
BOOT_2 = {"chargingStation": {"vendorName": "Acme", "model": "AC-22"}, "reason": "PowerUp"}
T0 = "2026-11-22T13:00:00Z"
T1 = "2026-11-22T13:30:00Z"
T2 = "2026-11-22T13:45:00Z"


def start(connector: int = 1, tag: str = "ANNA", meter: Any = 1000, at: Any = T0) -> dict[str, Any]:
    """A StartTransaction."""
    return {"connectorId": connector, "idTag": tag, "meterStart": meter, "timestamp": at}


def stop(transaction_id: Any, meter: Any = 8000, at: Any = T2, **more: Any) -> dict[str, Any]:
    """A StopTransaction."""
    return {"transactionId": transaction_id, "meterStop": meter, "timestamp": at, **more}


def metered(transaction_id: Any, wh: Any, at: Any = T1, connector: Any = 1, **more: Any) -> dict[str, Any]:
    """A MeterValues with one reading of the register."""
    payload = {
        "connectorId": connector,
        "meterValue": [{"timestamp": at, "sampledValue": [{"value": str(wh), **more}]}],
    }
    return payload if transaction_id is None else {**payload, "transactionId": transaction_id}


class Csms:
    """One central system that can be stopped, killed and started again."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.path = path
        self.clock = FakeClock()
        self.settings = ServeSettings(**settings)
        self.money: MoneySettings | None = None
        self.connect: Connect | None = None
        self.patience: Patience | None = None
        self.central: CentralSystem
        self.store: SqliteStore
        self.port = 0
        self._chargers: list[RawCharger] = []

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Start it on what is in the database."""
        if not self.path.exists():
            empty_database(self.path)
        self.store = open_store(self.path, clock=self.clock, connect=self.connect, patience=self.patience)
        self.central = await CentralSystem.start(self.store, self.clock, self.settings, money=self.money)
        _, self.port = await self.central.listen("127.0.0.1", 0)

    async def close(self) -> None:
        """Stop it in order."""
        for charger in self._chargers:
            await charger.hang_up()
        self._chargers.clear()
        await self.central.close()
        await self.store.close()

    async def restart(self) -> None:
        """Stop and start."""
        await self.close()
        await self.open()

    # Chargers

    async def dial(
        self, name: str = "CP-1", headers: Headers = HEADERS, *, source: str | None = None, pongs: bool = True
    ) -> RawCharger:
        """A charger that has just connected; a name that begins with / is the whole request target."""
        target = name if name.startswith("/") else f"/{name}"
        charger = await dial(self.port, target, headers, source=source, pongs=pongs)
        self._chargers.append(charger)
        return charger

    async def booted(self, name: str = "CP-1", *, pongs: bool = True, version: Version = Version.V16) -> RawCharger:
        """A charger that is known, connected and accepted."""
        if self.live(name) is None:
            await self.do(AddCharger(charger=name))
        charger = await self.dial(name, (("Sec-WebSocket-Protocol", version.subprotocol),), pongs=pongs)
        boot = BOOT if version is Version.V16 else BOOT_2
        assert (await charger.call("BootNotification", boot))["status"] == "Accepted"
        return charger

    def live(self, name: str = "CP-1") -> LiveCharger | None:
        """What the server knows of a charger."""
        return self.central.fleet.live.charger(name)

    def known(self, name: str = "CP-1") -> LiveCharger:
        """What the server knows of a charger that it must know."""
        charger = self.live(name)
        assert charger is not None
        return charger

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(20):
            while not condition():
                await self.store.read("SELECT 1")  # gives the loop, and another thread, their turns

    # The operator

    def operator(self) -> ServerOperator:
        """An operator at work."""
        return ServerOperator(self.central, "test")

    async def do(self, act: Act) -> Any:
        """Let the operator act."""
        return await act.run(self.operator())

    async def tag(self, *names: str) -> None:
        """Add tags."""
        for name in names:
            await self.do(AddTag(tag=name))

    async def rows(self, sql: str, *params: Any) -> list[Record]:
        """What stands in the database once everything that was submitted is committed."""
        await self.store.write([])
        return await self.store.read(sql, params)

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int((await self.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])

    async def session(self, number: int = 1) -> Record:
        """A session as it is stored."""
        return (await self.rows("SELECT * FROM session WHERE session_id = ?", number))[0]
