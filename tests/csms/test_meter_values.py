"""Meter values: merged when repeated, kept when they differ, never lost. RELIABILITY §2.2 · OCPP 1.6 §4.7"""

import json

import pytest

from cpoctl.operations.session.show import ShowSession
from tests.support.csms import T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger

POWER = {"measurand": "Power.Active.Import", "unit": "kW"}


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


async def test_a_repeat_adds_what_was_missing_to_the_same_row(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 4000))
    await charger.call("MeterValues", metered(number, 11, **POWER))
    await charger.call("MeterValues", metered(number, 4000))
    kept = await csms.rows("SELECT energy_wh, power_w, conflicts, flags FROM meter_value")
    assert kept == [{"energy_wh": 4000, "power_w": 11_000, "conflicts": None, "flags": None}]


async def test_a_repeat_that_differs_is_kept_beside_the_first_and_flagged(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    for wh in (4000, 4100, 4100):
        await charger.call("MeterValues", metered(number, wh))
    kept = (await csms.rows("SELECT energy_wh, conflicts, flags FROM meter_value"))[0]
    assert kept["energy_wh"] == 4000
    assert (json.loads(kept["conflicts"]), json.loads(kept["flags"])) == ([{"energy_wh": 4100}], ["conflict"])


async def test_values_with_a_wrong_connector_still_belong_to_their_transaction(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start(2)))["transactionId"]
    await charger.call("MeterValues", metered(number, 4000, connector=0))
    shown = (await csms.store.reading(ShowSession(session="1").select))[0]
    assert [row.energy_wh for row in shown.meter_values] == [4000]
    await csms.restart()
    assert csms.known().sessions[str(number)].energy_wh == 4000


async def test_values_that_come_after_the_stop_belong_to_the_session(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number))
    await charger.call("MeterValues", metered(number, 8000, T2))
    shown = (await csms.store.reading(ShowSession(session="1").select))[0]
    assert [row.energy_wh for row in shown.meter_values] == [8000]


async def test_the_transaction_data_of_a_stop_merges_with_what_came_before(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 4000))
    data = [{"timestamp": at, "sampledValue": [{"value": wh}]} for at, wh in ((T1, "4000"), (T2, "8000"))]
    await charger.call("StopTransaction", stop(number, transactionData=data))
    shown = (await csms.store.reading(ShowSession(session="1").select))[0]
    assert [(row.energy_wh, row.flags) for row in shown.meter_values] == [(4000, []), (8000, [])]


async def test_values_outside_any_session_are_kept_and_shown_live(csms: Csms, charger: RawCharger) -> None:
    await charger.call("MeterValues", metered(None, 7, **POWER))
    assert csms.known().evses[1].power_w == 7000
    assert await csms.count("meter_value") == 1


@pytest.mark.parametrize(
    ("sampled", "expected"),
    [
        ({"value": 5000}, 5000),  # a JSON number, ha#210
        ({"value": " 5000 "}, 5000),
        ({"value": "5", "unit": "kWh"}, 5000),
        ({"value": ""}, None),
        ({"value": "n/a"}, None),
        ({"value": "NaN"}, None),
        ({}, None),
        ({"value": "5000", "unit": "Hertz"}, None),
        ({"value": "50", "measurand": "Frequency", "unit": "Hz"}, None),
        ({"value": "5000", "measurand": "Voltage.L1"}, None),
        ({"value": "3", "measurand": "Current.Import", "unit": "Celcius", "phase": "L9"}, None),
    ],
)
async def test_odd_values_are_answered_and_kept(
    csms: Csms, charger: RawCharger, sampled: dict[str, object], expected: float | None
) -> None:
    payload = {"connectorId": 1, "meterValue": [{"timestamp": T1, "sampledValue": [sampled]}]}
    assert await charger.call("MeterValues", payload) == {}
    assert [row["energy_wh"] for row in await csms.rows("SELECT energy_wh FROM meter_value")] == [expected]
    assert str(sampled.get("value", ""))[:3] in (await csms.rows("SELECT request FROM journal WHERE action = 'MeterValues'"))[0]["request"]  # fmt: skip


@pytest.mark.parametrize(
    "payload",
    [
        {"connectorId": 1, "meterValue": {"timestamp": T1, "sampledValue": {"value": "5"}}},  # Huawei, ha#1144
        {"connectorId": 1, "meterValue": [{"timestamp": T1, "sampledValue": []}]},  # ha#466
        {"connectorId": 1, "meterValue": []},
        {"connectorId": 1},
        {},
        {"connectorId": "one", "meterValue": "none"},
        {"connectorId": 2**70, "meterValue": [None, 5, {"timestamp": 5, "sampledValue": [None, [], {"value": {}}]}]},
    ],
)
async def test_meter_values_of_any_shape_are_answered(charger: RawCharger, payload: dict[str, object]) -> None:
    assert await charger.call("MeterValues", payload) == {}


async def test_closing_values_after_a_stop_without_a_register_give_the_energy(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number, -1))
    await charger.call("MeterValues", metered(number, 8000, T2, context="Transaction.End"))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, ["ended_by_last_reading"])


async def test_a_stop_without_a_register_takes_the_one_of_its_transaction_data(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    data = [{"timestamp": T2, "sampledValue": [{"value": "8000", "context": "Transaction.End"}]}]
    await charger.call("StopTransaction", stop(number, -1, transactionData=data))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, ["ended_by_last_reading"])


async def test_a_register_that_began_anew_at_a_boot_counts_before_and_after(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start(meter=50_000)))["transactionId"]
    await charger.call("MeterValues", metered(number, 55_000, "2026-11-22T13:10:00Z"))
    await charger.hang_up()
    csms.clock.move(600)
    again = await csms.booted()
    await again.call("MeterValues", metered(number, 300, "2026-11-22T13:20:00Z"))
    await again.call("StopTransaction", stop(number, 2300))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7300, ["meter_reset"])


async def test_a_reset_is_seen_although_the_register_ends_above_its_begin(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start(meter=500)))["transactionId"]
    await charger.call("MeterValues", metered(number, 6500, "2026-11-22T13:10:00Z"))
    csms.clock.move(600)
    again = await csms.booted()
    await again.call("MeterValues", metered(number, 200, "2026-11-22T13:20:00Z"))
    await csms.restart()
    again = await csms.booted()
    await again.call("StopTransaction", stop(number, 3200))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (9200, ["meter_reset"])


async def test_a_stop_in_kwh_is_known_by_the_readings(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start(meter=0)))["transactionId"]
    await charger.call("MeterValues", metered(number, 12_300, T1))
    await charger.call("StopTransaction", stop(number, 12.3))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (12_300, ["meter_unit"])


async def test_what_a_car_gives_back_is_no_reading_of_what_it_takes(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    for measurand in (
        "Energy.Active.Export.Register",
        "Energy.Active.Import.Interval",
        "Energy.Reactive.Import.Register",
    ):
        await charger.call("MeterValues", metered(number, 900_000, measurand=measurand))
    assert csms.known().sessions[str(number)].energy_wh == 1000
    await charger.call("StopTransaction", stop(number))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, [])
