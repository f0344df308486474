"""The demo: a server on loopback with a temporary database, and simulated chargers of every version that live fast.

Their time runs `speed` times faster than the wall clock by which they stamp their messages: a session of ten
seconds holds the energy of twenty minutes. Nothing is left behind.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cpoctl import events
from cpoctl.clock import parsed
from cpoctl.config import AlertSettings, ServeSettings
from cpoctl.csms.operator import Face
from cpoctl.foreground import attended
from cpoctl.ocpp import Version
from cpoctl.operations import Role
from cpoctl.operations.session import SessionRow
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from cpoctl.running import Running, running
from cpoctl.simulator import Backoff, Car, Fleet, Habits, Pace, RealTime, Step, charger_ids
from cpoctl.table import kwh

MINUTE: Final = 60.0
PACE: Final = Pace(
    between_visits_s=6 * MINUTE,
    stay_s=22 * MINUTE,
    between_faults_s=150 * MINUTE,
    between_outages_s=90 * MINUTE,
)
TAGS: Final = ("ANNA-K", "BEN-07", "CARLA-3", "DEPOT-12", "EMIL-J", "FLEET-1", "GUEST-4", "HANNA-9")
TARIFF: Final = "demo"
HEARTBEAT_S: Final = 20.0
SILENT_AFTER_S: Final = 2  # of the wall clock: an outage is over within some seconds
LATE_S: Final = 1.0  # what is told later than this came from a charger's queue


@dataclass(frozen=True)
class Plan:
    """How many chargers, and how much faster than the clock they live."""

    chargers: int = 6
    speed: float = 120.0


class Demo:
    """A running demo, as whoever watches it may ask."""

    def __init__(self, server: Running, plan: Plan) -> None:
        self.server = server
        self.plan = plan
        self.news: asyncio.Queue[str] = asyncio.Queue()
        """What has happened, a line each."""
        self._face = Face(server.central)
        self._face.bus.listen(self._hear)

    async def set_prices(self) -> None:
        """Let sessions cost something, by a tariff as anybody would add it."""
        for act in (
            AddTariff(id=TARIFF, energy="0.49", start_fee="0.35", vat="19", currency="EUR"),
            AssignTariff(tariff=TARIFF, default=True),
        ):
            await self._face.act(act, "demo", Role.ADMIN)

    async def sessions(self) -> list[SessionRow]:
        """Every session so far, the newest first."""
        return await self._face.query(ListSessions())

    def _hear(self, _: int | None, event: events.Event) -> None:
        now = self._face.clock.now()
        if line := told(event, now):
            self.news.put_nowait(f"{now.astimezone():%H:%M:%S}  {event.charger_id or '':<9} {line}")


Watch = Callable[[Demo, asyncio.Event], Awaitable[None]]
"""Shows a demo until it has seen enough, or the event says that it is to stop."""


def run(plan: Plan, watch: Watch) -> None:
    """Run the demo as long as `watch` does."""

    async def show(stop: asyncio.Event) -> None:
        async with demo(plan) as stage:
            await watch(stage, stop)

    attended(show)


@asynccontextmanager
async def demo(plan: Plan) -> AsyncIterator[Demo]:
    """Run a server and its simulated chargers."""
    beat = round(HEARTBEAT_S * plan.speed)  # in the chargers' time, so that the log is not full of it
    settings = ServeSettings(listen="127.0.0.1:0", ephemeral=True, accept_all=True, heartbeat=beat)
    async with running(settings, alerts=AlertSettings(SILENT_AFTER_S)) as server:
        stage = Demo(server, plan)
        await stage.set_prices()
        fleet = _fleet(server.url, plan)
        fleet.start()
        try:
            yield stage
        finally:
            await fleet.stop()


def _fleet(url: str, plan: Plan) -> Fleet:
    ids = charger_ids(plan.chargers, "DEMO-{:02}")
    return Fleet(
        url,
        ids,
        versions=tuple(Version),
        time=RealTime(plan.speed),
        habits=Habits(PACE, TAGS, dict(zip(ids, _openings(), strict=False))),
        backoff=Backoff(first_s=0.5, longest_s=5),
        seed=7,
    )


def _openings() -> Sequence[Sequence[Step]]:
    """How the first six begin, so that the first seconds show what chargers do. In minutes of their time."""
    return (
        _charge(0.5, 11, "ANNA-K", Car("compact", 58_000, 11_040, soc=0.3)),
        _charge(1.5, 14, "BEN-07", Car("van", 90_000, 22_080, soc=0.2)),
        _charge(1.0, 9, "FLEET-1", Car("tourer", 93_000, 150_000, phases=0, taper_from=0.6, soc=0.12)),
        [
            *_charge(2.0, 4, "CARLA-3", Car("estate", 77_000, 11_040, soc=0.4))[:2],
            Step(5 * MINUTE, "fault", error_code="GroundFailure"),
            Step(12 * MINUTE, "clear fault"),
            Step(1 * MINUTE, "unplug"),
        ],
        [
            *_charge(1.0, 4, "DEPOT-12", Car("van", 90_000, 22_080, soc=0.3))[:2],
            Step(4 * MINUTE, "go offline"),  # the car charges on, the messages queue up
            Step(7 * MINUTE, "stop"),
            Step(3 * MINUTE, "come back"),
            Step(1 * MINUTE, "unplug"),
        ],
        _charge(4.0, 8, "HANNA-9", Car("tourer", 93_000, 150_000, phases=0, taper_from=0.6, soc=0.35)),
    )


def _charge(after: float, stay: float, tag: str, car: Car) -> list[Step]:
    return [
        Step(after * MINUTE, "plug in", car=car),
        Step(15, "present tag", tag=tag),
        Step(stay * MINUTE, "stop"),
        Step(MINUTE, "unplug"),
    ]


def told(event: events.Event, now: datetime) -> str | None:
    """An event as a line, or None for what nobody would miss."""
    match event:
        case events.ChargerBooted():
            return f"booted: {event.model}, firmware {event.firmware}"
        case events.ChargerDisconnected():
            return "connection lost"
        case events.ChargerConnected():
            return "connected"
        case events.StatusChanged(evse_id=evse) if evse > 0:
            return event.status if event.error_code in (None, "NoError") else f"{event.status}: {event.error_code}"
        case events.TagRefused():
            return f"tag {event.tag_id} refused: {event.status}"
        case events.SessionStarted():
            return f"session {event.session_id} started, tag {event.tag_id}"
        case events.SessionStopped():
            late = (now - parsed(event.stopped_at)).total_seconds()
            replayed = f", told {late:.0f} s later" if late > LATE_S else ""
            return f"session {event.session_id} stopped, {kwh(event.energy_wh)} kWh, {event.reason}{replayed}"
        case _:
            return None
