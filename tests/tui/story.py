"""The story of the scene: what chargers and operators did, by minutes before now."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from cpoctl import events
from cpoctl.clock import stored, wire
from cpoctl.csms.operator import Face, ServerOperator
from cpoctl.domain.fleet import LiveFleet
from cpoctl.ocpp import Version
from cpoctl.operations import Act, Role
from cpoctl.operations.alert.ack import AckAlerts
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.unlock import Unlock
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.task import Order, Plan
from cpoctl.operations.var.set import SetVariable
from cpoctl.running import Running
from tests.support.fake_clock import FakeClock
from tests.support.raw_charger import dial
from tests.tui.cast import Actor, Charge, Curve, cast, fast, steady

NOW = datetime(2026, 11, 20, 14, 2, 11, tzinfo=UTC)
_OPERATOR = "maja"

Beat = tuple[float, Callable[[], Awaitable[Any]]]


class Story:
    """What happens, by minutes before now."""

    def __init__(self, server: Running, clock: FakeClock) -> None:
        self.face = Face(server.central)
        self._server, self._clock = server, clock
        self._actors = {actor.name: actor for actor in cast()}
        self._random = random.Random(7)
        self._beats: list[Beat] = []
        self._write()
        self._beats.sort(key=lambda beat: -beat[0])

    async def play(self, until: float) -> None:
        """Let happen what happens up to so many minutes before now."""
        while self._beats and self._beats[0][0] >= until:
            before, act = self._beats.pop(0)
            self._clock.jump((NOW - timedelta(minutes=before) - self._clock.now()).total_seconds())
            await act()
        self._clock.jump((NOW - timedelta(minutes=until) - self._clock.now()).total_seconds())

    async def hang_up(self) -> None:
        """Send every charger home."""
        for actor in self._actors.values():
            if actor.wire is not None:
                await actor.wire.hang_up()

    def tellseen(self) -> None:
        """Tell whoever watches when each charger was heard, which the server else does every few seconds."""
        self.face.bus.publish(None, events.ChargersSeen(seen=seen(self.face.live)))

    # --- the story -----------------------------------------------------------------------------------------------

    def _write(self) -> None:
        self._beats.append((420.0, self._found))
        for number, actor in enumerate(self._actors.values()):
            self._beats.append((400 - 3.7 * number, partial(self._arrive, actor)))
            self._beats.append(((number * 7 % 19) / 60, partial(self._say, actor, "Heartbeat", {})))
        self._sessions()
        self._states()
        self._deeds()

    def _sessions(self) -> None:
        self._session("DEPOT-01", 1, "BUS-17", 41, fast(243, 30), soc=18)
        self._session("DEPOT-01", 2, "BUS-04", 13, fast(57), soc=44)
        self._session("DEPOT-02", 1, "BUS-22", 24, fast(198), soc=9)
        self._session("HARBOUR-1", 2, "ANNA-K", 22, fast(150, 10), soc=31)
        self._session("HARBOUR-2", 1, "C-1182", 74, fast(88, 40), soc=22, silent_from=31)
        self._session("MALL-01", 1, "EMIL-J", 96, steady(11.04))
        self._session("MALL-02", 1, "GUEST-4", 178, steady(22.08), idle_from=28)
        self._session("MALL-05", 1, "HANNA-9", 57, steady(7.4))
        self._session("OFFICE-1", 1, "FLEET-2", 33, steady(11.04))
        self._session("MALL-03", 1, "CARLA-3", 265, steady(11.04), ended=120)
        self._session("MALL-06", 1, "BEN-07", 310, steady(22.08), ended=215)
        self._session("HARBOUR-1", 2, "TAXI-30", 160, fast(150, 10), ended=118, soc=20)
        self._session("HARBOUR-3", 1, "TAXI-11", 230, fast(150, 10), ended=190, soc=35)
        self._session("DEPOT-02", 2, "BUS-09", 290, fast(240), ended=236, soc=12)

    def _states(self) -> None:
        fault = {"errorCode": "GroundFailure", "vendorErrorCode": "E-112", "info": "RCD tripped"}
        self._beats += [
            (41.2, partial(self._status, "HARBOUR-3", 2, "Faulted", **fault)),
            (31, partial(self._cut, "HARBOUR-2")),
            (28, partial(self._status, "MALL-02", 1, "SuspendedEV")),
            (12.3, partial(self._status, "MALL-04", 1, "Reserved")),
            (190, partial(self._status, "MALL-06", 1, "Unavailable")),
            (0.6, partial(self._status, "OFFICE-2", 1, "Preparing")),
        ]

    def _deeds(self) -> None:
        knock = {"vendorId": "com.kestrel", "messageId": "diag", "data": "t=41;h=38"}
        self._beats += [
            (29, partial(self._acknowledge, "1", "electrician comes at 15:00")),
            (26, partial(self._reset, {"MALL-03": "Accepted", "MALL-06": "Rejected"}, "HARBOUR-2")),
            (17.5, self._set_interval),
            (8, self._queue_reset),
            (3.1, partial(self._unlock, "MALL-03", "Unlocked")),
            (0.55, partial(self._say, self._actors["OFFICE-2"], "Authorize", {"idTag": "BEN-07"})),
            (0.4, partial(self._say, self._actors["MALL-03"], "DataTransfer", knock)),
            (0.3, partial(self._odd, "HARBOUR-1")),
        ]

    # --- what chargers do ----------------------------------------------------------------------------------------

    async def _arrive(self, actor: Actor) -> None:
        headers = (("Sec-WebSocket-Protocol", actor.version.subprotocol),)
        actor.wire = await dial(self._server.charger_port, f"/{actor.name}", headers)
        serial = f"{actor.site[:2].upper()}{sum(map(ord, actor.name)) * 7919 % 100000:05}"
        if actor.version is Version.V16:
            await self._say(actor, "BootNotification", actor.make | {"chargePointSerialNumber": serial})
        else:
            station = actor.make | {"serialNumber": serial}
            await self._say(actor, "BootNotification", {"chargingStation": station, "reason": "PowerUp"})
        for number in range(1, actor.connectors + 1):
            await self._status(actor.name, number, "Available")

    async def _say(self, actor: Actor, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if actor.wire is None:
            return {}
        actor.calls += 1
        return await actor.wire.call(action, payload, f"{actor.name.lower()}.{actor.calls}")

    async def _status(self, name: str, number: int, status: str, **more: Any) -> None:
        actor, at = self._actors[name], self._at()
        if actor.version is Version.V16:
            told = {"connectorId": number, "status": status, "errorCode": "NoError", "timestamp": at} | more
        else:
            told = {"evseId": number, "connectorId": 1, "connectorStatus": status, "timestamp": at} | more
        await self._say(actor, "StatusNotification", told)

    async def _cut(self, name: str) -> None:
        actor = self._actors[name]
        assert actor.wire is not None
        gone = asyncio.Event()
        deaf = self.face.bus.listen(lambda seq, event: gone.set(), events.ChargerDisconnected)
        await actor.wire.hang_up()
        actor.wire = None
        async with asyncio.timeout(5):
            await gone.wait()
        deaf()

    async def _odd(self, name: str) -> None:
        """A call that OCPP does not have."""
        actor = self._actors[name]
        assert actor.wire is not None
        await actor.wire.exchange("SessionReport", {"connectorId": 2, "cost": 12.4}, f"{name.lower()}.odd")

    # --- sessions ------------------------------------------------------------------------------------------------

    def _session(self, name: str, number: int, tag: str, began: float, curve: Curve, *, ended: float = 0,
                 soc: float | None = None, silent_from: float = 0, idle_from: float = 0) -> None:  # fmt: skip
        """A session by minutes before now: its readings every two minutes, and its end if it has one."""
        actor = self._actors[name]
        charge = Charge(actor, number, tag, soc)
        self._beats.append((began + 0.7, partial(self._plug_in, charge)))
        self._beats.append((began, partial(self._begin, charge)))
        before, kw = began, 0.0
        while (before := before - 2) > max(ended, silent_from, 0):
            kw = 0 if before < idle_from else curve(began - before) * self._random.uniform(0.985, 1.0)
            self._beats.append((before + number / 9, partial(self._meter, charge, kw, 2 / 60)))
        if ended:
            self._beats.append((ended, partial(self._end, charge)))

    async def _plug_in(self, charge: "Charge") -> None:
        await self._status(charge.actor.name, charge.number, charge.plugged)

    async def _begin(self, charge: "Charge") -> None:
        actor = charge.actor
        charge.register = actor.registers.setdefault(charge.number, self._random.randrange(400_000, 9_000_000))
        if actor.version is Version.V16:
            told = {"connectorId": charge.number, "idTag": charge.tag, "meterStart": round(charge.register)}
            answer = await self._say(actor, "StartTransaction", told | {"timestamp": self._at()})
            charge.transaction = str(answer["transactionId"])
            await self._status(actor.name, charge.number, "Charging")
        else:
            charge.transaction = f"{actor.name.lower()}-{charge.tag.lower()}"
            await self._step(charge, "Started", "Authorized", charge.values(0, "Transaction.Begin"))

    async def _meter(self, charge: "Charge", kw: float, hours: float) -> None:
        charge.register += kw * 1000 * hours
        if charge.soc is not None:
            charge.soc = min(100.0, charge.soc + 100 * kw * hours / charge.battery_kwh)
        values = charge.values(kw, "Sample.Periodic")
        if charge.actor.version is Version.V16:
            told = {"connectorId": charge.number, "transactionId": int(charge.transaction)}
            texts = [value | {"value": str(round(value["value"], 1))} for value in values]
            reading = {"timestamp": self._at(), "sampledValue": texts}
            await self._say(charge.actor, "MeterValues", told | {"meterValue": [reading]})
        else:
            await self._step(charge, "Updated", "MeterValuePeriodic", values)

    async def _end(self, charge: "Charge") -> None:
        charge.actor.registers[charge.number] = charge.register
        if charge.actor.version is Version.V16:
            told = {"transactionId": int(charge.transaction), "idTag": charge.tag, "meterStop": round(charge.register)}
            await self._say(
                charge.actor, "StopTransaction", told | {"timestamp": self._at(), "reason": "EVDisconnected"}
            )
        else:
            await self._step(charge, "Ended", "EVDeparted", charge.values(0, "Transaction.End"))
        await self._status(charge.actor.name, charge.number, "Available")

    async def _step(self, charge: "Charge", kind: str, why: str, values: list[dict[str, Any]]) -> None:
        told = [
            {name: value for name, value in each.items() if name != "unit"}
            | ({"unitOfMeasure": {"unit": each["unit"]}} if "unit" in each else {})
            for each in values
        ]
        doing = {"stoppedReason": "EVDisconnected"} if kind == "Ended" else {"chargingState": "Charging"}
        await self._say(
            charge.actor,
            "TransactionEvent",
            {
                "eventType": kind,
                "timestamp": self._at(),
                "triggerReason": why,
                "seqNo": charge.steps,
                "transactionInfo": {"transactionId": charge.transaction, **doing},
                "evse": {"id": charge.number, "connectorId": 1},
                "idToken": {"idToken": charge.tag, "type": "ISO14443"},
                "meterValue": [{"timestamp": self._at(), "sampledValue": told}],
            },
        )
        charge.steps += 1

    # --- what operators do ---------------------------------------------------------------------------------------

    async def _found(self) -> None:
        """Our own records, before any charger comes."""
        for site, name in (("depot", "Bus depot"), ("harbour", "Harbour"), ("mall", "City mall"), ("hq", "Office")):
            await self._do(AddSite(site=site, name=name, time_zone="UTC"))
        for actor in self._actors.values():
            await self._do(AddCharger(charger=actor.name))
            await self._do(EditCharger(charger=actor.name, site=actor.site, label=(f"floor={actor.floor}",)))

    async def _do(self, act: Act) -> None:
        """Without a task: nobody looks at those."""
        await act.run(ServerOperator(self._server.central, _OPERATOR))

    async def _acknowledge(self, number: str, comment: str) -> None:
        await self.face.act(AckAlerts(alerts=(number,), comment=comment), _OPERATOR, Role.ADMIN)

    async def _task(
        self, kind: type[Act], given: dict[str, Any], answers: dict[str, Any], *others: str, **plan: Any
    ) -> None:
        """A task to these chargers, which give these answers one after another; the others are not there."""
        targets = [*answers, *others]
        task = await self.face.start(Order(kind, given, targets, Plan(parallel=1, **plan), _OPERATOR))
        for target, payload in answers.items():
            found = self._actors[target.partition(":")[0]].wire
            assert found is not None
            call = await found.asked()
            self._clock.move(self._random.randrange(40, 400) / 1000)
            await found.reply(payload, call)
        if not plan:
            await self._server.central.tasks.finished(task, 5)

    async def _reset(self, answers: dict[str, str], *others: str) -> None:
        replies = {name: {"status": status} for name, status in answers.items()}
        await self._task(Reset, {}, replies, *others)

    async def _queue_reset(self) -> None:
        await self._task(Reset, {}, {}, "HARBOUR-2", queue=True)

    async def _set_interval(self) -> None:
        malls = [f"MALL-0{number}" for number in range(1, 7)]
        replies = {name: {"status": "RebootRequired" if name == "MALL-04" else "Accepted"} for name in malls}
        await self._task(SetVariable, {"name": "MeterValueSampleInterval", "value": "120"}, replies)

    async def _unlock(self, name: str, status: str) -> None:
        await self._task(Unlock, {}, {name: {"status": status}})

    def _at(self) -> str:
        return wire(self._clock.now())


def seen(fleet: LiveFleet) -> dict[str, str]:
    """When each charger was heard."""
    return {name: stored(charger.last_seen) for name, charger in fleet.chargers.items() if charger.last_seen}
