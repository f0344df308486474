"""The picture: what counts as today's."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from cpoctl.client import Told
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.tui.link import Synced
from cpoctl.tui.picture import Picture


class Clock:
    """It stands at what it is set to."""

    def __init__(self, at: str) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.at)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody watches in Berlin."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def picture(clock: Clock, used_wh: float) -> Picture:
    """One of a charger whose sessions that ended today used so much."""
    fleet, made = LiveFleet(), Picture(clock)
    fleet.add(LiveCharger("HQ-1"))
    made.sync(Synced(1, clock.at, None, fleet, {}, {"hq-1": used_wh}))
    return made


def ended(made: Picture, at: str, wh: float) -> None:
    """A session has ended, as the event stream tells it."""
    data = {"session_id": 7, "evse_id": 1, "transaction_id": "7", "started_at": "2026-11-20T18:00:00.000Z", "stopped_at": at,
            "energy_wh": wh, "reason": None}  # fmt: skip
    made.apply(Told("", "", {"seq": 2, "at": at, "type": "SessionStopped", "charger_id": "HQ-1", "data": data}))


def test_after_midnight_what_was_used_the_day_before_is_not_todays() -> None:
    made = picture(clock := Clock("2026-11-20T23:59:00.000Z"), 4_000)
    before = made.today_wh("hq-1")
    clock.at = "2026-11-21T00:00:00.000Z"
    assert (before, made.today_wh("hq-1")) == (4_000, 0)


def test_a_session_that_ended_before_midnight_and_is_told_after_it_is_not_todays() -> None:
    made = picture(clock := Clock("2026-11-20T23:59:00.000Z"), 0)
    clock.at = "2026-11-21T00:00:05.000Z"
    ended(made, "2026-11-20T23:59:58.000Z", 4_000)
    ended(made, "2026-11-21T00:00:01.000Z", 300)
    assert made.today_wh("hq-1") == 300


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("at", "begun"),
    [
        ("2026-10-25T00:30:00.000Z", "2026-10-24T22:00:00.000Z"),
        ("2026-10-25T12:00:00.000Z", "2026-10-24T22:00:00.000Z"),
        ("2026-10-25T22:59:59.000Z", "2026-10-24T22:00:00.000Z"),
        ("2026-10-25T23:00:00.000Z", "2026-10-25T23:00:00.000Z"),
        ("2026-03-29T12:00:00.000Z", "2026-03-28T23:00:00.000Z"),
    ],
)
def test_a_day_on_which_clocks_are_changed_begins_at_its_midnight(at: str, begun: str) -> None:
    assert Picture(Clock(at)).midnight() == begun
