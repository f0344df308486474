"""A charger's wrong clock is found by its messages and taken off the times of its sessions; what it told stays. V-04"""

import json
from datetime import timedelta

import pytest

from cpoctl.clock import wire
from cpoctl.domain.clocks import ClockWatch, correction, proves_right
from cpoctl.ocpp import Version
from cpoctl.operations.session.rebuild import RebuildSessions
from cpoctl.operations.session.review import ReviewSessions
from tests.csms.test_transaction_event import ENDED, STARTED
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
        ([(0, 180), (60, 180), (120, 180), (180, 0), (240, 0), (300, 0)], 0),  # it was set
        ([(0, 180), (60, 180), (120, 180), (180, 90), (240, 30), (300, 0)], None),
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
    await csms.until(lambda: csms.known().clock_ahead_s is not None)


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


HOURS = 3 * 3600


@pytest.mark.parametrize(
    ("ahead", "off", "since", "left", "right"),
    [
        (0.0, HOURS, 40_000, 39_999, True),  # it was connected when something that waited so long would have been dated
        (0.0, -HOURS, 40_000, None, True),  # by a clock that is behind it would be of the future
        (0.0, HOURS, 49_900, 20_000, False),  # it was away then, and tells now what waited
        (0.0, HOURS, 49_900, None, False),  # nobody knows since when it was away
        (0.0, HOURS, 45_000, 20_000, True),  # what waited has been told long since
        (0.0, HOURS, 20_000, None, True),  # it has been connected for longer
        (60.0, HOURS, 40_000, 39_999, False),
        (float(HOURS), HOURS, 40_000, 39_999, False),
    ],
)
def test_a_time_that_fits_its_receipt_is_right_unless_it_may_have_waited_as_long_as_the_clock_is_ahead(
    ahead: float, off: float, since: float, left: float | None, right: bool
) -> None:
    assert proves_right(ahead, off, 50_000.0, since, left) is right


async def status(csms: Csms, charger: RawCharger, told: str, ahead: float = 0) -> None:
    """A charger tells its status by a clock that is ahead."""
    at = wire(csms.clock.now() + timedelta(seconds=ahead))
    await charger.call(
        "StatusNotification", {"connectorId": 1, "status": told, "errorCode": "NoError", "timestamp": at}
    )


async def session(csms: Csms, charger: RawCharger, begins: float, ends: float, meter: int = 8000) -> list[str]:
    """A session of an hour with the clock so far ahead at its begin and at its end; what it is flagged with."""
    at = wire(csms.clock.now() + timedelta(seconds=begins))
    number = (await charger.call("StartTransaction", start(at=at)))["transactionId"]
    csms.clock.move(3600)
    at = wire(csms.clock.now() + timedelta(seconds=ends))
    await charger.call("StopTransaction", stop(number, meter, at=at))
    (kept,) = await csms.rows("SELECT flags FROM session ORDER BY session_id DESC LIMIT 1")
    return list(json.loads(kept["flags"]))


async def times(csms: Csms) -> list[str]:
    """When the newest session began and ended."""
    (kept,) = await csms.rows("SELECT started_at, stopped_at FROM session ORDER BY session_id DESC LIMIT 1")
    return [kept["started_at"][11:16], kept["stopped_at"][11:16]]


async def test_a_server_that_begins_anew_still_knows_a_wrong_clock_after_the_first_status(csms: Csms) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, HOURS)
    await csms.restart()
    charger = await csms.booted()
    await status(csms, charger, "Preparing", HOURS)
    assert (await csms.rows("SELECT clock_ahead_s FROM charger"))[0]["clock_ahead_s"] == HOURS
    assert await session(csms, charger, HOURS, HOURS) == ["clock_corrected"]
    assert await times(csms) == ["14:03", "15:03"]


@pytest.mark.parametrize("ahead", [HOURS, -2 * 3600])
async def test_a_clock_that_a_boot_set_right_is_right_from_the_first_message_on(csms: Csms, ahead: float) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, ahead)
    await charger.hang_up()
    charger = await csms.booted()
    assert await session(csms, charger, 0, 0) == []
    assert await times(csms) == ["14:03", "15:03"]
    assert csms.known().clock_ahead_s == ahead  # a boot alone says nothing of a clock
    await status(csms, charger, "Available")
    await csms.until(lambda: csms.known().clock_off_s == 0)


async def test_what_waited_for_as_long_as_the_clock_is_ahead_is_corrected_all_the_same(csms: Csms) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, HOURS)
    await charger.hang_up()
    await csms.until(lambda: not csms.known().connected)
    csms.clock.move(HOURS + 3600)
    charger = await csms.booted()
    await status(csms, charger, "Finishing")
    at = wire(csms.clock.now())
    await charger.call("StartTransaction", start(at=at))
    assert (csms.known().clock_ahead_s, (await csms.session())["started_at"][11:16]) == (HOURS, "15:03")


async def test_a_begin_and_an_end_by_two_clocks_are_a_doubt_that_a_rebuild_leaves(csms: Csms) -> None:
    charger = await csms.booted()
    at = wire(csms.clock.now() + timedelta(seconds=HOURS))
    number = (await charger.call("StartTransaction", start(at=at)))["transactionId"]
    await told_three_times(csms, charger, HOURS)  # it became known
    at = wire(csms.clock.now() + timedelta(seconds=HOURS))
    await charger.call("StopTransaction", stop(number, at=at))
    doubts = ["timestamp_ahead", "clock_corrected", "ended_before_begin", "clock_changed"]
    assert json.loads((await csms.session())["flags"]) == doubts
    told = await csms.do(RebuildSessions(session="1", apply=True, reason="to see"))
    assert [row.state for row in told] == ["same"]
    assert json.loads((await csms.session())["flags"]) == doubts
    (row,) = await csms.store.reading(ReviewSessions().select)
    assert row.evidence == [
        "it was told before the time that it is dated at: its charger's clock is ahead, and nobody knew how far",
        "by its charger's clock it ended before it began",
        "its begin and its end are by two clocks: its charger's was set, or became known, between them",
    ]


async def test_a_clock_that_is_set_right_within_a_session_is_a_doubt(csms: Csms) -> None:
    charger = await csms.booted()
    await told_three_times(csms, charger, -2 * 3600)
    assert await session(csms, charger, -2 * 3600, 0) == ["clock_corrected", "clock_changed"]


async def test_an_end_that_is_later_than_it_was_told_is_a_doubt(csms: Csms) -> None:
    charger = await csms.booted()
    assert await session(csms, charger, 0, 50) == []
    assert await session(csms, charger, 0, 3600) == ["timestamp_ahead"]
    (row,) = await csms.store.reading(ReviewSessions().select)
    assert row.item == "session-2"


async def test_a_transaction_of_2_has_the_same_doubts(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    for told in (STARTED, ENDED):
        at = wire(csms.clock.now() + timedelta(seconds=HOURS if told is ENDED else 0))
        await charger.call("TransactionEvent", {**told, "timestamp": at})
    assert "timestamp_ahead" in json.loads((await csms.session())["flags"])


async def test_a_status_by_a_clock_that_was_set_right_is_shown(csms: Csms) -> None:
    charger = await csms.booted()
    await status(csms, charger, "Charging", HOURS)
    await status(csms, charger, "Preparing", HOURS - 60)  # came late
    assert csms.known().evses[1].status == "Charging"
    await status(csms, charger, "Available")
    assert csms.known().evses[1].status == "Available"
