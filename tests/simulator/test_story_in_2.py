"""A simulated charger's sessions in OCPP 2.0.1 and 2.1, as the server sees them. OCPP 2.0.1 B, C, E, G, N"""

import pytest

from cpoctl.ocpp import Version
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.simulator.backend import Backend, Payload

APP = {"idToken": "APP", "type": "Central"}


def told(events: list[Payload]) -> list[tuple[str, str, str]]:
    """What each event is about."""
    return [(each["eventType"], each["triggerReason"], each["transactionInfo"]["chargingState"]) for each in events]


async def test_a_charger_offers_its_version_and_boots_with_a_reason(
    station: VirtualCharger, backend: Backend, spoken: Version
) -> None:
    assert [each[1] for each in backend.handshakes] == [f"ocpp{spoken}"]
    (boot,) = backend.payloads("BootNotification")
    assert boot["reason"] == "PowerUp"
    assert boot["chargingStation"]["model"] == "AC-22"
    states = backend.payloads("StatusNotification")
    assert [(each["evseId"], each["connectorId"], each["connectorStatus"]) for each in states] == [
        (1, 1, "Available"),
        (2, 1, "Available"),
    ]


async def test_a_whole_session_is_one_transaction(station: VirtualCharger, backend: Backend) -> None:
    session = await station.charge("TAG", wh=9_000, samples=2)
    assert session is not None
    events = backend.payloads("TransactionEvent")
    assert told(events) == [
        ("Started", "Authorized", "EVConnected"),
        ("Updated", "ChargingStateChanged", "Charging"),
        ("Updated", "MeterValuePeriodic", "Charging"),
        ("Updated", "MeterValuePeriodic", "Charging"),
        ("Ended", "StopAuthorized", "EVConnected"),
    ]
    assert [each["seqNo"] for each in events] == [0, 1, 2, 3, 4]
    assert {each["transactionInfo"]["transactionId"] for each in events} == {session.transaction_id}
    assert events[-1]["transactionInfo"]["stoppedReason"] == "Local"
    assert backend.statuses() == ["Available", "Occupied", "Available"]


async def test_the_register_is_a_number_with_a_context(station: VirtualCharger, backend: Backend) -> None:
    await station.charge("TAG", wh=9_000, samples=1)
    first, *_, last = (each["meterValue"][0]["sampledValue"] for each in await backend.events() if "meterValue" in each)
    assert (first[0]["context"], last[0]["context"]) == ("Transaction.Begin", "Transaction.End")
    assert last[0]["value"] - first[0]["value"] == 9_000


async def test_two_sessions_have_ids_of_their_own(station: VirtualCharger, backend: Backend) -> None:
    first, second = await station.charge("A", wh=500, samples=1), await station.charge("B", wh=500, samples=1)
    assert first is not None
    assert second is not None
    assert first.transaction_id != second.transaction_id


async def test_a_session_asked_for_names_the_request_and_the_kind_of_tag(
    station: VirtualCharger, backend: Backend
) -> None:
    asked = {"idToken": APP, "remoteStartId": 77, "evseId": 2}
    assert await backend.call("CP-1", "RequestStartTransaction", asked) == {"status": "Accepted"}
    started, _ = await backend.events(2)
    assert (started["triggerReason"], started["transactionInfo"]["remoteStartId"]) == ("RemoteStart", 77)
    assert (started["evse"], started["idToken"]) == ({"id": 2, "connectorId": 1}, APP)
    stop = {"transactionId": started["transactionInfo"]["transactionId"]}
    assert await backend.call("CP-1", "RequestStopTransaction", stop) == {"status": "Accepted"}
    ended = (await backend.events(3))[-1]
    assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == ("RemoteStop", "Remote")


async def test_a_car_that_pauses_changes_the_charging_state(station: VirtualCharger, backend: Backend) -> None:
    await station.plug_in()
    await station.start("TAG")
    await station.suspend()
    await station.resume()
    states = [each["transactionInfo"]["chargingState"] for each in backend.payloads("TransactionEvent")]
    assert states == ["EVConnected", "Charging", "SuspendedEV", "Charging"]
    assert backend.statuses() == ["Available", "Occupied"]


async def test_a_tag_refused_by_an_event_ends_the_transaction(station: VirtualCharger, backend: Backend) -> None:
    backend.reply["TransactionEvent"] = lambda _: {"idTokenInfo": {"status": "Blocked"}}
    await station.plug_in()
    assert await station.start("STRANGER") is None
    ended = backend.payloads("TransactionEvent")[-1]
    assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == ("Deauthorized", "DeAuthorized")


