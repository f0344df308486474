"""Reservations, local lists, connection data and customers in the words of each version.

OCPP 1.6 §5.1, §5.10, §5.13, §5.15 · OCPP 2.0.1 B09, D01, D02, H01, H02, N09
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.authlists import AskCapacity, AskVersion, Capacity, SendList, parts
from cpoctl.ocpp.asks.customers import AskCustomer
from cpoctl.ocpp.asks.networks import SetNetworkProfile
from cpoctl.ocpp.asks.reservations import Cancel, Reserve
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

END, END_TEXT = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-12-31T23:59:59Z"
ANNA = {"idToken": "ANNA", "type": "Central"}
CLUB = {"idToken": "CLUB", "type": "Central"}
WORTH = {"expiryDate": END_TEXT, "parentIdTag": "CLUB", "status": "Accepted"}
CONNECTION: dict[str, Any] = {
    "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": "wss://c.example/", "messageTimeout": 30,
    "securityProfile": 2, "ocppInterface": "Wired0",
}  # fmt: skip
APN = {"apn": "m2m", "apnAuthentication": "AUTO"}
WIRED: dict[str, Any] = {"url": "wss://c.example/", "security_profile": 2, "interface": "Wired0", "message_timeout": 30}

CASES: list[tuple[Ask, Becomes]] = [
    (
        Reserve(number=7, tag="ANNA", until=END, parent="CLUB", evse_id=2),
        {
            V16: (
                "ReserveNow",
                {
                    "connectorId": 2,
                    "expiryDate": END_TEXT,
                    "idTag": "ANNA",
                    "parentIdTag": "CLUB",
                    "reservationId": 7,
                },
            ),
            **both(
                "ReserveNow",
                {"id": 7, "expiryDateTime": END_TEXT, "idToken": ANNA, "evseId": 2, "groupIdToken": CLUB},
            ),
        },
    ),
    (
        Reserve(number=7, tag="ANNA", until=END),
        {
            V16: ("ReserveNow", {"connectorId": 0, "expiryDate": END_TEXT, "idTag": "ANNA", "reservationId": 7}),
            **both("ReserveNow", {"id": 7, "expiryDateTime": END_TEXT, "idToken": ANNA}),
        },
    ),
    (
        Reserve(number=7, tag="ANNA", until=END, connector_type="cCCS2"),
        both("ReserveNow", {"id": 7, "expiryDateTime": END_TEXT, "connectorType": "cCCS2", "idToken": ANNA}),
    ),
    (
        Cancel(number=7),
        {V16: ("CancelReservation", {"reservationId": 7}), **both("CancelReservation", {"reservationId": 7})},
    ),
    (AskVersion(), {V16: ("GetLocalListVersion", {}), **both("GetLocalListVersion", {})}),
    (
        AskCapacity(),
        {
            V16: ("GetConfiguration", {"key": ["SendLocalListMaxLength"]}),
            **both(
                "GetVariables",
                {
                    "getVariableData": [
                        {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "ItemsPerMessage"}},
                        {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "BytesPerMessage"}},
                    ]
                },
            ),
        },
    ),
    (
        SendList(version=3, entries=[{"idTag": "ANNA", "idTagInfo": WORTH}, {"idTag": "GONE"}], full=False),
        {
            V16: (
                "SendLocalList",
                {
                    "listVersion": 3,
                    "localAuthorizationList": [{"idTag": "ANNA", "idTagInfo": WORTH}, {"idTag": "GONE"}],
                    "updateType": "Differential",
                },
            ),
            **both(
                "SendLocalList",
                {
                    "localAuthorizationList": [
                        {
                            "idToken": ANNA,
                            "idTokenInfo": {
                                "status": "Accepted",
                                "cacheExpiryDateTime": END_TEXT,
                                "groupIdToken": CLUB,
                            },
                        },
                        {"idToken": {"idToken": "GONE", "type": "Central"}},
                    ],
                    "versionNumber": 3,
                    "updateType": "Differential",
                },
            ),
        },
    ),
    (
        SendList(version=1, entries=[], full=True),
        {
            V16: ("SendLocalList", {"listVersion": 1, "localAuthorizationList": [], "updateType": "Full"}),
            **both("SendLocalList", {"versionNumber": 1, "updateType": "Full"}),
        },
    ),
    (
        SetNetworkProfile(slot=1, more={"apn": APN}, **WIRED),
        {
            V201: ("SetNetworkProfile", {"configurationSlot": 1, "connectionData": {"apn": APN, **CONNECTION}}),
            V21: (
                "SetNetworkProfile",
                {"configurationSlot": 1, "connectionData": {"apn": APN, **CONNECTION, "ocppVersion": "OCPP21"}},
            ),
        },
    ),
    (
        SetNetworkProfile(slot=1, speaks=V16, **WIRED),
        both("SetNetworkProfile", {"configurationSlot": 1, "connectionData": {**CONNECTION, "ocppVersion": "OCPP16"}}),
    ),
    (
        SetNetworkProfile(slot=1, speaks=V201, **WIRED),
        {
            V201: ("SetNetworkProfile", {"configurationSlot": 1, "connectionData": CONNECTION}),
            V21: (
                "SetNetworkProfile",
                {"configurationSlot": 1, "connectionData": {**CONNECTION, "ocppVersion": "OCPP201"}},
            ),
        },
    ),
    (
        AskCustomer(request_id=5, report=True, clear=False, tag="ANNA"),
        both("CustomerInformation", {"idToken": ANNA, "requestId": 5, "report": True, "clear": False}),
    ),
    (
        AskCustomer(request_id=5, report=False, clear=True, identifier="4711"),
        both(
            "CustomerInformation",
            {"requestId": 5, "report": False, "clear": True, "customerIdentifier": "4711"},
        ),
    ),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


def variables(items: Any = None, size: Any = None) -> dict[str, Any]:
    """What a 2.x charger says of its local list."""
    told = [("ItemsPerMessage", items), ("BytesPerMessage", size)]
    return {
        "getVariableResult": [
            {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": name}, "attributeValue": value}
            for name, value in told
            if value is not None
        ]
    }


@pytest.mark.parametrize(
    ("payload", "capacity"),
    [
        ({"configurationKey": [{"key": "sendlocallistmaxlength", "value": " 10 "}]}, Capacity(10)),
        ({"configurationKey": [{"key": "SendLocalListMaxLength", "value": 10}, "junk"]}, Capacity(10)),
        ({"configurationKey": [{"key": "SendLocalListMaxLength", "value": "lots"}]}, Capacity()),
        ({"configurationKey": None}, Capacity()),
        (variables("20", "4000"), Capacity(20, 4000)),
        (variables(size="4000"), Capacity(None, 4000)),
        (variables("0"), Capacity()),
        ({"getVariableResult": [{"variable": "junk"}]}, Capacity()),
        ({}, Capacity()),
    ],
)
def test_what_a_charger_takes_at_once_is_read_whatever_it_says(payload: dict[str, Any], capacity: Capacity) -> None:
    assert AskCapacity.read(payload) == capacity


@pytest.mark.parametrize(
    ("payload", "version"),
    [({"listVersion": -1}, -1), ({"versionNumber": 7}, 7), ({"versionNumber": True}, None), ({}, None)],
)
def test_the_version_of_a_list_is_read(payload: dict[str, Any], version: int | None) -> None:
    assert AskVersion.read(payload) == version


ENTRIES = [{"idTag": f"T{number:03}", "idTagInfo": {"status": "Accepted"}} for number in range(50)]


@pytest.mark.parametrize("version", Version)
def test_a_list_is_split_by_the_number_of_its_entries(version: Version) -> None:
    assert [len(part) for part in parts(version, ENTRIES, Capacity(20))] == [20, 20, 10]
    assert [len(part) for part in parts(version, ENTRIES, Capacity())] == [50]
    assert list(parts(version, [], Capacity(20))) == [[]]


@pytest.mark.parametrize("version", [V201, V21])
def test_a_list_is_split_by_the_size_of_a_message(version: Version) -> None:
    found = list(parts(version, ENTRIES, Capacity(40, 1000)))
    assert [entry for part in found for entry in part] == ENTRIES
    assert 3 <= len(found) <= 6
    for part in found:
        assert len(str(SendList(version=9, entries=part, full=False).request(version).payload)) < 1100


def test_an_entry_that_is_too_large_goes_alone() -> None:
    assert [len(part) for part in parts(V201, ENTRIES[:3], Capacity(None, 10))] == [1, 1, 1]
