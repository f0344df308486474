"""Reading tariffs: what could make a wrong price is refused, by the element's number. OCPI 2.2.1 §11.3"""

from decimal import Decimal
from typing import Any

import pytest

from cpoctl.domain.tariffs import Dimension, fingerprint, read, read_text, told, written
from cpoctl.errors import UsageProblem
from tests.unit.tariffs.stories import costs, element, tariff

ENERGY = costs("ENERGY", "0.25")


def problem(*elements: Any, **fields: Any) -> str:
    with pytest.raises(UsageProblem) as refused:
        read({"id": "T", "currency": "EUR", "elements": list(elements), **fields})
    return refused.value.message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (element(costs("ENERGI", 1)), "element 2: type: ENERGI is not one of ENERGY, TIME, PARKING_TIME, FLAT"),
        (element({"type": "TIME"}), "element 2, TIME needs a price; 0 is free"),
        (element(costs("TIME", "a lot")), "element 2, TIME: price: 'a lot' is no amount: write it as 0.25"),
        (element(costs("TIME", True)), "element 2, TIME: price: True is no number"),
        (element(costs("TIME", "1e99")), "element 2, TIME: price: 1e99 is no amount"),
        (element(costs("TIME", Decimal("NaN"))), "element 2, TIME: price: NaN is no amount"),
        (element(costs("TIME", 10**5000)), "element 2, TIME: price: such a number is no amount: it must lie between"),
        (element(costs("TIME", 1, vat=-3)), "element 2, TIME: vat: -3 lies below 0"),
        (element(costs("TIME", 1, step_size=0.5)), "element 2, TIME: step_size: 0.5 is no whole number"),
        (element(ENERGY, ENERGY), "element 2 prices one dimension twice"),
        (element(ENERGY, max_kw=11), "element 2: restrictions has no max_kw: max_kwh is meant?"),
        (element(ENERGY, start_time="9:00"), "element 2: restrictions: start_time: 9:00 is no time of day as 17:30"),
        (
            element(ENERGY, start_date="2026-02-30"),
            "element 2: restrictions: start_date: 2026-02-30 is no day as 2026-11-22",
        ),
        (element(ENERGY, day_of_week=["Monday"]), "element 2: restrictions: day_of_week: Monday is not one of MONDAY"),
        (element(ENERGY, day_of_week="MONDAY"), "element 2: restrictions: day_of_week: write a list of days"),
        (element(ENERGY, reservation="RESERVATION"), "element 2 is for reservations, which have FLAT and TIME only"),
        ({"restrictions": {}}, "element 2 needs price_components"),
        ("ENERGY", "element 2 must be a JSON object"),
    ],
)
def test_a_wrong_element_is_told_by_its_number(wrong: Any, said: str) -> None:
    assert said in problem(element(ENERGY), wrong)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"currency": "EURO"}, "currency EURO is not in ISO 4217: write one as EUR"),
        ({"currency": "EUX"}, "currency EUX is not in ISO 4217: write one as EUR"),
        ({"id": ""}, "the tariff needs id: a text of 1 to 36 characters"),
        ({"elements": []}, "the tariff needs elements"),
        ({"element": []}, "the tariff has no element: elements is meant?"),
        ({"tax_included": "YES"}, "tax_included YES: write prices without VAT"),
        ({"min_price": {"incl_vat": 1}}, "min_price needs excl_vat"),
        ({"max_price": {"excl_vat": 2, "incl_vat": 1}}, "max_price: incl_vat 1 lies below excl_vat 2"),
        ({"max_price": 5}, "max_price, as {excl_vat, incl_vat}, must be a JSON object"),
        ({"start_date_time": "tomorrow"}, "the tariff: start_date_time: tomorrow is no time"),
        ({"energy_mix": {"supplier": "\ud800"}}, "the tariff: one of energy_mix cannot be written as JSON"),
        ({"type": "CHEAP"}, "the tariff: type: CHEAP is not one of AD_HOC_PAYMENT"),
        ({"formula": {"series": "NL", "floor": 2, "cap": 1}}, "the tariff: formula: the floor 2 lies above the cap 1"),
    ],
)
def test_a_wrong_field_of_the_tariff_is_told(fields: dict[str, Any], said: str) -> None:
    assert said in problem(element(ENERGY), **fields)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '"T"', "\ufeff{}", '{"id": 1e999999}', "[" * 5000, "null", '{"\ud800": 1}']
)
def test_text_that_is_no_tariff_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        read_text(text)


def test_numbers_are_read_as_they_are_written() -> None:
    text = '{"id": "T", "currency": "eur", "elements": [{"price_components": [{"type": "ENERGY", "price": 0.1}]}]}'
    found = read_text(text)
    assert found.currency == "EUR"
    assert found.elements[0].components[0].price == Decimal("0.1")
    assert found == read({"id": "T", "currency": "EUR", "elements": [element(costs("ENERGY", 0.1))]})


def test_what_was_read_is_told_again() -> None:
    fields: dict[str, Any] = {
        "type": "AD_HOC_PAYMENT",
        "tariff_alt_text": [{"language": "nl", "text": "Nacht"}],
        "min_price": {"excl_vat": Decimal("0.5")},
        "max_price": {"excl_vat": Decimal(10), "incl_vat": Decimal("12.1")},
        "start_date_time": "2026-01-01T00:00:00Z",
        "end_date_time": "2027-01-01T00:00:00Z",
        "energy_mix": {"is_green_energy": True},
        "country_code": "NL",
        "formula": {"series": "NL", "factor": Decimal("1.1"), "markup": Decimal("0.02"), "vat": Decimal(21)},
    }
    limits = {
        "start_time": "22:00", "end_time": "06:00", "start_date": "2026-01-01", "end_date": "2026-07-01",
        "min_kwh": Decimal(1), "max_current": Decimal(32), "max_duration": 60, "day_of_week": ["SUNDAY"],
    }  # fmt: skip
    given = element(costs("TIME", Decimal("1.5"), vat=Decimal(21), step_size=60), **limits)
    assert told(tariff(given, **fields)) == {"id": "T", "currency": "EUR", "elements": [given], **fields}


def test_the_fingerprint_follows_the_content_and_not_its_writing() -> None:
    one = tariff(element(ENERGY), last_updated="2026-01-01T00:00:00Z")
    same = read_text(written(one).replace("0.25", "0.2500"))
    assert fingerprint(same) == fingerprint(one)
    assert fingerprint(tariff(element(costs("ENERGY", "0.26")))) != fingerprint(one)


def test_a_time_of_day_may_be_the_end_of_the_day() -> None:
    found = tariff(element(ENERGY, end_time="24:00"))
    assert told(found)["elements"][0]["restrictions"] == {"end_time": "00:00"}


def test_a_step_of_nothing_is_no_step() -> None:
    assert tariff(element(costs("TIME", 1, step_size=0))).elements[0].components[0].step_size == 1
    assert tariff(element(costs("TIME", 1))).elements[0].components[0].dimension is Dimension.TIME
