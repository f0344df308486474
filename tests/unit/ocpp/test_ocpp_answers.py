"""A charger's answer in one word, with its reason, and whether it says no. OCPP 2.0.1 StatusInfoType"""

from typing import Any

import pytest

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.answers import reason, word
from cpoctl.operations import REFUSALS
from tests.house.reach import ours

INFO = {"reasonCode": "NoPower", "additionalInfo": "grid is down"}
DOES_IT = {
    "Accepted", "AcceptedCanceled", "RebootRequired", "Scheduled", "Unlocked", "Unpublished",
}  # fmt: skip
NOTHING_THERE = {"EmptyResultSet", "NoFirmware", "NoProfiles", "NoTariff", "NotFound", "Unknown"}
"""There was nothing to do it with; that is no refusal."""


def result(status: str, **more: Any) -> dict[str, Any]:
    """An entry of the answer to SetVariables."""
    return {"attributeStatus": status, "component": {"name": "C"}, "variable": {"name": "V"}, **more}


@pytest.mark.parametrize(
    ("payload", "said", "why"),
    [
        ({"status": "Accepted"}, "Accepted", None),
        ({"status": "Rejected", "statusInfo": INFO}, "Rejected", "NoPower, grid is down"),
        ({"status": "Rejected", "statusInfo": {"reasonCode": "NoPower"}}, "Rejected", "NoPower"),
        ({"status": "Rejected", "statusInfo": "junk"}, "Rejected", None),
        ({"setVariableResult": [result("Accepted"), result("RebootRequired")]}, "RebootRequired", None),
        (
            {"setVariableResult": [result("Accepted"), result("Rejected", attributeStatusInfo=INFO)]},
            "Rejected",
            "NoPower, grid is down",
        ),
        ({"setMonitoringResult": [{"status": "UnknownVariable"}]}, "UnknownVariable", None),
        ({"clearMonitoringResult": [{"status": "NotFound", "id": 1}]}, "NotFound", None),
        ({"getVariableResult": [result("UnknownVariable")]}, None, None),  # what it could not tell is no refusal
        ({"setVariableResult": "junk"}, None, None),
        ({"setVariableResult": []}, None, None),
        ({"listVersion": 3}, None, None),
        ({}, None, None),
    ],
)
def test_an_answer_has_a_word_and_a_reason(payload: dict[str, Any], said: str | None, why: str | None) -> None:
    assert (word(payload), reason(payload)) == (said, why)


def statuses(schema: Any) -> set[str]:
    """The words that a schema has for a status."""
    found = set()
    for name, definition in schema.get("definitions", {}).items():
        if "Status" in name and "enum" in definition:
            found |= set(definition["enum"])
    return found | set(schema.get("properties", {}).get("status", {}).get("enum", ()))


@pytest.mark.parametrize("version", Version)
def test_of_every_word_that_an_answer_may_have_it_is_known_whether_it_says_no(version: Version) -> None:
    words = {word for action in ours(version) for word in statuses(schemas.schema(version, action, answer=True))}
    assert words - DOES_IT - NOTHING_THERE - REFUSALS == set()
