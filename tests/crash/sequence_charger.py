"""A charger that charges without end, repeats what was not acknowledged, and remembers what was."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from cpoctl.ocpp import Version
from tests.crash.history import Sample, Session
from tests.crash.wire_client import Lost, WireClient, connected

_SAMPLES = 3
_TAG = "CRASH-TAG"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_Call = tuple[str, dict[str, Any]]


class SequenceCharger:
    """One charger over many connections; like a real one it goes on where the last connection broke. 1.6 §4.10"""

    version = Version.V16
    boot: ClassVar[dict[str, Any]] = {"chargePointVendor": "Crash", "chargePointModel": "C1"}

    def __init__(self, charger_id: str) -> None:
        self.charger_id = charger_id
        self.sessions: list[Session] = []
        self.heard = asyncio.Event()
        """A Call was acknowledged."""
        self._minutes = self._energy_wh = 0
        self._work = self._charge()
        self._current = next(self._work)

    @property
    def acked(self) -> int:
        """How many Calls were acknowledged."""
        return sum(
            (session.transaction_id is not None) + session.stop_acked + sum(sample.acked for sample in session.samples)
            for session in self.sessions
        )

    @contextlib.asynccontextmanager
    async def online(self, url: str) -> AsyncIterator[WireClient]:
        """Connect and boot; hang up at the end."""
        async with connected(url, self.charger_id, self.version) as wire:
            await wire.call("BootNotification", self.boot)
            yield wire

    async def charge_until_lost(self, url: str) -> int | None:
        """Send session after session until the server is gone; return its close code."""
        try:
            async with self.online(url) as wire:
                while True:
                    await self.step(wire)
        except Lost as lost:
            return lost.code

    async def finish(self, url: str) -> None:
        """Connect, and bring the running session to its acknowledged end."""
        async with self.online(url) as wire:
            await self.finish_session(wire)

    async def finish_session(self, wire: WireClient) -> None:
        """Bring the running session to its acknowledged end."""
        session = self.sessions[-1]
        while not session.stop_acked:
            await self.step(wire)

    async def step(self, wire: WireClient) -> None:
        """Send the current Call, once more if it was sent before, and go on when it is acknowledged."""
        self._current = self._work.send(await wire.call(*self._current))
        self.heard.set()

    def _charge(self) -> Generator[_Call, dict[str, Any], None]:
        """Yield Calls, each again until its answer is sent in."""
        while True:
            session = Session(self.charger_id, meter_start_wh=self._energy_wh)
            self.sessions.append(session)
            start = {"connectorId": 1, "idTag": _TAG, "meterStart": self._energy_wh, "timestamp": self._next_minute()}
            session.transaction_id = (yield "StartTransaction", start)["transactionId"]
            for _ in range(_SAMPLES):
                self._energy_wh += 100 + self._minutes % 7
                sample = Sample(self._next_minute(), self._energy_wh)
                session.samples.append(sample)
                yield "MeterValues", _meter_values(session, sample)
                sample.acked = True
            session.meter_stop_wh = self._energy_wh
            stop = {"meterStop": self._energy_wh, "timestamp": self._next_minute(), "reason": "Local", "idTag": _TAG}
            yield "StopTransaction", {"transactionId": session.transaction_id, **stop}
            session.stop_acked = True

    def _next_minute(self) -> str:
        self._minutes += 1
        return (_EPOCH + timedelta(minutes=self._minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class SequenceCharger2(SequenceCharger):
    """The same charger in OCPP 2.0.1, whose sessions are numbered steps of a transaction that it names itself. E04.FR.01"""

    version = Version.V201
    boot: ClassVar[dict[str, Any]] = {"reason": "PowerUp", "chargingStation": {"vendorName": "Crash", "model": "C1"}}

    def _charge(self) -> Generator[_Call, dict[str, Any], None]:
        """Yield Calls, each again until its answer is sent in."""
        while True:
            session = Session(self.charger_id, meter_start_wh=self._energy_wh)
            self.sessions.append(session)
            name = f"{self.charger_id}-{len(self.sessions)}"
            place = {"evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": _TAG, "type": "Central"}}
            yield self._step(name, 0, "Started", self._next_minute(), "Transaction.Begin", place)
            session.transaction_id = name
            for number in range(_SAMPLES):
                self._energy_wh += 100 + self._minutes % 7
                sample = Sample(self._next_minute(), self._energy_wh)
                session.samples.append(sample)
                yield self._step(name, number + 1, "Updated", sample.timestamp, "Sample.Periodic")
                sample.acked = True
            session.meter_stop_wh = self._energy_wh
            yield self._step(name, _SAMPLES + 1, "Ended", self._next_minute(), "Transaction.End")
            session.stop_acked = True

    def _step(
        self, name: str, number: int, kind: str, at: str, context: str, more: dict[str, Any] | None = None
    ) -> _Call:
        register = {"value": self._energy_wh, "context": context, "measurand": "Energy.Active.Import.Register"}
        power = {"value": 7200, "context": context, "measurand": "Power.Active.Import"}
        return "TransactionEvent", {
            "eventType": kind,
            "timestamp": at,
            "triggerReason": "MeterValuePeriodic",
            "seqNo": number,
            "transactionInfo": {"transactionId": name},
            "meterValue": [{"timestamp": at, "sampledValue": [register, power]}],
            **(more or {}),
        }


def _meter_values(session: Session, sample: Sample) -> dict[str, Any]:
    values = [
        ("Energy.Active.Import.Register", "Wh", str(sample.energy_wh)),
        ("Power.Active.Import", "W", "7200"),
    ]
    sampled = [
        {"measurand": name, "unit": unit, "value": value, "context": "Sample.Periodic"} for name, unit, value in values
    ]
    taken = {"timestamp": sample.timestamp, "sampledValue": sampled}
    return {"connectorId": 1, "transactionId": session.transaction_id, "meterValue": [taken]}
