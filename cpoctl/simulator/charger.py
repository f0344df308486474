"""A simulated charger told as a story: `boot`, `plug_in`, `charge`, `unplug`. OCPP 1.6 §3, §4 · OCPP 2.0.1 E"""

from cpoctl.simulator.car import Car, Reading, with_room_for
from cpoctl.simulator.controller import Controller
from cpoctl.simulator.outbox import Session


class VirtualCharger(Controller):
    """One simulated charger, and the people and mishaps that come to it."""

    async def plug_in(self, connector: int = 1, car: Car | None = None) -> None:
        """Put a car on the cable."""
        await self.outlets[connector].plug_in(car)

    async def start(self, tag: str, connector: int = 1) -> Session | None:
        """Begin a session; None if the connector or the server refuses."""
        return await self.outlets[connector].start(tag)

    async def meter(self, connector: int = 1) -> Reading:
        """Read the meter and send what it shows."""
        return await self.outlets[connector].meter()

    async def charge(self, tag: str, wh: float = 10_000, connector: int = 1, samples: int = 5) -> Session | None:
        """Live a whole session: plug in, authorise, charge so much, stop, unplug; None if it was refused."""
        outlet = self.outlets[connector]
        await outlet.plug_in(with_room_for(Car(phases=0, max_w=100_000) if outlet.dc else Car(), wh))
        session = await outlet.start(tag) if await self.authorize(tag) == "Accepted" else None
        for _ in range(samples if session is not None else 0):
            await self.time.elapse(outlet.seconds_to(wh / samples))
            await outlet.meter()
        await outlet.stop("Local")
        await outlet.unplug()
        return session

    async def suspend(self, connector: int = 1, by: str = "EV") -> None:
        """Pause the charge."""
        await self.outlets[connector].suspend(by)

    async def resume(self, connector: int = 1) -> None:
        """Go on after a pause."""
        await self.outlets[connector].resume()

    async def stop(self, connector: int = 1, reason: str = "Local") -> Session | None:
        """End the session."""
        return await self.outlets[connector].stop(reason)

    async def unplug(self, connector: int = 1) -> None:
        """Take the cable away."""
        await self.outlets[connector].unplug()

    async def fault(self, connector: int = 1, error_code: str = "GroundFailure") -> None:
        """Break a connector."""
        await self.outlets[connector].fault(error_code)

    async def clear_fault(self, connector: int = 1) -> None:
        """Repair a connector."""
        await self.outlets[connector].clear_fault()
