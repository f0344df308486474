"""The clock by hand: background sleepers wake at their moment, in their order."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cpoctl.simulator.simtime import ManualTime, RealTime, moment


async def test_sleepers_wake_in_order_at_their_own_moment() -> None:
    time, woken = ManualTime(), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await time.sleep(seconds)
        woken.append((name, time.elapsed()))

    async with asyncio.TaskGroup() as sleepers:
        sleepers.create_task(sleeper("late", 30))
        sleepers.create_task(sleeper("early", 10))
        await time.elapse(60)
    assert woken == [("early", 10), ("late", 30)]
    assert time.elapsed() == 60


async def test_a_sleeper_that_was_cancelled_does_not_disturb() -> None:
    time = ManualTime()
    sleeper = asyncio.create_task(time.sleep(5))
    await time.elapse(1)
    sleeper.cancel()
    await time.elapse(10)
    assert time.elapsed() == 11


async def test_stamps_follow_the_elapsed_time() -> None:
    time = ManualTime()
    before = time.now()
    await time.elapse_until(before + timedelta(hours=2))
    assert time.now() - before == timedelta(hours=2)


async def test_sped_up_time_felt_runs_ahead_of_stamps() -> None:
    time = RealTime(speed=36_000)
    felt, stamped = time.elapsed(), time.now()
    await time.elapse(36)
    assert time.elapsed() - felt >= 36
    assert (time.now() - stamped).total_seconds() < 30


def test_time_does_not_stand_still() -> None:
    with pytest.raises(ValueError, match="above 0"):
        RealTime(speed=0)


def test_a_moment_without_a_zone_is_utc() -> None:
    assert moment("2026-03-01T08:00:00") == datetime(2026, 3, 1, 8, tzinfo=UTC)
