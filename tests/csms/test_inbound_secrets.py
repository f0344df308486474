"""Secrets that a charger tells by itself: not kept, not shown. What it tells of a session is kept as it came. RELIABILITY V-12"""

import contextlib
import json
import sqlite3
from typing import Any

import pytest

from cpoctl import events
from cpoctl.ocpp import Version
from tests.operations.newer import ANNA, step
from tests.support.csms import Csms, start

PASSWORD = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
REPORT = {"requestId": 1, "seqNo": 0, "generatedAt": "2026-11-22T13:00:00Z"}
EVENT = {
    "eventId": 1,
    "timestamp": "2026-11-22T13:00:00Z",
    "trigger": "Delta",
    "eventNotificationType": "CustomMonitor",
}
CUSTOMER = {"seqNo": 0, "generatedAt": "2026-11-22T13:00:00Z", "requestId": 1}


def holding(value: Any) -> dict[str, Any]:
    """A report that tells the password."""
    return REPORT | {"reportData": [{**PASSWORD, "variableAttribute": [{"value": value}]}]}


def kept(csms: Csms) -> str:
    """Everything that the database holds."""
    with contextlib.closing(sqlite3.connect(csms.path)) as connection:
        return "\n".join(connection.iterdump())


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        (Version.V16, "DataTransfer", {"vendorId": "Acme", "data": json.dumps({"password": "CANARY"})}),
        (Version.V16, "DataTransfer", {"vendorId": "Acme", "data": json.dumps({"password": "CANARY" * 500})}),
        (Version.V16, "SetupDone", {"AuthorizationKey": "CANARY"}),
        (Version.V201, "DataTransfer", {"vendorId": "Acme", "data": {"key": "AuthorizationKey", "value": "CANARY"}}),
        (Version.V201, "NotifyReport", holding("CANARY")),
        (Version.V201, "NotifyReport", holding(["CANARY"])),
        (Version.V201, "NotifyReport", holding("CANARY" * 500)),
        (Version.V201, "NotifyEvent", {"generatedAt": "2026-11-22T13:00:00Z", "seqNo": 0, "eventData": [
            {**EVENT, **PASSWORD, "actualValue": "CANARY"},
        ]}),
        (Version.V201, "NotifyCustomerInformation", CUSTOMER | {"data": json.dumps({"password": "CANARY"})}),
    ],
)  # fmt: skip
async def test_a_secret_that_a_charger_tells_by_itself_is_not_kept(
    csms: Csms, version: Version, action: str, payload: dict[str, Any]
) -> None:
    charger = await csms.booted("CP-1", version=version)
    shown: list[str] = []
    csms.central.ledger.bus.listen(lambda _, event: shown.append(str(event)), events.FrameLogged, frames=True)
    await charger.exchange(action, payload)
    await csms.store.write([])
    assert "CANARY" not in kept(csms)
    assert shown
    assert "CANARY" not in "".join(shown)
    (row,) = await csms.rows(f"SELECT request FROM journal WHERE action = '{action}'")
    assert "********" in row["request"]


async def test_what_names_no_secret_is_kept_as_it_came(csms: Csms) -> None:
    charger = await csms.booted()
    frame = '[2, "m-1",  "DataTransfer", {"vendorId":"Acme" , "data":"1"}]'
    await charger.text(frame)
    await charger.answer("m-1")
    (row,) = await csms.rows("SELECT request FROM journal WHERE action = 'DataTransfer'")
    assert row["request"] == frame


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
async def test_what_is_told_of_a_session_is_kept_byte_for_byte(csms: Csms, version: Version) -> None:
    charger = await csms.booted("CP-1", version=version)
    action, payload = "StartTransaction", start()
    if version is not Version.V16:
        action, payload = "TransactionEvent", step("Started", 0, idToken=ANNA)
    frame = json.dumps([2, "m-1", action, payload | {"customData": {"vendorId": "x", "secret": "kept"}}], indent=1)
    await charger.text(frame)
    await charger.answer("m-1")
    (row,) = await csms.rows(f"SELECT request FROM journal WHERE action = '{action}'")
    assert row["request"] == frame
