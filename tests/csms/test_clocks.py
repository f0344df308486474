"""A charger's wrong clock is found by its messages and taken off the times of its sessions; what it told stays. V-04"""

import json
from datetime import timedelta

import pytest

from cpoctl.clock import wire
from cpoctl.domain.clocks import ClockWatch, correction
from tests.support.csms import Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


def hear(*told: tuple[float, float]) -> float | None:
    """What a watch makes of these messages: when they came, and how far ahead they were dated."""
    watch = ClockWatch()
    return [watch.hear(*each) for each in told][-1]


@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        ([(0, 180)], None),
        ([(0, 180), (40, 179), (80, 178)], 179),
        ([(0, 180), (20, 179), (40, 178)], None),  # all at once: it may be a queue
        ([(0, -7200), (1, -7100), (90, -3600), (180, -60)], None),  # a queue, later and later
        ([(0, -1), (60, -900), (90, -2), (120, -1)], -1),  # one came late
        ([(0, 180), (60, 180), (120, 180), (180, 0), (240, 0)], 180),
        ([(0, 180), (60, 180), (120, 180), (180, 0), (240, 0), (300, 0)], None),
        ([(0, 180), (60, 180), (120, 180), *((180 + 60 * n, 0.0) for n in range(5))], 0),  # it was set
    ],
)
def test_a_clock_is_known_when_messages_at_different_times_agree(
    told: list[tuple[float, float]], ahead: float | None
) -> None:
    assert hear(*told) == ahead


def test_a_few_seconds_are_the_way_of_the_message() -> None:
    assert [correction(ahead) for ahead in (None, 9.0, -9.0, 11.0, -11.0)] == [0.0, 0.0, 0.0, 11.0, -11.0]


async def told_three_times(csms: Csms, charger: RawCharger, ahead: float) -> None:
    """A charger tells its status each minute, by a clock that is ahead."""
    for status in ("Available", "Preparing", "Charging"):
        csms.clock.move(60)
        at = wire(csms.clock.now() + timedelta(seconds=ahead))
        told = {"connectorId": 1, "status": status, "errorCode": "NoError", "timestamp": at}
        await charger.call("StatusNotification", told)


@pytest.mark.parametrize("ahead", [180, -240])
async def test_the_times_of_a_session_are_corrected_and_the_chargers_own_are_kept(csms: Csms, ahead: float) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, ahead)
    await csms.restart()  # what was found is kept
    charger = await csms.booted()
    assert csms.known().clock_ahead_s == ahead
    begun = csms.clock.now()
    raw = wire(begun + timedelta(seconds=ahead))
    number = (await charger.call("StartTransaction", start(at=raw)))["transactionId"]
    assert (await charger.call("StartTransaction", start(at=raw)))["transactionId"] == number
    csms.clock.move(600)
    ended = wire(csms.clock.now() + timedelta(seconds=ahead))
    await charger.call("MeterValues", metered(number, 4000, ended))
    await charger.call("StopTransaction", stop(number, at=ended))
    kept = await csms.session()
    assert (kept["started_at"], kept["stopped_at"]) == ("2026-11-22T14:03:00.000Z", "2026-11-22T14:13:00.000Z")
    assert (kept["started_raw"], kept["stopped_raw"]) == (raw, ended)
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, ["clock_corrected"])
    (sample,) = await csms.rows("SELECT taken_at, timestamp_raw, flags FROM meter_value")
    assert sample == {"taken_at": "2026-11-22T14:13:00.000Z", "timestamp_raw": ended, "flags": None}


async def test_a_clock_that_is_right_changes_nothing(csms: Csms) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, -2)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number))
    kept = await csms.session()
    assert (kept["started_at"], json.loads(kept["flags"])) == ("2026-11-22T13:00:00.000Z", [])
    assert csms.known().clock_ahead_s == -2
