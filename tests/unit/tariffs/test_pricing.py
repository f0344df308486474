"""What pricing refuses, and what an operator may spare drivers."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from cpoctl.domain.tariffs import Bill, Charge, Kind, Period, Rails, price
from tests.unit.tariffs.stories import AMSTERDAM, NOON, charge, costs, element, tariff

EVERYTHING = tariff(element(costs("FLAT", 1), costs("ENERGY", "0.5"), costs("PARKING_TIME", 6)))
HOUR = timedelta(hours=1)


def billed(bill: Bill) -> dict[str, Fraction]:
    return {line.dimension.value: line.billed for line in bill.lines}


def test_every_line_says_what_it_was_made_of() -> None:
    bill = price(charge(("CHARGING", 60, 10_000), ("PARKING", 30, 0)), EVERYTHING)
    told: list[Any] = [(line.element, line.dimension, line.kind, line.begin, line.end, line.net) for line in bill.lines]
    assert told == [
        (1, "FLAT", "CHARGING", NOON, NOON, 1),
        (1, "ENERGY", "CHARGING", NOON, NOON + HOUR, 5),
        (1, "PARKING_TIME", "PARKING", NOON + HOUR, NOON + HOUR * 1.5, 3),
    ]


def test_a_price_that_did_not_change_is_one_line() -> None:
    bill = price(charge(*[("CHARGING", 15, 1000)] * 8), EVERYTHING)
    assert [(line.dimension.value, line.quantity) for line in bill.lines] == [
        ("FLAT", Fraction(1)),
        ("ENERGY", Fraction(8000)),
    ]


def test_nothing_is_billed_where_nothing_happened() -> None:
    assert price(Charge((), AMSTERDAM), EVERYTHING).net == 0


def test_energy_without_time_is_billed() -> None:
    bill = price(charge(("CHARGING", 0, 30_000)), tariff(element(costs("ENERGY", 1), max_kwh=10)))
    assert billed(bill) == {"ENERGY": 10_000}


def test_a_restriction_of_current_needs_a_current_that_is_told() -> None:
    limited = tariff(element(costs("ENERGY", 1), max_current=16), element(costs("ENERGY", 2)))
    told = Period(NOON, NOON + HOUR, Kind.CHARGING, 1000, current_a=10)
    untold = Period(NOON + HOUR, NOON + 2 * HOUR, Kind.CHARGING, 1000)
    bill = price(Charge((told, untold), AMSTERDAM), limited)
    assert [line.element for line in bill.lines] == [1, 2]


@pytest.mark.parametrize(
    "periods",
    [
        [Period(NOON, NOON - HOUR, Kind.CHARGING)],
        [Period(NOON, NOON + HOUR, Kind.CHARGING), Period(NOON + 2 * HOUR, NOON + 3 * HOUR, Kind.PARKING)],
        [Period(NOON, NOON + HOUR, Kind.CHARGING, -1)],
        [Period(NOON, NOON + HOUR, Kind.RESERVATION, 1)],
    ],
)
def test_periods_that_cannot_be_are_not_priced(periods: list[Period]) -> None:
    with pytest.raises(ValueError, match="period"):
        price(Charge(tuple(periods), AMSTERDAM), EVERYTHING)


def test_nothing_delivered_may_cost_nothing() -> None:
    least = tariff(element(costs("FLAT", 1), costs("ENERGY", 1)), min_price={"excl_vat": 2})
    idle = charge(("CHARGING", 5, 0))
    assert price(idle, least).net == 2
    assert price(idle, least, rails=Rails(flat_needs_energy=True)).net == 0
    assert price(charge(("CHARGING", 5, 1)), least, rails=Rails(flat_needs_energy=True)).net == 2


def test_parking_before_the_first_energy_may_be_free() -> None:
    waited = charge(("PARKING", 30, 0), ("CHARGING", 30, 5000), ("PARKING", 60, 0))
    assert billed(price(waited, EVERYTHING, rails=Rails(parking_needs_energy=True)))["PARKING_TIME"] == 3600
    assert price(waited, EVERYTHING).net - price(waited, EVERYTHING, rails=Rails(parking_needs_energy=True)).net == 3


def test_free_time_costs_nothing_and_its_energy_does() -> None:
    hourly = tariff(element(costs("TIME", 6), costs("ENERGY", 1)))
    assert billed(price(charge(("CHARGING", 10, 1000), ("FREE", 60, 1000)), hourly)) == {"TIME": 600, "ENERGY": 2000}


def test_the_first_minutes_of_each_stay_may_be_free() -> None:
    twice = charge(("CHARGING", 5, 1), ("PARKING", 9, 0), ("PARKING", 9, 0), ("CHARGING", 5, 1), ("PARKING", 12, 0))
    bill = price(twice, EVERYTHING, rails=Rails(grace_s=600))
    assert [line.billed for line in bill.lines if line.dimension == "PARKING_TIME"] == [480, 120]
