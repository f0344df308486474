"""What a session costs, on a charger's screen."""

from datetime import UTC, datetime

import pytest

from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.costs import ShowCost, ShowFinalCost, ShowPrice
from tests.unit.asks.cases import V16, V21, V201, Becomes, check

AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
VENDOR = "org.openchargealliance.costmsg"
RUNNING = '{"transactionId":4711,"timestamp":"2026-11-22T14:00:00Z","meterValue":4000,"cost":1.79,"state":"Charging"}'
UPDATED = ("CostUpdated", {"totalCost": 1.79, "transactionId": "4711"})
USERS = '{"idToken":"ANNA","priceText":"0.595 EUR/kWh"}'
CASES: list[tuple[Ask, Becomes]] = [
    (
        ShowPrice(tag_id="ANNA", text="0.595 EUR/kWh"),
        {V16: ("DataTransfer", {"vendorId": VENDOR, "messageId": "SetUserPrice", "data": USERS})},
    ),
    (
        ShowCost(transaction_id="4711", total=1.79, at=AT, meter_wh=4000.4, charging=True),
        {
            V16: ("DataTransfer", {"vendorId": VENDOR, "messageId": "RunningCost", "data": RUNNING}),
            V201: UPDATED,
            V21: UPDATED,
        },
    ),
    (
        ShowFinalCost(session_id=42, transaction_id="4711", total=4.17, text="4.17 EUR"),
        {
            V16: (
                "DataTransfer",
                {
                    "vendorId": VENDOR,
                    "messageId": "FinalCost",
                    "data": '{"transactionId":4711,"cost":4.17,"priceText":"4.17 EUR"}',
                },
            ),
        },
    ),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)
