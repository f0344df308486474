"""Concerns: a tariff that can be read, but is hardly meant, is told by the element's number."""

from typing import Any

import pytest

from cpoctl.domain.tariffs import concerns, price
from tests.unit.tariffs.stories import charge, costs, element, tariff

ENERGY = costs("ENERGY", "0.25")
ALWAYS = element(ENERGY)


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ([element(ENERGY, start_time="09:00", end_time="09:00"), ALWAYS], "element 1 can never apply: start_time and end_time are both 09:00; leave both out for the whole day"),
        ([element(ENERGY, start_date="2026-05-01", end_date="2026-05-01"), ALWAYS], "element 1 can never apply: end_date 2026-05-01 is the first day without it, and start_date is 2026-05-01"),
        ([element(ENERGY, min_kwh=20, max_kwh=20), ALWAYS], "element 1 can never apply: max_kwh 20 is not above min_kwh 20"),
        ([element(ENERGY, max_power=0), ALWAYS], "element 1 can never apply: max_power 0 is not above min_power 0"),
        ([ALWAYS, element(costs("ENERGY", 1), min_kwh=20)], "element 2 can never price ENERGY: element 1 comes first wherever it would"),
        ([element(ENERGY, max_kwh=20), element(ENERGY, min_kwh=20), ALWAYS], "element 3 can never price ENERGY: elements 1 and 2 come first wherever it would"),
        ([ALWAYS, element(costs("FLAT", 1), min_kwh=1)], "element 2 can never price FLAT: it is due as the session begins, with no energy and no time gone by"),
        ([ALWAYS, element(costs("PARKING_TIME", 1), min_power=1)], "element 2 can never price PARKING_TIME: nothing flows while parked, or its restrictions never hold at once"),
        ([element(costs("ENERGY", 1, step_size=500))], "element 1: ENERGY is billed in steps of 500 Wh, more than the 100 Wh drivers expect"),
        ([ALWAYS, element(costs("TIME", 1, step_size=900))], "element 2: TIME is billed in steps of 900 s, more than the 60 s drivers expect"),
        ([element(costs("ENERGY", "-0.1"))], "element 1: ENERGY has the price -0.1, below 0"),
        ([element(ENERGY, start_time="18:00", end_time="23:59"), ALWAYS], "element 1: end_time 23:59 leaves out the last minute of the day; 00:00 is its end"),
        ([element(ENERGY, start_time="22:00", end_time="06:00", day_of_week=["FRIDAY"]), ALWAYS], "element 1: it runs over midnight, and day_of_week counts on both sides: after 00:00 it is the day's own 06:00"),
        ([element(ENERGY, start_time="07:00", end_time="22:00"), element(ENERGY, day_of_week=["SUNDAY"]), ALWAYS], "elements 1 and 2 overlap in ENERGY: where both hold, 1 applies"),
        ([element(ENERGY, start_time="07:00")], "ENERGY has no price, so it is free, for example at 00:00"),
        ([element(ENERGY, max_kwh=20)], "ENERGY has no price, so it is free, for example after 20 kWh"),
        ([element(ENERGY, min_current=16), element(ENERGY, max_current=16)], "ENERGY has no price, so it is free, for example where the current is not told"),
        ([element(ENERGY, day_of_week=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"])], "ENERGY has no price, so it is free, for example on a Sunday"),
    ],
)  # fmt: skip
def test_a_concern_names_its_element(elements: list[Any], said: str) -> None:
    assert concerns(tariff(*elements)) == [said]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"start_date_time": "2026-02-01T00:00:00Z", "end_date_time": "2026-01-01T00:00:00Z"}, "the tariff never holds: it ends 2026-01-01T00:00:00Z, and starts 2026-02-01T00:00:00Z"),
        ({"min_price": {"excl_vat": 5}, "max_price": {"excl_vat": 4}}, "min_price lies above max_price: every session costs max_price"),
    ],
)  # fmt: skip
def test_a_concern_about_the_whole_tariff(fields: dict[str, Any], said: str) -> None:
    assert concerns(tariff(ALWAYS, **fields)) == [said]


def test_a_date_outside_the_tariff_is_never_reached() -> None:
    found = concerns(tariff(element(ENERGY, end_date="2026-01-01"), ALWAYS, start_date_time="2026-03-01T00:00:00Z"))
    assert found == ["element 1 can never apply: its end_date 2026-01-01 lies before the tariff starts"]


@pytest.mark.parametrize(
    "elements",
    [
        [ALWAYS],
        [element(costs("FLAT", 0))],
        [element(ENERGY, start_time="22:00", end_time="06:00"), element(costs("ENERGY", 1), start_time="06:00", end_time="22:00")],
        [element(ENERGY, end_date="2026-06-01"), element(ENERGY, start_date="2026-06-01")],
        [element(ENERGY, max_power=50), ALWAYS],
        [element(ENERGY, max_current=16), element(ENERGY, min_current=16), ALWAYS],
        [element(costs("TIME", 1), reservation="RESERVATION"), element(costs("TIME", 1), reservation="RESERVATION_EXPIRES"), element(costs("TIME", 1))],
        [ALWAYS, element(costs("PARKING_TIME", 1), min_duration=3600, start_time="08:00")],
    ],
)  # fmt: skip
def test_a_sound_tariff_raises_no_concern(elements: list[Any]) -> None:
    assert concerns(tariff(*elements)) == []


def test_a_price_by_formula_leaves_no_energy_free() -> None:
    assert concerns(tariff(element(ENERGY, max_kwh=20), formula={"series": "NL"})) == []


def test_an_element_told_unreachable_is_never_on_a_bill() -> None:
    split = [element(ENERGY, max_kwh=20), element(ENERGY, min_kwh=20), element(costs("ENERGY", 9))]
    bill = price(charge(("CHARGING", 60, 40_000)), tariff(*split))
    assert {line.element for line in bill.lines} == {1, 2}


def test_a_tariff_of_very_many_bounds_is_not_examined_for_ever() -> None:
    many = [element(ENERGY, min_kwh=n, max_kwh=n + 1, start_time=f"{n % 24:02d}:01", min_power=n) for n in range(200)]
    assert concerns(tariff(*many)) == []
