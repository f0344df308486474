"""The clock of a replay: faster than time, still, and never ahead of what is known."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from cpoctl.tui.pace import Pace
from tests.support.fake_clock import FakeClock

BEGIN = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pace(clock: FakeClock) -> Pace:
    """One at 60 times the speed, which knows a day."""
    pace = Pace(BEGIN, 60, clock.monotonic)
    pace.allow(BEGIN + timedelta(days=1))
    return pace


def never() -> bool:
    return False


def test_it_runs_at_its_speed(pace: Pace, clock: FakeClock) -> None:
    clock.move(2)
    assert pace.now() == BEGIN + timedelta(minutes=2)


def test_another_speed_holds_from_then_on(pace: Pace, clock: FakeClock) -> None:
    clock.move(1)
    pace.step(+1)
    clock.move(1)
    assert (pace.speed, pace.now()) == (120, BEGIN + timedelta(minutes=3))


def test_there_is_a_slowest_and_a_fastest_speed(pace: Pace) -> None:
    for _ in range(20):
        pace.step(-1)
    slowest = pace.speed
    for _ in range(20):
        pace.step(+1)
    assert (slowest, pace.speed) == (1, 3600)


def test_it_stands_while_it_is_paused_and_goes_on_from_there(pace: Pace, clock: FakeClock) -> None:
    pace.pause(True)
    clock.move(10)
    assert pace.now() == BEGIN
    pace.pause(False)
    clock.move(1)
    assert pace.now() == BEGIN + timedelta(minutes=1)


def test_it_waits_for_what_is_not_known_yet_and_leaps_over_nothing(pace: Pace, clock: FakeClock) -> None:
    pace.allow(BEGIN + timedelta(seconds=30))
    clock.move(10)
    assert pace.now() == BEGIN + timedelta(seconds=30)
    pace.allow(BEGIN + timedelta(hours=1))
    assert pace.now() == BEGIN + timedelta(seconds=30)


def test_what_has_come_is_not_waited_for(pace: Pace, clock: FakeClock) -> None:
    clock.move(1)
    assert pace.reaches(BEGIN + timedelta(seconds=60), never)


def test_a_waiter_is_woken_to_give_up(pace: Pace) -> None:
    gone = threading.Event()
    pace.pause(True)
    told: list[bool] = []
    waiter = threading.Thread(target=lambda: told.append(pace.reaches(BEGIN + timedelta(hours=1), gone.is_set)))
    waiter.start()
    gone.set()
    pace.wake()
    waiter.join(5)
    assert told == [False]


def test_a_waiter_does_not_sleep_through_a_jump(pace: Pace) -> None:
    pace.pause(True)
    told: list[bool] = []
    waiter = threading.Thread(target=lambda: told.append(pace.reaches(BEGIN + timedelta(hours=1), never)))
    waiter.start()
    pace.begin(BEGIN + timedelta(hours=2))
    waiter.join(5)
    assert told == [True]
