"""What is drawn now: only what a reading of this connection tells, of the newest session of an EVSE, is live."""

from datetime import UTC, datetime, timedelta

import pytest

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.domain.sessions import SUPERSEDED
from cpoctl.health import standing
from cpoctl.operations.session import stuck

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def at(minutes_ago: float) -> str:
    return stored(NOW - timedelta(minutes=minutes_ago))


def connected(number: int = 1, minutes_ago: float = 60) -> events.ChargerConnected:
    return events.ChargerConnected(
        charger_id="HQ-1", connection_id=number, address="::1", version="1.6", auth="none", at=at(minutes_ago)
    )


def booted() -> events.ChargerBooted:
    return events.ChargerBooted(
        charger_id="HQ-1", vendor="V", model="M", serial=None, firmware=None, registration="Accepted", at=at(1)
    )


def status(word: str, minutes_ago: float = 1) -> events.StatusChanged:
    return events.StatusChanged(
        charger_id="HQ-1", evse_id=1, status=word, error_code=None, info=None, vendor_id=None, vendor_error_code=None,
        since=at(minutes_ago),
    )  # fmt: skip


def began(number: int, minutes_ago: float, *flags: str) -> events.SessionStarted:
    return events.SessionStarted(
        charger_id="HQ-1", session_id=number, evse_id=1, transaction_id=f"t{number}", tag_id="ANNA",
        tag_status="Accepted", started_at=at(minutes_ago), started_raw=at(minutes_ago), meter_start_wh=0,
        meter_start_raw="0", flags=flags,
    )  # fmt: skip


def metered(number: int, watts: float, minutes_ago: float = 2) -> events.MeterChanged:
    return events.MeterChanged(
        charger_id="HQ-1", evse_id=1, transaction_id=f"t{number}", taken_at=at(minutes_ago), energy_wh=5000,
        power_w=watts, soc_percent=None,
    )  # fmt: skip


def after(*happened: events.Event) -> tuple[LiveFleet, LiveCharger]:
    """A fleet of one charger, connected for an hour, to which these things have happened."""
    live = LiveFleet()
    charger = live.add(LiveCharger("HQ-1"))
    for event in (connected(), status("Charging", 31), *happened):
        live.apply(event)
    return live, charger


CHARGES = (began(1, 30), metered(1, 7400))


def test_what_a_session_draws_is_its_newest_reading() -> None:
    live, charger = after(*CHARGES)
    assert charger.power_w == 7400
    assert standing({}, live, NOW).power_w == 7400
    assert stuck(charger, charger.sessions["t1"], NOW) == []


@pytest.mark.parametrize(
    "event",
    [connected(2, 1), booted(), *map(status, ("Available", "Unavailable", "Faulted", "Finishing"))],
    ids=["connected", "booted", "available", "unavailable", "faulted", "finishing"],
)
def test_what_was_drawn_before_says_nothing_of_now(event: events.Event) -> None:
    live, charger = after(*CHARGES, event)
    assert charger.power_w is None
    assert charger.evses[1].power_w is None
    assert standing({}, live, NOW).power_w == 0
    live.apply(metered(1, 3600, 0))
    assert charger.power_w == 3600


def test_a_charger_that_is_away_draws_nothing_that_anybody_knows() -> None:
    gone = events.ChargerDisconnected(charger_id="HQ-1", connection_id=1, code=None, reason="", at=at(1))
    live, charger = after(*CHARGES, gone)
    assert (charger.power_w, standing({}, live, NOW).power_w) == (None, 0)


def test_only_the_newest_session_of_an_evse_draws_anything() -> None:
    _, charger = after(*CHARGES, began(2, 1), metered(2, 11000, 1), metered(1, 7400, 0))
    assert charger.power_of(charger.sessions["t1"]) is None
    assert charger.power_w == 11000


def test_a_session_is_stuck_for_the_reasons_that_the_list_gives() -> None:
    """The words of `session list`, without asking the server."""
    _, charger = after(*CHARGES, status("Available"), began(2, 0.5))
    assert stuck(charger, charger.sessions["t1"], NOW) == [
        f"EVSE Available since {at(1)}",
        "session 2 began on its EVSE",
    ]
    _, charger = after(began(1, 30, SUPERSEDED))
    assert stuck(charger, charger.sessions["t1"], NOW) == ["another session began on its EVSE"]


def test_a_session_without_a_word_for_a_day_is_stuck_unless_only_its_clock_is_behind() -> None:
    two_days = 2 * 24 * 60
    live, charger = after(began(1, two_days))
    assert stuck(charger, charger.sessions["t1"], NOW) == []  # the EVSE's status is of today
    charger.evses[1].since = at(two_days)
    live.apply(connected(2, two_days))
    assert stuck(charger, charger.sessions["t1"], NOW) == [f"no reading since {at(two_days)}"]
