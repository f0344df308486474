"""Odd times and meter registers: answered, kept raw, flagged, and never turned into energy. RELIABILITY V-04, V-06"""

import json
from typing import Any

import pytest

from cpoctl.operations.session.list import ListSessions
from tests.support.csms import Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


ODD_TIMES: list[Any] = [
    "222222017-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-11-22T13:00:00",
    "2026-11-22T15:00:00+02", "2026-11-22T13:00:00.123456789Z", "2027-11-22T13:00:00Z", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+14:00", "2026-13-45T99:99:99Z", "22.11.2026 13:00", "1795352400", "", " ", "yesterday",
    "2026-W47-7", None, 1795352400, {}, ["2026-11-22T13:00:00Z"],
]  # fmt: skip


@pytest.mark.parametrize("at", ODD_TIMES, ids=repr)
async def test_an_odd_time_in_any_message_is_answered_and_kept_raw(csms: Csms, charger: RawCharger, at: Any) -> None:
    begun = await charger.call("StartTransaction", start(at=at))
    await charger.call("MeterValues", metered(begun["transactionId"], 4000, at))
    await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging",
                                              "timestamp": at})  # fmt: skip
    await charger.call("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": at})
    await charger.call("StopTransaction", stop(begun["transactionId"], at=at))
    rows = await csms.store.reading(ListSessions().select)
    assert [(row.energy_wh, row.state) for row in rows] == [(7000, "closed")]
    kept = await csms.session()
    assert kept["started_raw"] == kept["stopped_raw"] == (str(at) if isinstance(at, str | int) else "")
    for name in ("started_at", "stopped_at"):
        assert kept[name].startswith("2026-11-2"), kept[name]


async def test_a_start_and_stop_before_the_clock_was_set_are_flagged(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start(at="1970-01-01T00:01:00Z"))
    csms.clock.move(60)
    await charger.call("StopTransaction", stop(begun["transactionId"], at="1970-01-01T00:46:00Z"))
    kept = await csms.session()
    assert (kept["started_at"], kept["stopped_at"]) == ("2026-11-22T14:00:00.000Z", "2026-11-22T14:01:00.000Z")
    assert json.loads(kept["flags"]) == ["timestamp_suspect"]


ODD_REGISTERS = [(1000, 900), (1000, -1), (1000, "1500 Wh"), (-1, 500), (2**63, 2**63 + 5), (None, 5), (5, None)]


@pytest.mark.parametrize(("first", "last"), ODD_REGISTERS)
async def test_registers_that_make_no_sense_give_no_energy_and_a_flag(
    csms: Csms, charger: RawCharger, first: Any, last: Any
) -> None:
    begun = await charger.call("StartTransaction", start(meter=first))
    await charger.call("StopTransaction", stop(begun["transactionId"], last))
    kept = await csms.session()
    assert kept["energy_wh"] is None
    assert json.loads(kept["flags"])[0].startswith("meter_")
    assert (kept["meter_start_raw"], kept["meter_stop_raw"]) == tuple(
        "" if value is None else str(value) for value in (first, last)
    )


async def test_a_register_told_as_text_or_fraction_counts_as_the_number(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start(meter="1000"))
    await charger.call("StopTransaction", stop(begun["transactionId"], 8000.4))
    assert (await csms.session())["energy_wh"] == 7000