async def test_pulling_the_cable_ends_it(station: VirtualCharger, backend: Backend) -> None:
    await station.plug_in()
    await station.start("TAG")
    await station.unplug()
    ended = backend.payloads("TransactionEvent")[-1]
    assert told([ended]) == [("Ended", "EVCommunicationLost", "Idle")]
    assert ended["transactionInfo"]["stoppedReason"] == "EVDisconnected"


async def test_a_fault_is_told_as_status_and_event(station: VirtualCharger, backend: Backend) -> None:
    await station.plug_in()
    await station.start("TAG")
    await station.fault(1, "GroundFailure")
    await station.clear_fault()
    ended = backend.payloads("TransactionEvent")[-1]
    assert ended["transactionInfo"]["stoppedReason"] == "GroundFault"
    assert backend.statuses()[-2:] == ["Faulted", "Occupied"]
    broken, repaired = (each["eventData"][0] for each in backend.payloads("NotifyEvent"))
    assert (broken["techCode"], broken["actualValue"], broken["cleared"]) == ("GroundFailure", "true", False)
    assert (repaired["actualValue"], repaired["cleared"]) == ("false", True)
    assert broken["component"]["evse"] == {"id": 1, "connectorId": 1}


async def test_a_meter_outside_a_transaction_is_a_message_of_its_own(station: VirtualCharger, backend: Backend) -> None:
    await station.meter(2)
    (value,) = backend.payloads("MeterValues")
    assert value["evseId"] == 2
    assert backend.payloads("TransactionEvent") == []


async def test_meters_are_read_at_times_of_the_clock(station: VirtualCharger, backend: Backend) -> None:
    await station.plug_in()
    await station.start("TAG")
    part = {"component": {"name": "AlignedDataCtrlr"}, "variable": {"name": "Interval"}, "attributeValue": "900"}
    await backend.call("CP-1", "SetVariables", {"setVariableData": [part]})
    await station.time.elapse(900)
    event = (await backend.events(3))[-1]
    assert event["triggerReason"] == "MeterValueClock"
    assert event["meterValue"][0]["timestamp"] == "2026-03-01T08:15:00.000Z"
    assert (await backend.received("MeterValues"))[0]["evseId"] == 2


async def test_a_session_lived_offline_is_replayed_in_order_and_says_so(
    station: VirtualCharger, backend: Backend
) -> None:
    await station.plug_in()
    await station.start("TAG")
    await station.go_offline()
    await station.meter()
    await station.stop()
    await station.unplug()
    assert station.waiting_messages == 2
    await station.come_back()
    events = backend.payloads("TransactionEvent")
    assert [each["seqNo"] for each in events] == [0, 1, 2, 3]
    assert [each.get("offline", False) for each in events] == [False, False, True, True]
    assert station.waiting_messages == 0


async def test_an_event_whose_answer_was_lost_is_sent_again_as_it_was(
    station: VirtualCharger, backend: Backend
) -> None:
    await station.plug_in()
    backend.reply["TransactionEvent"] = lambda _: None
    starting = station.spawn(lambda: started(station))
    await backend.events()
    await station.go_offline()
    await starting
    del backend.reply["TransactionEvent"]
    await station.come_back()
    first, again, *_ = backend.payloads("TransactionEvent")
    assert first == again


async def started(station: VirtualCharger) -> None:
    await station.start("TAG")


async def test_an_event_of_an_outage_is_told_afterwards(station: VirtualCharger, backend: Backend) -> None:
    await station.go_offline()
    await station.fault(2, "HighTemperature")
    await station.come_back()
    (event,) = backend.payloads("NotifyEvent")
    assert event["eventData"][0]["techCode"] == "HighTemperature"
    assert backend.statuses(2)[-1] == "Faulted"


async def test_a_power_loss_ends_the_transaction_with_its_reason(station: VirtualCharger, backend: Backend) -> None:
    await station.plug_in()
    await station.start("TAG")
    await station.go_offline()
    station.accepted.clear()
    await station.stop(reason="PowerLoss")
    await station.come_back()
    ended = backend.payloads("TransactionEvent")[-1]
    assert (ended["transactionInfo"]["stoppedReason"], ended["offline"]) == ("PowerLoss", True)
    assert backend.payloads("BootNotification")[-1]["reason"] == "PowerUp"


async def test_what_it_costs_is_remembered(station: VirtualCharger, backend: Backend) -> None:
    backend.reply["TransactionEvent"] = lambda _: {"totalCost": 1.25}
    await station.plug_in()
    session = await station.start("TAG")
    assert session is not None
    assert session.cost == 1.25
    cost = {"totalCost": 2.5, "transactionId": session.transaction_id}
    assert await backend.call("CP-1", "CostUpdated", cost) == {}
    assert session.cost == 2.5


