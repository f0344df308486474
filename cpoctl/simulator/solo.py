"""One simulated charger in the foreground: lives by habit, or does what somebody tells it, until it is to stop."""

import asyncio
from collections.abc import AsyncIterator

from cpoctl.foreground import unless_stopped
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.fleet import Habits, live_by_habit
from cpoctl.simulator.life import Step, live


async def run(
    charger: VirtualCharger,
    habits: Habits,
    stop: asyncio.Event,
    *,
    seed: int = 0,
    seconds: float | None = None,
    deeds: AsyncIterator[Step] | None = None,
) -> None:
    """Live until told to stop, so many seconds, or until the deeds are done. LinkLost if nobody is there to begin with."""
    await charger.connect()
    try:
        async with asyncio.timeout(seconds):
            await unless_stopped(_live(charger, habits, seed, deeds), stop)
    except TimeoutError:
        pass
    finally:
        await charger.disconnect()


async def _live(charger: VirtualCharger, habits: Habits, seed: int, deeds: AsyncIterator[Step] | None) -> None:
    if deeds is not None:
        await _live_by_hand(charger, deeds)
        return
    await charger.dial_again()
    await live_by_habit(charger, habits, seed)
    await asyncio.Event().wait()  # nobody comes; it stands there until it is told to stop


async def _live_by_hand(charger: VirtualCharger, deeds: AsyncIterator[Step]) -> None:
    """Do one after the other, from the accepted boot on. They are read from the first boot on: whoever tells them hears why."""
    told = asyncio.Queue[Step | None]()

    async def read() -> None:
        await charger.announced.wait()
        async for step in deeds:
            told.put_nowait(step)
        told.put_nowait(None)

    reading = asyncio.create_task(read())
    try:
        await charger.dial_again()
        await charger.accepted.wait()
        while (step := await told.get()) is not None:
            await live(charger, [step])
    finally:
        reading.cancel()
