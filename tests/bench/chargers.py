"""Chargers that the load is made of: each sends its next Call when the answer to the last one is there."""

import asyncio
import time
from collections.abc import Callable, Iterator

from tests.bench.figures import Recorder
from tests.bench.wire import Wire

Call = tuple[bytes, bytes]

_BOOT: Call = (b"BootNotification", b'{"chargePointVendor":"Bench","chargePointModel":"B1","firmwareVersion":"1.0.0"}')
_BOOT_2: Call = (
    b"BootNotification",
    b'{"reason":"PowerUp","chargingStation":{"model":"B1","vendorName":"Bench","firmwareVersion":"1.0.0"}}',
)
_HEARTBEAT: Call = (b"Heartbeat", b"{}")
_SAMPLES = (
    b'{"value":"%d","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},'
    b'{"value":"%d","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},'
    b'{"value":"%d.%d","context":"Sample.Periodic","measurand":"Current.Import","unit":"A"},'
    b'{"value":"%d.%d","context":"Sample.Periodic","measurand":"Voltage","unit":"V"},'
    b'{"value":"%d","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}'
)
_SAMPLES_2 = (
    b'{"value":%d,"context":"%b","measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"Wh"}},'
    b'{"value":%d,"context":"%b","measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}},'
    b'{"value":%d.%d,"context":"%b","measurand":"Current.Import","unitOfMeasure":{"unit":"A"}},'
    b'{"value":%d.%d,"context":"%b","measurand":"Voltage","unitOfMeasure":{"unit":"V"}},'
    b'{"value":%d,"context":"%b","measurand":"SoC","unitOfMeasure":{"unit":"Percent"}}'
)


class LoadCharger(Wire):
    """A charger that boots and then works through `calls`, one Call in flight. OCPP-J 1.6 §4.1.1"""

    boot = _BOOT
    pause = 0.0
    """Seconds between an answer and the next Call."""
    minute = 0
    """At which minute since 2020 it begins to charge."""

    def __init__(self, hello: bytes, recorder: Recorder, booted: Callable[[], None], gone: Callable[[], None]) -> None:
        super().__init__(hello)
        self.online = False
        self.transaction_id = 0
        self._recorder, self._booted, self._gone = recorder, booted, gone
        self._count = 0
        self._work = self.calls()

    def calls(self) -> Iterator[Call]:
        """Yield what to send after the boot; an idle charger sends nothing."""
        return iter(())

    def opened(self) -> None:
        """Boot."""
        self._call(*self.boot)

    def lost(self) -> None:
        """Tell the load that this charger is offline."""
        self._gone()
        self.online = False

    def received(self, text: bytes) -> None:
        """Record the answer and send the next Call."""
        if self._pending not in text:  # the server's own Call: none of the load's business
            self.send(b'[4,%b,"NotSupported","",{}]' % text.split(b",", 2)[1])
            return
        self._recorder.acked(self._action, time.perf_counter() - self._sent)
        if text.startswith(b"[4"):
            self._recorder.errors += 1
        if self._action == b"BootNotification":
            self.online = True
            self._booted()  # the load lets it proceed when all are there
            return
        if self._action == b"StartTransaction":
            self.transaction_id = int(text.partition(b'"transactionId":')[2].split(b",")[0].rstrip(b"}] ") or 0)
        if self.pause:
            asyncio.get_running_loop().call_later(self.pause, self.proceed)
        else:
            self.proceed()

    def proceed(self) -> None:
        """Send the next Call, if there is one and the run is not over."""
        call = None if self._recorder.over else next(self._work, None)
        if call is not None:
            self._call(*call)

    def _call(self, action: bytes, payload: bytes) -> None:
        self._count += 1
        self._action = action
        self._pending = b'"m%d"' % self._count
        self.send(b'[2,%b,"%b",%b]' % (self._pending, action, payload))
        self._sent = time.perf_counter()


