"""Prices by the quarter of an hour: read as exchanges publish them, and priced by a formula."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from cpoctl.domain.tariffs import Point, Series, holes, price, read_series
from cpoctl.errors import UsageProblem
from tests.unit.tariffs.stories import AMSTERDAM, NOON, charge, costs, element, tariff

QUARTER = timedelta(minutes=15)
FLAT = element(costs("FLAT", 1))


def series(*prices: str, begins: datetime = NOON) -> Series:
    points = enumerate(map(Decimal, prices))
    return Series(tuple(Point(begins + n * QUARTER, begins + (n + 1) * QUARTER, each) for n, each in points))


@pytest.mark.parametrize(
    "text",
    [
        "start,end,price [EUR/kWh]\n2026-11-23T12:00:00Z,2026-11-23T12:15:00Z,0.1\n2026-11-23T12:15:00Z,2026-11-23T12:30:00Z,0.2\n",
        "time;price EUR/MWh\r\n2026-11-23 13:00;100,0\r\n2026-11-23 13:15;200,0\r\n",
        "MTU (CET/CEST)\tDay-ahead Price [EUR/MWh]\n23/11/2026 13:00 - 23/11/2026 13:15\t100\n23/11/2026 13:15 - 23/11/2026 13:30\t200\n",
        '{"object": "list", "data": [{"start_timestamp": 1795435200000, "end_timestamp": 1795436100000, "marketprice": 100.0, "unit": "Eur/MWh"},'
        ' {"start_timestamp": 1795436100000, "end_timestamp": 1795437000000, "marketprice": 200, "unit": "Eur/MWh"}]}',
        '{"data": {"today": [{"total": 0.2, "energy": 0.1, "tax": 0.1, "startsAt": "2026-11-23T13:00:00.000+01:00"},'
        ' {"total": 0.3, "energy": 0.2, "tax": 0.1, "startsAt": "2026-11-23T13:15:00.000+01:00"}]}}',
        "\ufefftime,price_kwh\n1795435200,0.1\n1795436100,0.2\n",
        "time,price_kwh\n2026-11-23T13:15:00+01:00,0.2\n\n2026-11-23T12:00:00Z,0.1\n2026-11-23T12:00:00Z,0.1\n",
    ],
    ids=["instants", "decimal comma", "market time units", "milliseconds", "nested", "seconds", "unsorted"],
)  # fmt: skip
def test_each_usual_form_is_read(text: str) -> None:
    assert read_series(text, zone=AMSTERDAM) == series("0.1", "0.2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a first line with the columns start, end, price"),
        ("when,what\n1,2", "needs a first line with the columns start, end, price"),
        ("{", "is no JSON"),
        ("[]", "needs a list of objects with start, end and price"),
        ("time,price\n2026-11-23T12:00:00Z,1", "give the unit, kWh or MWh"),
        ("time,price kwh\n", "has no price"),
        ("time,price kwh\nyesterday,1", "line 2 of the price series: yesterday is no time"),
        ("time,price kwh\n2026-11-23T12:00:00Z,x\n2026-11-23T12:15:00Z,1", "line 2 of the price series: x is no price"),
        ("time,price kwh\n2026-11-23T12:00:00Z,1", "line 2 of the price series has no end"),
        ("time,price kwh\n2026-11-23T12:00:00Z,1\n2026-11-24T12:00:00Z,1", "line 2 of the price series has no end"),
        ("start,end,price kwh\n2026-11-23T12:00:00Z,2026-11-23T12:00:00Z,1", "ends 2026-11-23T12:00:00.000Z, not after it begins"),
        ("start,end,price kwh\n2026-11-23T12:00:00Z,2026-11-23T13:00:00Z,1\n2026-11-23T12:45:00Z,2026-11-23T13:45:00Z,2",
         "line 3 of the price series: 2026-11-23T12:45:00.000Z has a price already, which holds until 2026-11-23T13:00:00.000Z"),
        ("time,price kwh\n2026-03-29 01:00,1\n2026-03-29 02:00,1", "line 3 of the price series: 2026-03-29 02:00 does not exist in Europe/Amsterdam"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        read_series(text, zone=AMSTERDAM)
    assert said in refused.value.message


def test_a_day_of_25_hours_in_local_time_is_whole() -> None:
    hours = ["00", "01", "02", "02", "03", *(f"{hour:02d}" for hour in range(4, 24))]
    found = read_series(
        "time,eur_mwh,price\n" + "\n".join(f"2026-10-25 {each}:00,,10" for each in hours), zone=AMSTERDAM
    )
    assert (len(found.points), holes(found, AMSTERDAM)) == (25, [])


def test_a_day_of_25_hours_with_24_prices_has_a_hole_that_is_told() -> None:
    rows = "\n".join(f"2026-10-25 {hour:02d}:00,10" for hour in range(24))
    found = read_series(f"time,price\n{rows}", zone=AMSTERDAM, unit="MWh")
    assert holes(found, AMSTERDAM) == [
        "no price from 2026-10-25T01:00:00.000Z to 2026-10-25T02:00:00.000Z (60 minutes):"
        " 2026-10-25 has 25 hours in Europe/Amsterdam"
    ]


def test_a_price_that_is_missing_is_a_hole() -> None:
    text = "time,price kwh\n2026-11-23T12:00:00Z,1\n2026-11-23T12:15:00Z,n/e\n2026-11-23T12:30:00Z,-0.5"
    found = read_series(text, zone=AMSTERDAM)
    assert [point.price for point in found.points] == [1, Decimal("-0.5")]
    assert holes(found, AMSTERDAM) == [
        "no price from 2026-11-23T12:15:00.000Z to 2026-11-23T12:30:00.000Z (15 minutes)"
    ]


def test_hours_that_become_quarters_are_read() -> None:
    times = ["10:00", "11:00", "12:00", "12:15", "12:30"]
    text = "time,price kwh\n" + "\n".join(f"2026-11-23T{each}:00Z,1" for each in times)
    assert holes(read_series(text, zone=AMSTERDAM), AMSTERDAM) == []


def test_energy_is_priced_by_the_quarter_in_which_it_flowed() -> None:
    dynamic = tariff(FLAT, formula={"series": "NL", "factor": 2, "markup": "0.05", "vat": 21})
    bill = price(charge(("CHARGING", 30, 10_000)), dynamic, series=series("0.1", "0.2", "9"))
    energy: list[Any] = [(line.element, line.quantity, line.price, line.vat) for line in bill.lines[1:]]
    assert energy == [(0, 5000, Decimal("0.25"), 21), (0, 5000, Decimal("0.45"), 21)]
    assert (bill.net, bill.gross) == (1 + Fraction("3.5"), 1 + Fraction("4.235"))


def test_floor_and_cap_hold_a_price() -> None:
    dynamic = tariff(FLAT, formula={"series": "NL", "floor": 0, "cap": "0.5"})
    bill = price(charge(("CHARGING", 45, 30_000)), dynamic, series=series("-0.3", "0.3", "3"))
    assert [line.price for line in bill.lines[1:]] == [0, Decimal("0.3"), Decimal("0.5")]


def test_a_hole_is_refused_or_an_element_stands_in() -> None:
    with_hole = Series((*series("0.1").points, *series("0.2", begins=NOON + 2 * QUARTER).points))
    charged = charge(("CHARGING", 45, 30_000))
    with pytest.raises(UsageProblem, match=r"series NL has no price for 2026-11-23T12:15:00\.000Z"):
        price(charged, tariff(FLAT, formula={"series": "NL"}), series=with_hole)
    stand_in = tariff(element(costs("ENERGY", 1)), formula={"series": "NL"})
    assert [line.price for line in price(charged, stand_in, series=with_hole).lines] == [
        Decimal("0.1"),
        1,
        Decimal("0.2"),
    ]


def test_a_hole_without_energy_does_not_matter() -> None:
    dynamic = tariff(FLAT, formula={"series": "NL"})
    bill = price(charge(("CHARGING", 15, 1000), ("PARKING", 600, 0)), dynamic, series=series("0.1"))
    assert bill.net == Fraction("1.1")


def test_a_tariff_by_formula_is_not_priced_without_its_series() -> None:
    with pytest.raises(UsageProblem, match="priced by the series NL, which is not there"):
        price(charge(("CHARGING", 15, 1000)), tariff(FLAT, formula={"series": "NL"}))


def test_a_series_that_overlaps_itself_is_refused() -> None:
    with pytest.raises(UsageProblem, match=r"overlaps itself at 2026-11-23T12:15:00\.000Z"):
        Series((Point(NOON, NOON + 2 * QUARTER, Decimal(1)), *series("2", begins=NOON + QUARTER).points))


def test_the_hour_that_comes_twice_has_two_prices() -> None:
    begins = datetime(2026, 10, 25, 0, tzinfo=UTC)
    both = Series(tuple(Point(begins + n * 4 * QUARTER, begins + (n + 1) * 4 * QUARTER, Decimal(n)) for n in range(3)))
    bill = price(charge(("CHARGING", 120, 2000), begins=begins), tariff(FLAT, formula={"series": "NL"}), series=both)
    assert [line.net for line in bill.lines[1:]] == [0, 1]
