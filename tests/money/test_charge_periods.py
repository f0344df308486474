"""Charge periods: a session as its tariff prices it. OCPI 2.2.1 §11.4.5"""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.domain.charge_periods import Charged, Reading, Shown, Suspended, charge, relieved
from cpoctl.domain.tariffs import Charge, Kind

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    """So many minutes after the begin."""
    return BEGIN + timedelta(minutes=minute)


def session(minutes: float = 60, wh: int = 12_000, start: int | None = 1000, reserved: float | None = None) -> Charged:
    """A session of an hour."""
    begun = None if reserved is None else at(reserved)
    return Charged(BEGIN, at(minutes), Fraction(wh), None if start is None else Fraction(start), begun)


def told(charge: Charge) -> list[tuple[float, str, float]]:
    """How long each period was, what it was, and how much flowed."""
    return [
        ((period.end - period.begin).total_seconds() / 60, str(period.kind), float(period.energy_wh))
        for period in charge.periods
    ]


def register(minute: float, wh: float) -> Reading:
    """A reading of the register, as so much above the begin's 1000 Wh."""
    return Reading(at(minute), Fraction(wh) + 1000)


def test_a_session_of_which_nothing_else_is_known_is_one_period() -> None:
    assert told(charge(session(), [], [], ZONE)) == [(60, "CHARGING", 12_000)]


def test_what_the_register_gained_lies_between_its_readings() -> None:
    readings = [register(20, 3000), register(40, 11_000)]
    assert told(charge(session(), readings, [], ZONE)) == [
        (20, "CHARGING", 3000), (20, "CHARGING", 8000), (20, "CHARGING", 1000),
    ]  # fmt: skip


def test_a_car_that_wants_no_more_parks_and_the_energy_flowed_before() -> None:
    statuses = [Shown(at(-1), "Charging"), Shown(at(30), "SuspendedEV")]
    assert told(charge(session(), [], statuses, ZONE)) == [(30, "CHARGING", 12_000), (30, "PARKING", 0)]


def test_a_car_that_goes_on_charging_is_no_longer_parked() -> None:
    statuses = [Shown(at(10), "SuspendedEV"), Shown(at(40), "Charging"), Shown(at(50), "Finishing")]
    assert told(charge(session(), [], statuses, ZONE)) == [
        (10, "CHARGING", 6000), (30, "PARKING", 0), (10, "CHARGING", 6000), (10, "PARKING", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("suspended", "kind"), [(Suspended.TIME, Kind.CHARGING), (Suspended.FREE, Kind.FREE)])
def test_a_limit_of_ours_costs_time_or_nothing(suspended: Suspended, kind: Kind) -> None:
    statuses = [Shown(at(0), "Charging"), Shown(at(30), "SuspendedEVSE")]
    found = charge(session(), [], statuses, ZONE, suspended)
    assert found.periods[-1].kind is kind
    assert sum(period.energy_wh for period in found.periods) == 12_000


def test_the_status_from_before_the_begin_holds_unless_it_ended_another_session() -> None:
    assert told(charge(session(), [], [Shown(at(-5), "SuspendedEV")], ZONE))[0][1] == "PARKING"
    assert told(charge(session(), [], [Shown(at(-5), "Finishing")], ZONE))[0][1] == "CHARGING"
    assert told(charge(session(), [], [Shown(at(-30), "SuspendedEV")], ZONE))[0][1] == "CHARGING"


def test_a_register_that_jumps_back_has_gained_nothing() -> None:
    readings = [register(20, 6000), register(30, -900), register(40, 8000)]
    assert [wh for *_, wh in told(charge(session(), readings, [], ZONE))] == [6000, 0, 2000, 4000]


def test_readings_without_a_register_bring_power_and_current() -> None:
    readings = [
        Reading(at(0), power_w=Fraction(11_000), current_a=Fraction(48)),
        Reading(at(30), power_w=Fraction(4000)),
    ]
    first, second = charge(session(), readings, [], ZONE).periods
    assert [first.power_w, first.current_a] == [11_000, 48]
    assert [second.power_w, second.current_a] == [4000, 48]


def test_the_reservation_that_it_used_comes_first() -> None:
    assert told(charge(session(reserved=-15), [], [], ZONE)) == [(15, "RESERVATION", 0), (60, "CHARGING", 12_000)]


def test_a_session_that_ends_before_it_begins_has_its_energy_and_no_time() -> None:
    assert told(charge(session(minutes=-5), [], [], ZONE)) == [(0, "CHARGING", 12_000)]


def test_energy_that_was_paid_for_is_taken_from_the_begin() -> None:
    whole = charge(session(), [register(20, 3000), register(40, 11_000)], [], ZONE)
    left, taken = relieved(whole, Fraction(5000))
    assert [wh for *_, wh in told(left)] == [0, 6000, 1000]
    assert taken == 5000
    assert left.periods[1].power_w == 24_000
    assert relieved(whole, Fraction(50_000))[1] == 12_000


_MINUTES = st.floats(-20, 80, allow_nan=False)
_STATUSES = st.sampled_from(["Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Available", "Faulted"])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(_MINUTES, st.one_of(st.none(), st.integers(-5000, 30_000))), max_size=5),
    st.lists(st.tuples(_MINUTES, _STATUSES), max_size=5),
    st.integers(0, 20_000),
    st.booleans(),
)
def test_whatever_was_told_the_periods_touch_and_hold_exactly_the_energy(
    readings: list[tuple[float, int | None]], statuses: list[tuple[float, str]], wh: int, known: bool
) -> None:
    measured = [Reading(at(minute), None if value is None else Fraction(value)) for minute, value in readings]
    shown = [Shown(at(minute), status) for minute, status in statuses]
    found = charge(session(wh=wh, start=1000 if known else None), measured, shown, ZONE, Suspended.FREE).periods
    assert sum(period.energy_wh for period in found) == wh
    assert all(period.energy_wh >= 0 and period.end >= period.begin for period in found)
    assert (found[0].begin, found[-1].end) == (BEGIN, at(60))
    assert all(one.end == after.begin for one, after in pairwise(found))