@pytest.mark.parametrize("mode", ["AC_BPT", "AC_three_phase"])
async def test_a_car_gives_energy_back_where_charger_and_contract_let_it(
    newest: VirtualCharger, backend: Backend, mode: str
) -> None:
    await newest.plug_in()
    session = await newest.start("TAG")
    assert session is not None
    named = {"transactionId": session.transaction_id, "allowedEnergyTransfer": [mode]}
    assert await backend.call("CP-1", "NotifyAllowedEnergyTransfer", named) == {"status": "Accepted"}
    period = {"startPeriod": 0, "setpoint": -5_000.0, "operationMode": "CentralSetpoint"}
    profile = {
        "id": 4,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "transactionId": session.transaction_id,
        "chargingSchedule": [{"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [period]}],
    }
    asked = {"evseId": 1, "chargingProfile": profile}
    assert await backend.call("CP-1", "SetChargingProfile", asked) == {"status": "Accepted"}
    await newest.time.elapse(3_600)
    shown = await newest.meter()
    assert (shown.power_w, round(shown.export_wh)) == ((-5_000, 5_000) if mode == "AC_BPT" else (0, 0))
    event = next(each for each in reversed(backend.payloads("TransactionEvent")) if "meterValue" in each)
    assert event["transactionInfo"]["operationMode"] == "CentralSetpoint"
    samples = {each["measurand"]: each["value"] for each in event["meterValue"][0]["sampledValue"]}
    assert samples["Power.Active.Import"] == 0
    assert samples.get("Power.Active.Export", 0) == max(-shown.power_w, 0)


async def test_a_priced_session_tells_what_it_cost(newest: VirtualCharger, backend: Backend) -> None:
    tariff = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}
    asked = {"evseId": 0, "tariff": tariff}
    assert await backend.call("CP-1", "SetDefaultTariff", asked) == {"status": "Accepted"}
    await newest.charge("TAG", wh=10_000, samples=1)
    started, *_, ended = backend.payloads("TransactionEvent")
    assert started["transactionInfo"]["tariffId"] == "T1"
    assert ended["costDetails"]["totalCost"]["total"] == {"exclTax": 5.0}


async def test_versions_live_side_by_side(backend: Backend) -> None:
    for version in Version:
        async with VirtualCharger(backend.url, f"CP-{version}", version=version, time=ManualTime()) as charger:
            await charger.connect()
            await charger.boot()
            assert await charger.charge("TAG", wh=500, samples=1) is not None
    assert [each[1] for each in backend.handshakes] == ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"]


async def test_where_the_cable_begins_a_transaction_the_tag_comes_later(
    station: VirtualCharger, backend: Backend
) -> None:
    part = {"component": {"name": "TxCtrlr"}, "attributeValue": "EVConnected"}
    points = [{**part, "variable": {"name": name}} for name in ("TxStartPoint", "TxStopPoint")]
    await backend.call("CP-1", "SetVariables", {"setVariableData": points})
    await station.charge("TAG", wh=500, samples=1)
    events = backend.payloads("TransactionEvent")
    assert told(events) == [
        ("Started", "CablePluggedIn", "EVConnected"),
        ("Updated", "Authorized", "EVConnected"),
        ("Updated", "ChargingStateChanged", "Charging"),
        ("Updated", "MeterValuePeriodic", "Charging"),
        ("Updated", "StopAuthorized", "EVConnected"),
        ("Ended", "EVCommunicationLost", "Idle"),
    ]
    assert ["idToken" in each for each in events] == [False, True, False, False, True, False]
    assert [each["seqNo"] for each in events] == [0, 1, 2, 3, 4, 5]
    assert len({each["transactionInfo"]["transactionId"] for each in events}) == 1
    assert events[-1]["transactionInfo"]["stoppedReason"] == "Local"


async def test_a_transaction_begun_by_the_cable_is_named_to_whoever_starts_it_from_afar(
    station: VirtualCharger, backend: Backend
) -> None:
    part = {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStartPoint"}}
    await backend.call("CP-1", "SetVariables", {"setVariableData": [{**part, "attributeValue": "EVConnected"}]})
    await station.plug_in()
    (begun,) = backend.payloads("TransactionEvent")
    asked = {"idToken": APP, "remoteStartId": 9, "evseId": 1}
    answer = await backend.call("CP-1", "RequestStartTransaction", asked)
    assert answer == {"status": "Accepted", "transactionId": begun["transactionInfo"]["transactionId"]}
    assert (await backend.events(2))[-1]["transactionInfo"]["remoteStartId"] == 9