class HeartbeatCharger(LoadCharger):
    """A charger that only sends heartbeats."""

    def calls(self) -> Iterator[Call]:
        """Yield heartbeats without end."""
        while True:
            yield _HEARTBEAT


class SessionCharger(LoadCharger):
    """A charger that charges one car after the other: Authorize, Start, ten MeterValues of five values, Stop."""

    def calls(self) -> Iterator[Call]:
        """Yield sessions without end; time and energy advance, so that no two Calls are alike."""
        start = b'{"connectorId":1,"idTag":"BENCH-%d","meterStart":%d,"timestamp":"%b"}'
        stop = b'{"transactionId":%d,"idTag":"BENCH-%d","meterStop":%d,"timestamp":"%b","reason":"Local"}'
        minute, energy = self.minute, 0
        while True:
            tag = minute % 50
            yield b"Authorize", b'{"idTag":"BENCH-%d"}' % tag
            yield b"StartTransaction", start % (tag, energy, timestamp(minute))
            for sample in range(10):
                minute, energy = minute + 1, energy + 120 + sample
                yield b"MeterValues", self._meter_values(minute, energy, sample)
            minute += 1
            yield b"StopTransaction", stop % (self.transaction_id, tag, energy, timestamp(minute))
            minute += 1

    def _meter_values(self, minute: int, energy: int, sample: int) -> bytes:
        figures = (energy, 7200 + sample, 31, sample, 230, sample, 20 + sample)
        return b'{"connectorId":1,"transactionId":%d,"meterValue":[{"timestamp":"%b","sampledValue":[%b]}]}' % (
            self.transaction_id,
            timestamp(minute),
            _SAMPLES % figures,
        )


class SessionCharger2(LoadCharger):
    """The same charger in OCPP 2.0.1: Authorize, Started, ten Updated of five values, Ended; no states, as above."""

    boot = _BOOT_2

    def calls(self) -> Iterator[Call]:
        """Yield sessions without end."""
        minute, energy, session = self.minute, 0, 0
        while True:
            session += 1
            token = b'"idToken":{"idToken":"BENCH-%d","type":"ISO14443"}' % (minute % 50)
            yield b"Authorize", b"{%b}" % token
            place = b'"evse":{"id":1,"connectorId":1},%b' % token
            yield self._event(b"Started", session, 0, minute, energy, b"Transaction.Begin", place)
            for sample in range(10):
                minute, energy = minute + 1, energy + 120 + sample
                yield self._event(b"Updated", session, sample + 1, minute, energy, b"Sample.Periodic")
            minute += 1
            yield self._event(b"Ended", session, 11, minute, energy, b"Transaction.End", token)
            minute += 1

    def _event(
        self, kind: bytes, session: int, seq: int, minute: int, energy: int, context: bytes, more: bytes = b""
    ) -> Call:
        at = timestamp(minute)
        samples = _SAMPLES_2 % (
            *(energy, context, 7200 + seq, context, 31, seq, context, 230, seq, context, 20 + seq, context),
        )
        return b"TransactionEvent", (
            b'{"eventType":"%b","timestamp":"%b","triggerReason":"MeterValuePeriodic","seqNo":%d,'
            b'"transactionInfo":{"transactionId":"%08x-%08x"},%b'
            b'"meterValue":[{"timestamp":"%b","sampledValue":[%b]}]}'
        ) % (kind, at, seq, id(self) & 0xFFFFFFFF, session, more and more + b",", at, samples)


MONTH = 28 * 24 * 60


def timestamp(minute: int) -> bytes:
    """Write the given minute since 2020 as a charger would, in months of 28 days."""
    hour, minute = divmod(minute, 60)
    day, hour = divmod(hour, 24)
    month, day = divmod(day, 28)
    year, month = divmod(month, 12)
    return b"%d-%02d-%02dT%02d:%02d:00Z" % (2020 + year, month + 1, day + 1, hour, minute)
