"""Many simulated chargers in one process: connected one after the other, living side by side, ended together."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cpoctl.foreground import waited
from cpoctl.ocpp import Version
from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.dice import dice
from cpoctl.simulator.life import Pace, Step, live, troubles, visits
from cpoctl.simulator.narration import Listener, silence
from cpoctl.simulator.simtime import RealTime, SimTime

HANDSHAKES_AT_ONCE = 64


@dataclass(frozen=True)
class Make:
    """A kind of charger."""

    vendor: str
    model: str
    firmware: str
    dc: bool = False


MAKES = (
    Make("Simulated", "Wallbox 22", "3.1.4"),
    Make("Simulated", "Column 22 Duo", "2.8.0"),
    Make("Simulated", "Rapid 150", "5.0.2", dc=True),
)


@dataclass(frozen=True)
class Habits:
    """How the chargers of a fleet live; without a pace nobody comes.

    `openings` are scripts by charger id: how that charger's life begins, before chance takes over.
    """

    pace: Pace | None = field(default_factory=Pace)
    tags: tuple[str, ...] = tuple(f"CARD-{number:02}" for number in range(1, 13))
    openings: Mapping[str, Sequence[Step]] = field(default_factory=dict)


async def live_by_habit(charger: VirtualCharger, habits: Habits, seed: int) -> None:
    """Live a charger's life from the moment the server has accepted it; for ever, if there is a pace."""
    await charger.accepted.wait()
    await live(charger, habits.openings.get(charger.charger_id, ()))
    pace = habits.pace
    if pace is None:
        return
    async with asyncio.TaskGroup() as lives:
        for number, outlet in charger.outlets.items():
            throws = dice(f"visits:{number}", seed, charger.charger_id)
            lives.create_task(live(charger, visits(throws, number, habits.tags, pace, dc=outlet.dc)))
        mishaps = troubles(dice("troubles", seed, charger.charger_id), len(charger.outlets), pace)
        lives.create_task(live(charger, mishaps))


class Fleet:
    """Chargers that share a server, a clock and their habits."""

    def __init__(
        self,
        url: str,
        charger_ids: Sequence[str],
        *,
        versions: Sequence[Version] = (Version.V16,),
        connectors: int = 1,
        seed: int = 0,
        time: SimTime | None = None,
        habits: Habits | None = None,
        passwords: Mapping[str, str] | None = None,
        misbehaviour: Mapping[str, str] | None = None,
        backoff: Backoff | None = None,
        stagger_s: float = 0.01,
        on_event: Listener = silence,
    ) -> None:
        """Chargers dial `stagger_s` real seconds apart; `misbehaviour` are rules by charger id.

        The versions are dealt in turn.
        """
        self._seed = seed
        self._habits = habits or Habits()
        self._stagger_s = stagger_s
        self._handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        self._lives: list[asyncio.Task[None]] = []
        clock, redial = time or RealTime(), backoff or Backoff()
        self.chargers = [
            VirtualCharger(
                url,
                charger_id,
                version=versions[index % len(versions)],
                connectors=connectors,
                password=(passwords or {}).get(charger_id),
                vendor=make.vendor,
                model=make.model,
                firmware=make.firmware,
                dc=make.dc,
                seed=seed,
                time=clock,
                backoff=redial,
                metering=True,
                misbehave=(misbehaviour or {}).get(charger_id, ""),
                on_event=on_event,
            )
            for index, charger_id in enumerate(charger_ids)
            for make in [MAKES[index % len(MAKES)]]
        ]

    def start(self) -> None:
        """Bring the chargers to life, in the background."""
        self._lives = [asyncio.create_task(self._live(charger, n)) for n, charger in enumerate(self.chargers)]

    async def until(self, stop: asyncio.Event, seconds: float | None = None) -> None:
        """Live until told to stop, or so many seconds; then end in order."""
        self.start()
        try:
            await waited(stop, seconds)
        finally:
            await self.stop()

    async def all_accepted(self) -> None:
        """Wait until the server has accepted every charger."""
        for charger in self.chargers:
            await charger.accepted.wait()

    async def stop(self) -> None:
        """End every life and close every connection; raise what went wrong in one."""
        for life in self._lives:
            life.cancel()
        ends = await asyncio.gather(*self._lives, return_exceptions=True)
        await asyncio.gather(*(charger.disconnect() for charger in self.chargers))
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _live(self, charger: VirtualCharger, index: int) -> None:
        await asyncio.sleep(index * self._stagger_s)
        async with self._handshakes:
            await charger.dial_again()
        await live_by_habit(charger, self._habits, self._seed)


def charger_ids(count: int, pattern: str = "SIM-{:03}") -> list[str]:
    """Number the chargers of a fleet from 1."""
    return [pattern.format(number) for number in range(1, count + 1)]
