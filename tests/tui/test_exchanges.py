"""A line of the wire log: what it says first is what is still seen where the line is cut off."""

import json
from typing import Any

import pytest

from cpoctl.tui.exchanges import COLS
from tests.tui.test_wire_log import frame


def summary(action: str, carried: Any, answer: str | None = '[3,"a",{}]', **more: Any) -> str:
    """The last column of an exchange."""
    request = json.dumps([2, "a", action, carried])
    return COLS[-1].cell(frame(1, action=action, request=request, answer=answer, **more))[0]


@pytest.mark.parametrize(
    ("carried", "told"),
    [
        (
            {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted", "vendorErrorCode": "E-112"},
            "status=Faulted errorCode=GroundFailure conn=1 vendorErrorCode=E-112",
        ),
        ({"connectorId": 2, "errorCode": "NoError", "status": "Available"}, "status=Available conn=2"),
        (
            {"timestamp": "2026-11-22T14:00:00Z", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1},
            "connectorStatus=Occupied evseId=1 conn=1",
        ),
        ({"connectorId": "one", "status": None}, "status=None conn=one"),
        (["no", "object"], "no object"),
    ],
)
def test_a_status_comes_before_its_error_and_its_place(carried: Any, told: str) -> None:
    assert summary("StatusNotification", carried) == told


def test_a_status_notification_that_is_no_json_is_shown_as_it_is() -> None:
    assert COLS[-1].cell(frame(1, action="StatusNotification", request="[2,"))[0] == "[2,"


def test_what_went_wrong_stands_first_and_what_is_usual_takes_no_room() -> None:
    assert [col.header for col in COLS][-1] == "SUMMARY"
    assert "OUTCOME" not in [col.header for col in COLS]
    assert summary("Reset", {"type": "Soft"}, None, outcome="timeout") == "NO ANSWER  type=Soft"
    assert summary("Reset", {"type": "x"}, outcome="error", violations=["type enum"]) == "ERROR  !type enum  type=x"
    assert summary("Reset", {"type": "Soft"}, '[3,"a",{"status":"Accepted"}]') == "type=Soft  → status=Accepted"
