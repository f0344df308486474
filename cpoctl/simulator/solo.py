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
    await charger.dial_again()
    if deeds is None:
        await live_by_habit(charger, habits, seed)
        await asyncio.Event().wait()  # nobody comes; it stands there until it is told to stop
        return
    await charger.accepted.wait()
    async for step in deeds:
        await live(charger, [step])
