"""A tariff in words: VAT included, and only where they hold for every session."""

import pytest

from cpoctl.domain.tariffs import Tariff, words
from tests.unit.tariffs.stories import costs, element, tariff

ENERGY = costs("ENERGY", "0.5", vat=19)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (tariff(element(ENERGY)), "0.595 EUR/kWh"),
        (tariff(element(ENERGY, costs("FLAT", 1, vat=19))), "0.595 EUR/kWh, 1.19 EUR per session"),
        (tariff(element(costs("TIME", 6), costs("PARKING_TIME", 7))), "0.10 EUR/min, 7.00 EUR/h after charging"),
        (tariff(element(ENERGY), min_price={"excl_vat": 2, "incl_vat": "2.38"}), "0.595 EUR/kWh, at least 2.38 EUR"),
        (tariff(element(costs("FLAT", 0))), "0.00 EUR"),
        (tariff(element(ENERGY), tariff_alt_text=[{"language": "de", "text": "60 ct/kWh"}]), "60 ct/kWh"),
        (tariff(element(ENERGY, max_kwh=10), element(costs("ENERGY", 1))), None),
        (tariff(element(ENERGY), formula={"series": "NL"}), None),
    ],
)  # fmt: skip
def test_a_driver_reads_what_every_session_costs(told: Tariff, text: str | None) -> None:
    assert words(told) == text


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    assert (
        words(tariff(element(costs("ENERGY", 50), costs("FLAT", "0.5")), currency="JPY"))
        == "50 JPY/kWh, 0.5 JPY per session"
    )
