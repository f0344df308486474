"""Watching one charger: every event of it is looked at once, in order, while what it tells is so."""

import asyncio

import pytest

from cpoctl import events
from cpoctl.csms.watching import Watching
from cpoctl.domain.fleet import LiveFleet
from cpoctl.events import Bus, ChargerBooted, ChargerConnected, ChargerDisconnected, Event

AT = "2026-11-22T13:00:00.000Z"


class World:
    """A live fleet and its bus."""

    def __init__(self) -> None:
        self.bus, self.live = Bus(), LiveFleet()
        for name in ("CP-1", "CP-2"):
            self.happens(events.ChargerAdded(charger_id=name, registration="Accepted", known=True))

    def happens(self, event: Event) -> None:
        """Apply and publish, as the ledger does."""
        self.live.apply(event)
        self.bus.publish(1, event)

    def watching(self) -> Watching:
        """Whoever asked for it wrote the charger's id in small letters."""
        return Watching(self.bus, self.live, "cp-1")


@pytest.fixture
def world() -> World:
    return World()


def connected(name: str = "CP-1") -> Event:
    return ChargerConnected(charger_id=name, connection_id=1, address="", version="1.6", auth="none", at=AT)


def gone() -> Event:
    return ChargerDisconnected(charger_id="CP-1", connection_id=1, at=AT, code=1006, reason="")


def booted() -> Event:
    return ChargerBooted(
        charger_id="CP-1", vendor="Acme", model="AC-22", serial=None, firmware=None, registration="Accepted", at=AT
    )


async def test_what_is_so_for_a_moment_only_is_seen(world: World) -> None:
    with world.watching() as watch:
        seen = asyncio.create_task(watch.until(lambda _: world.live.chargers["cp-1"].connected or None))
        await asyncio.sleep(0)
        world.happens(connected())
        world.happens(gone())
        assert await seen


async def test_what_came_before_and_between_two_waits_is_kept_in_its_order(world: World) -> None:
    with world.watching() as watch:
        world.happens(connected())
        assert await watch.until(lambda event: event) == connected()
        waiting = asyncio.create_task(watch.until(lambda event: event))
        await asyncio.sleep(0)
        world.happens(gone())
        world.happens(booted())
        world.happens(connected())
        assert await waiting == gone()
        assert await watch.until(lambda event: event) == booted()
        assert await watch.until(lambda event: event) == connected()


async def test_other_chargers_are_not_looked_at(world: World) -> None:
    with world.watching() as watch:
        world.happens(connected("CP-2"))
        world.happens(booted())
        assert await watch.until(lambda event: event) == booted()
