"""One outlet of a simulated charger: its status, the car on its cable, its meter and its session. 1.6 §4.9

In 1.6 it is a connector, in 2.x an EVSE with one connector. Its status is told by the words of 1.6, which know the
most; what goes out is the voice's matter.
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from cpoctl.clock import stored
from cpoctl.simulator.car import MAINS_V, RESERVE, Car, Reading, reading
from cpoctl.simulator.link import Payload
from cpoctl.simulator.outbox import Afar, Session
from cpoctl.simulator.reservation import Reservation

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

OCCUPIED = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")


class Outlet:
    """A connector, or an EVSE with its one, and everything that happens on it."""

    def __init__(
        self, charger: "Controller", connector_id: int, *, dc: bool, register_wh: float, v2x: bool = False
    ) -> None:
        self.charger = charger
        self.connector_id = connector_id
        self.dc = dc
        self.v2x = v2x
        """It can take energy back out of a car. OCPP 2.1 Q"""
        self.may_discharge = True
        """The driver's contract allows it. OCPP 2.1 Q"""
        self.plug = "cCCS2" if dc else "cType2"
        self.offered_w = 150_000.0 if dc else MAINS_V * 32 * 3
        self.register_wh = register_wh
        self.export_wh = 0.0
        self.status = "Available"
        self.error_code = "NoError"
        self.operative = True
        self.car: Car | None = None
        self.session: Session | None = None
        self.open: Session | None = None
        """A transaction of 2.x in which nobody charges yet, or any more. E02, E06"""
        self.reservation: Reservation | None = None
        self._paused_by: str | None = None
        self._measured_at = charger.time.elapsed()
        self._told: Payload | None = None
        self.idle = asyncio.Event()
        """Set while there is no session."""
        self.idle.set()

    # What drivers do

    async def plug_in(self, car: Car | None = None) -> None:
        """Put a car on the cable; a connector out of order stays as it is."""
        if self.car is not None:
            return
        self.car = car or Car(phases=0 if self.dc else 3, max_w=100_000 if self.dc else 11_040)
        self.charger.happened("plugged in", self.connector_id, self.car.model)
        if self.usable and self.session is None:
            await self.become("Preparing")
            await self.charger.voice.plugged(self)

    async def start(self, tag: str, afar: Afar | None = None) -> Session | None:
        """Begin a session, ask nobody; a refusal by the server ends it. 1.6 §4.8"""
        if not self.usable or self.session is not None or self.reserved_against(tag):
            return None
        session = self._begin(tag, afar)
        self.charger.happened("session started", self.connector_id, f"tag {tag}")
        await self.charger.voice.started(self, session)
        if await self.heed_refusal():
            return None
        if not session.over:
            await self.become("Charging" if self._flows() else "SuspendedEVSE")
        self.charger.keep_metering(self, session)
        return session

    async def meter(self, context: str = "Sample.Periodic") -> Reading:
        """Read the meter and send what it shows; a full car is told as SuspendedEV."""
        shown = self.read()
        await self.charger.voice.metered(self, shown, context)
        await self._follow_power(shown)
        return shown

    async def heed_refusal(self) -> bool:
        """End a session that the server has refused, be it in answer to a replay; tell whether it did. 1.6 §4.8"""
        session = self.session
        if session is None or not session.refused or not self.charger.settings.truth("StopTransactionOnInvalidId"):
            return False
        await self.stop("DeAuthorized")
        return True

    async def suspend(self, by: str = "EV") -> None:
        """Pause the charge: the car does (EV) or the charger does (EVSE)."""
        if self.session is not None:
            self.measure()
            self._paused_by = by
            await self.become(f"Suspended{by}")

    async def resume(self) -> None:
        """Go on charging."""
        if self.session is not None:
            self.measure()
            self._paused_by = None
            await self.become("Charging" if self._flows() else "SuspendedEVSE")

    async def follow(self) -> None:
        """Do as the profiles say now."""
        await self._follow_power(self.read())

    async def stop(self, reason: str = "Local") -> Session | None:
        """End the session. 1.6 §4.10"""
        session = self.session
        if session is None:
            return None
        shown = self.read()
        self.session, session.over = None, True
        self.charger.profiles.session_over(self.connector_id)
        charged = round(self.register_wh) - session.meter_start
        self.charger.happened("session stopped", self.connector_id, f"{charged / 1000:.1f} kWh, {reason}")
        await self.charger.voice.stopped(self, session, shown, reason)
        await self.become(self._at_rest())
        if self.session is None:
            self.idle.set()
        return session

    async def unplug(self) -> None:
        """Take the cable away; that ends a session unless the settings let it wait for the car. 1.6 §9.1"""
        if self.car is None:
            return
        if self.session is not None and self.charger.settings.truth("StopTransactionOnEVSideDisconnect"):
            await self.stop("EVDisconnected")
        self.measure()
        self.car = None
        self.charger.happened("unplugged", self.connector_id)
        await self.charger.voice.released(self, "EVDisconnected")
        await self.become(self._at_rest() if self.session is None else "SuspendedEV")

    # What befalls the hardware

    async def fault(self, error_code: str) -> None:
        """Break: a session ends, the connector is out of order."""
        self.error_code = error_code
        if self.session is not None:
            await self.stop("Other")
        await self.charger.voice.released(self, "Other")
        await self.become("Faulted")
        await self.charger.voice.faulted(self, error_code, cleared=False)

    async def clear_fault(self) -> None:
        """Work again."""
        was, self.error_code = self.error_code, "NoError"
        await self.become(self._at_rest())
        if was != "NoError":
            await self.charger.voice.faulted(self, was, cleared=True)

    # What the server asks for

    async def set_operative(self, operative: bool) -> None:
        """Open or close the connector for use; during a session it waits for the end. 1.6 §5.2"""
        self.operative = operative
        if self.session is None:
            await self.become(self._at_rest())

    async def reserve(self, reservation: Reservation | None) -> None:
        """Keep the connector for one tag, or free it."""
        self.reservation = reservation
        await self.become(self._at_rest())

    # What others want to know

    @property
    def usable(self) -> bool:
        return self.operative and self.error_code == "NoError"

    def reserved_against(self, tag: str) -> bool:
        """Tell whether somebody else has reserved the connector."""
        return self.reservation is not None and self.reservation.against(tag, self.charger.time.now())

    def limit_w(self) -> float:
        """Tell what the profiles allow now."""
        session = self.session
        priority = session is not None and session.transaction_id in self.charger.kept.priority
        return self.charger.profiles.limit_w(
            self.connector_id,
            self.charger.time.now(),
            session.began if session else None,
            self.offered_w,
            priority=priority,
        )

    @property
    def operation_mode(self) -> str:
        """What the profiles ask of a car that could give back. OCPP 2.1 Q"""
        began = self.session.began if self.session is not None else None
        return self.charger.profiles.mode(self.connector_id, self.charger.time.now(), began)

    def read(self) -> Reading:
        """Read the meter."""
        self.measure()
        power_w = self._power_w(self.car) if self.car is not None and self.session is not None else 0.0
        shown = reading(self.car, self.register_wh, power_w, self.limit_w(), self.charger.noise)
        return replace(shown, export_wh=self.export_wh) if self.v2x else shown

    def seconds_to(self, wh: float) -> float:
        """Tell how long the car takes to charge so much."""
        self.measure()
        return self.car.seconds_to(wh, self._allowed_w()) if self.car is not None else 0.0

    async def become(self, status: str) -> None:
        """Change the status and tell the server."""
        if status != self.status:
            self.charger.happened(status, self.connector_id, self.error_code if status == "Faulted" else "")
        self.status = status
        await self.tell_status()
        await self.charger.voice.changed(self)

    async def tell_status(self, *, again: bool = False) -> None:
        """Send StatusNotification if the server does not know the status yet, or again if it asks."""
        news = self.charger.voice.status(self)
        if news == self._told and not again:
            return
        at = stored(self.charger.time.now())
        told = await self.charger.tell("StatusNotification", {**news, "timestamp": at})
        self._told = news if told else None

    def restarted(self) -> None:
        """Come up after a power cycle: the server is told everything anew."""
        self._told = None
        if self.session is None:
            self.status = self._at_rest()

    # Inside

    def _begin(self, tag: str, afar: Afar | None) -> Session:
        self.measure()
        register = round(self.register_wh)
        self.register_wh = float(register)
        session = self.session = Session(self.connector_id, tag, register, self.charger.time.now(), afar)
        if self.reservation is not None:
            session.reservation_id = self.reservation.reservation_id
            self.reservation = None
        self._paused_by = None
        self.idle.clear()
        return session

    def _at_rest(self) -> str:
        if self.error_code != "NoError":
            return "Faulted"
        if not self.operative:
            return "Unavailable"
        if self.car is not None:
            return "Finishing" if self.status in (*OCCUPIED[1:], "Faulted") else "Preparing"
        return "Reserved" if self.reservation is not None else "Available"

    def _allowed_w(self) -> float:
        return 0.0 if self._paused_by else self.limit_w()

    def _gives_back(self, allowed_w: float) -> bool:
        return allowed_w < 0 and self.v2x and self.may_discharge

    def _flows(self) -> bool:
        """Whether energy may flow, one way or the other."""
        allowed_w = self.limit_w()
        return allowed_w > 0 or self._gives_back(allowed_w)

    def _power_w(self, car: Car) -> float:
        """Tell what flows into the car, or, below nothing, out of it."""
        allowed_w = self._allowed_w()
        if not self._gives_back(allowed_w):
            return car.power_w(allowed_w)
        return -min(-allowed_w, car.max_w) if car.soc > RESERVE else 0.0

    def measure(self) -> None:
        """Let the meter run up to now."""
        now = self.charger.time.elapsed()
        seconds, self._measured_at = now - self._measured_at, now
        if self.session is None or self.car is None:
            return
        before, allowed_w = self.car.energy_wh, self._allowed_w()
        if self._gives_back(allowed_w):
            self.car = self.car.discharged(seconds, -allowed_w)
            self.export_wh += before - self.car.energy_wh
        else:
            self.car = self.car.charged(seconds, allowed_w)
            self.register_wh += self.car.energy_wh - before

    async def _follow_power(self, shown: Reading) -> None:
        """Tell when the car stops drawing, and when it draws again."""
        if self.session is None or self._paused_by or self.car is None:
            return
        if shown.power_w != 0:
            await self.become("Charging")
        else:
            await self.become("SuspendedEV" if self.car.full else "SuspendedEVSE")
