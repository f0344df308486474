"""Tariffs as OCPP 2.1 has them: per minute, in Wh and W, in the same order. OCPP 2.1 I07"""

from typing import Any

import msgspec
import pytest

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks.tariffs import problems
from cpoctl.ocpp.tariffs import to_ocpp21
from tests.unit.tariffs.stories import costs, element, tariff

RICH = tariff(
    element(costs("FLAT", "0.5", vat=21), day_of_week=["SATURDAY", "SUNDAY"], start_date="2026-01-01"),
    element(
        costs("ENERGY", "0.29", vat=9, step_size=10), start_time="23:00", end_time="07:00", min_kwh="0.5", max_power=22
    ),
    element(costs("ENERGY", "0.39", vat=9), costs("TIME", 2, vat=21), costs("PARKING_TIME", 6), min_duration=600),
    element(costs("TIME", 3), costs("FLAT", 1), reservation="RESERVATION", end_date="2027-01-01"),
    min_price={"excl_vat": 1},
    max_price={"excl_vat": 40, "incl_vat": "48.4"},
    start_date_time="2026-01-01T00:00:00Z",
    tariff_alt_text=[{"language": "nl", "text": "Dag en nacht"}],
)


def test_a_tariff_is_said_per_minute_in_watt_hours_and_watts() -> None:
    found = to_ocpp21(RICH)
    assert found.pop("tariffId").startswith("T-")
    assert found == {
        "currency": "EUR",
        "description": [{"format": "UTF8", "language": "nl", "content": "Dag en nacht"}],
        "validFrom": "2026-01-01T00:00:00Z",
        "energy": {
            "prices": [
                {"priceKwh": 0.29, "conditions": {"startTimeOfDay": "23:00", "endTimeOfDay": "07:00", "minEnergy": 500, "maxPower": 22_000}},
                {"priceKwh": 0.39, "conditions": {"minTime": 600}},
            ],
            "taxRates": [{"type": "VAT", "tax": 9}],
        },
        "chargingTime": {"prices": [{"priceMinute": 0.033333333, "conditions": {"minTime": 600}}], "taxRates": [{"type": "VAT", "tax": 21}]},
        "idleTime": {"prices": [{"priceMinute": 0.1, "conditions": {"minTime": 600}}]},
        "fixedFee": {"prices": [{"priceFixed": 0.5, "conditions": {"dayOfWeek": ["Saturday", "Sunday"], "validFromDate": "2026-01-01"}}], "taxRates": [{"type": "VAT", "tax": 21}]},
        "reservationTime": {"prices": [{"priceMinute": 0.05, "conditions": {"validToDate": "2027-01-01"}}]},
        "reservationFixed": {"prices": [{"priceFixed": 1, "conditions": {"validToDate": "2027-01-01"}}]},
        "minCost": {"exclTax": 1},
        "maxCost": {"exclTax": 40, "inclTax": 48.4},
    }  # fmt: skip


def test_it_fits_the_official_schema() -> None:
    assert problems(msgspec.json.decode(msgspec.json.encode(to_ocpp21(RICH)))) == []


def test_another_content_has_another_id() -> None:
    one, other = (to_ocpp21(tariff(element(costs("ENERGY", price)), id="Day & night"))["tariffId"] for price in (1, 2))
    assert one != other
    assert one.startswith("Day---night-")


def test_midnight_is_said_as_the_end_of_a_day() -> None:
    told = to_ocpp21(tariff(element(costs("ENERGY", 1), start_time="18:00", end_time="00:00")))
    assert told["energy"]["prices"][0]["conditions"] == {"startTimeOfDay": "18:00", "endTimeOfDay": "00:00"}


@pytest.mark.parametrize(
    ("elements", "fields", "said"),
    [
        ([element(costs("ENERGY", 1), max_kwh=5), element(costs("FLAT", 1), min_duration=5)], {}, "element 2 has a FLAT price with minTime"),
        ([element(costs("TIME", 1), reservation="RESERVATION_EXPIRES")], {}, "element 1 is for RESERVATION_EXPIRES"),
        ([element(costs("TIME", 1, vat=9)), element(costs("TIME", 1))], {}, "element 2 has VAT None on TIME, an earlier one 9"),
        ([element(costs("TIME", 1))], {"formula": {"series": "NL"}}, "tariff T follows the price series NL"),
        ([element(costs("TIME", 1))], {"end_date_time": "2027-01-01T00:00:00Z"}, "tariff T ends 2027-01-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_what_it_cannot_say_is_refused_by_the_elements_number(elements: list[Any], fields: Any, said: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        to_ocpp21(tariff(*elements, **fields))
    assert said in refused.value.message
