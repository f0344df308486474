"""One connector of a simulated charger: its status, the car on its cable, its meter and its session. 1.6 §4.9"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.clock import stored
from cpoctl.simulator.car import MAINS_V, Car, Reading, reading
from cpoctl.simulator.meter import meter_value
from cpoctl.simulator.outbox import Session

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

OCCUPIED = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")


@dataclass(frozen=True)
class Reservation:
    """Who may use the connector until when."""

    reservation_id: int
    tag: str
    expires: datetime
    parent_tag: str | None = None


class Outlet:
    """A connector and everything that happens on it."""

    def __init__(self, charger: "Controller", connector_id: int, *, dc: bool, register_wh: float) -> None:
        self.charger = charger
        self.connector_id = connector_id
        self.dc = dc
        self.offered_w = 150_000.0 if dc else MAINS_V * 32 * 3
        self.register_wh = register_wh
        self.status = "Available"
        self.error_code = "NoError"
        self.operative = True
        self.car: Car | None = None
        self.session: Session | None = None
        self.reservation: Reservation | None = None
        self._paused_by: str | None = None
        self._measured_at = charger.time.elapsed()
        self._told: tuple[str, str] | None = None

    # What drivers do

    async def plug_in(self, car: Car | None = None) -> None:
        """Put a car on the cable; a connector out of order stays as it is."""
        if self.car is not None:
            return
        self.car = car or Car(phases=0 if self.dc else 3, max_w=100_000 if self.dc else 11_040)
        self.charger.happened("plugged in", self.connector_id, self.car.model)
        if self.usable and self.session is None:
            await self.become("Preparing")

    async def start(self, tag: str) -> Session | None:
        """Begin a session, ask nobody; a refusal by the server ends it. 1.6 §4.8"""
        if not self.usable or self.session is not None or self.reserved_against(tag):
            return None
        self.measure()
        register = round(self.register_wh)
        self.register_wh = float(register)
        session = self.session = Session(self.connector_id, tag, register, self.charger.time.now())
        start = {
            "connectorId": self.connector_id,
            "idTag": tag,
            "meterStart": register,
            "timestamp": stored(session.began),
        }
        if self.reservation is not None:
            start["reservationId"] = self.reservation.reservation_id
            self.reservation = None
        self._paused_by = None
        self.charger.happened("session started", self.connector_id, f"tag {tag}")
        await self.charger.report("StartTransaction", start, session)
        if await self.heed_refusal():
            return None
        if not session.over:
            await self.become("Charging" if self.limit_w() > 0 else "SuspendedEVSE")
        self.charger.keep_metering(self, session)
        return session

    async def meter(self, context: str = "Sample.Periodic") -> Reading:
        """Read the meter and send what it shows; a full car is told as SuspendedEV."""
        shown = self.read()
        at = stored(self.charger.time.now())
        wanted = self.charger.settings.names("MeterValuesSampledData")
        value = {"connectorId": self.connector_id, "meterValue": [meter_value(shown, at, wanted, context)]}
        if self.session is None:
            await self.charger.tell("MeterValues", value)
        else:
            await self.charger.report("MeterValues", value, self.session)
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
            await self.become("Charging" if self.limit_w() > 0 else "SuspendedEVSE")

    async def stop(self, reason: str = "Local") -> Session | None:
        """End the session. 1.6 §4.10"""
        session = self.session
        if session is None:
            return None
        shown = self.read()
        self.session, session.over = None, True
        at = stored(self.charger.time.now())
        stop = {"meterStop": round(self.register_wh), "timestamp": at, "reason": reason}
        if reason == "Local":
            stop["idTag"] = session.tag
        wanted = self.charger.settings.names("StopTxnSampledData")
        if wanted:
            stop["transactionData"] = [meter_value(shown, at, wanted, "Transaction.End")]
        self.charger.profiles.session_over(self.connector_id)
        charged = round(self.register_wh) - session.meter_start
        self.charger.happened("session stopped", self.connector_id, f"{charged / 1000:.1f} kWh, {reason}")
        await self.charger.report("StopTransaction", stop, session)
        await self.become(self._at_rest())
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
        await self.become(self._at_rest() if self.session is None else "SuspendedEV")

    # What befalls the hardware

    async def fault(self, error_code: str) -> None:
        """Break: a session ends, the connector is out of order."""
        self.error_code = error_code
        if self.session is not None:
            await self.stop("Other")
        await self.become("Faulted")

    async def clear_fault(self) -> None:
        """Work again."""
        self.error_code = "NoError"
        await self.become(self._at_rest())

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
        held = self.reservation
        if held is None or held.expires <= self.charger.time.now():
            return False
        return tag.lower() not in (held.tag.lower(), (held.parent_tag or held.tag).lower())

    def limit_w(self) -> float:
        """Tell what the profiles allow now."""
        now, session = self.charger.time.now(), self.session
        return self.charger.profiles.limit_w(self.connector_id, now, session.began if session else None, self.offered_w)

    def read(self) -> Reading:
        """Read the meter."""
        self.measure()
        power_w = self.car.power_w(self._allowed_w()) if self.car is not None and self.session is not None else 0.0
        return reading(self.car, self.register_wh, power_w, self.limit_w(), self.charger.noise)

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

    async def tell_status(self, *, again: bool = False) -> None:
        """Send StatusNotification if the server does not know the status yet, or again if it asks."""
        news = self.status, self.error_code
        if news == self._told and not again:
            return
        told = await self.charger.tell(
            "StatusNotification",
            {
                "connectorId": self.connector_id,
                "errorCode": self.error_code,
                "status": self.status,
                "timestamp": stored(self.charger.time.now()),
            },
        )
        self._told = news if told else None

    def restarted(self) -> None:
        """Come up after a power cycle: the server is told everything anew."""
        self._told = None
        if self.session is None:
            self.status = self._at_rest()

    # Inside

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

    def measure(self) -> None:
        """Let the meter run up to now."""
        now = self.charger.time.elapsed()
        seconds, self._measured_at = now - self._measured_at, now
        if self.session is None or self.car is None:
            return
        before = self.car.energy_wh
        self.car = self.car.charged(seconds, self._allowed_w())
        self.register_wh += self.car.energy_wh - before

    async def _follow_power(self, shown: Reading) -> None:
        """Tell when the car stops drawing, and when it draws again."""
        if self.session is None or self._paused_by or self.car is None:
            return
        if shown.power_w > 0:
            await self.become("Charging")
        else:
            await self.become("SuspendedEV" if self.car.full else "SuspendedEVSE")


def with_room_for(car: Car, wh: float) -> Car:
    """Give a car whose battery takes at least so much before it tapers."""
    room = max(car.taper_from - car.soc, 0.1)
    return car if car.battery_wh * room >= wh else replace(car, battery_wh=wh / room * 1.05)
