"""The `ocpp` package's own 2.0.1 and 2.1 ChargePoint charges a car, over a real socket, and reports what it has."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.status import AskStatus
from tests.interop.chargers import NAME, PACKAGES, connected
from tests.support.csms import T1, T2, Csms

EVSE = {"id": 1, "connector_id": 1}
ANNA = {"id_token": "ANNA", "type": "Central"}


@pytest.fixture(params=[Version.V201, Version.V21])
async def at_work(csms: Csms, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Any, Any]]:
    """The charger with its open session, and its messages."""
    async with connected(csms, request.param) as made:
        yield made, import_module(f"{PACKAGES[request.param]}.call")


def metered(wh: float, at: str) -> list[dict[str, Any]]:
    """A reading of the register and of the power."""
    energy = {"value": wh, "measurand": "Energy.Active.Import.Register", "unit_of_measure": {"unit": "Wh"}}
    power = {"value": 11, "measurand": "Power.Active.Import", "unit_of_measure": {"unit": "W", "multiplier": 3}}
    return [{"timestamp": at, "sampled_value": [energy, power]}]


async def test_it_charges_a_car(csms: Csms, at_work: tuple[Any, Any]) -> None:
    charger, call = at_work
    assert (await charger.call(call.Authorize(id_token=ANNA))).id_token_info["status"] == "Accepted"
    transaction = {"transaction_id": "tx-1", "charging_state": "Charging"}
    for number, kind, wh, at in ((1, "Updated", 1000, T1), (2, "Updated", 4000, T1), (3, "Ended", 8000, T2)):
        ended = {"stopped_reason": "EVDisconnected"} if kind == "Ended" else {}
        told = call.TransactionEvent(
            event_type=kind, timestamp=at, trigger_reason="MeterValuePeriodic", seq_no=number, evse=EVSE,
            transaction_info=transaction | ended, meter_value=metered(wh, at),
        )  # fmt: skip
        await charger.call(told)
        if number == 2:
            assert csms.known().evses[1].power_w == 11_000
    (row,) = await csms.store.reading(ListSessions().select)
    assert (row.charger_id, row.tag_id, row.stop_reason, row.state) == (NAME, "ANNA", "EVDisconnected", "closed")
    assert await csms.count("violation") == 0


async def test_a_session_that_was_asked_for_is_the_one_that_follows(csms: Csms, at_work: tuple[Any, Any]) -> None:
    charger, call = at_work
    outcome = await csms.do(StartSession(charger=f"{NAME}:2", tag="ANNA"))
    await charger.call(
        call.TransactionEvent(
            event_type="Started",
            timestamp=T1,
            trigger_reason="RemoteStart",
            seq_no=0,
            evse={"id": 2},
            transaction_info={"transaction_id": "tx-2", "remote_start_id": outcome.remote_start_id},
            id_token=ANNA,
        )
    )
    assert (await csms.session(2))["remote_start_id"] == outcome.remote_start_id
    assert (await csms.do(AskStatus(session="2"))).ongoing is True
