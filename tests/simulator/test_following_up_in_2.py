"""What follows when the server calls a simulated charger that speaks 2.0.1 or 2.1."""

import asyncio
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.simulator import VirtualCharger
from tests.simulator.backend import Backend, Payload
from tests.simulator.test_answers_in_2 import ANSWERS

TAG = {"idToken": "GUEST", "type": "ISO14443"}
POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def profile(purpose: str, watts: float, **more: Any) -> Payload:
    period = {"startPeriod": 0, "limit": watts}
    schedule = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [period]}
    return {
        "id": more.pop("id", 1),
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": more.pop("kind", "Relative"),
        "chargingSchedule": [schedule],
        **more,
    }


async def charging(station: VirtualCharger, evse: int = 1) -> str:
    """Begin a session; give its id."""
    await station.plug_in(evse)
    session = await station.start("TAG", evse)
    assert session is not None
    return str(session.transaction_id)


async def test_an_inventory_comes_in_frames_that_count(station: VirtualCharger, backend: Backend) -> None:
    asked = {"requestId": 9, "reportBase": "FullInventory"}
    assert await backend.call("CP-1", "GetBaseReport", asked) == {"status": "Accepted"}
    variables = len(list(station.device))
    frames = await backend.received("NotifyReport", -(-variables // 20))
    assert [frame["seqNo"] for frame in frames] == list(range(len(frames)))
    assert [frame["tbc"] for frame in frames] == [True] * (len(frames) - 1) + [False]
    assert {frame["requestId"] for frame in frames} == {9}
    assert sum(len(frame["reportData"]) for frame in frames) == variables


async def test_an_immediate_reset_ends_the_transaction_and_boots(station: VirtualCharger, backend: Backend) -> None:
    await charging(station)
    assert await backend.call("CP-1", "Reset", {"type": "Immediate"}) == {"status": "Accepted"}
    boots = await backend.received("BootNotification", 2)
    ended = backend.payloads("TransactionEvent")[-1]
    assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == ("ResetCommand", "ImmediateReset")
    assert boots[-1]["reason"] == "RemoteReset"


async def test_a_reset_on_idle_waits_for_the_transaction(station: VirtualCharger, backend: Backend) -> None:
    await charging(station)
    assert await backend.call("CP-1", "Reset", {"type": "OnIdle"}) == {"status": "Scheduled"}
    await station.time.elapse(600)
    assert len(backend.payloads("BootNotification")) == 1
    await station.stop()
    assert (await backend.received("BootNotification", 2))[-1]["reason"] == "ScheduledReset"


async def test_one_evse_restarts_and_the_line_stays(station: VirtualCharger, backend: Backend) -> None:
    await charging(station, 1)
    await charging(station, 2)
    assert await backend.call("CP-1", "Reset", {"type": "Immediate", "evseId": 2}) == {"status": "Accepted"}
    await backend.status("Occupied", 2)
    await backend.events(5)
    assert station.outlets[1].session is not None
    assert len(backend.payloads("BootNotification")) == 1


async def test_a_transaction_goes_on_after_a_reset_that_resumes(newest: VirtualCharger, backend: Backend) -> None:
    transaction = await charging(newest)
    assert await backend.call("CP-1", "Reset", {"type": "ImmediateAndResume"}) == {"status": "Accepted"}
    event = (await backend.events(3))[-1]
    assert (event["triggerReason"], event["transactionInfo"]["transactionId"]) == ("TxResumed", transaction)


async def test_closing_a_busy_evse_waits(station: VirtualCharger, backend: Backend) -> None:
    await charging(station)
    asked = {"operationalStatus": "Inoperative", "evse": {"id": 1}}
    assert await backend.call("CP-1", "ChangeAvailability", asked) == {"status": "Scheduled"}
    await station.stop()
    await station.unplug()
    await backend.status("Unavailable")


async def test_a_cable_in_use_is_not_released(station: VirtualCharger, backend: Backend) -> None:
    await charging(station)
    asked = {"evseId": 1, "connectorId": 1}
    assert await backend.call("CP-1", "UnlockConnector", asked) == {"status": "OngoingAuthorizedTransaction"}
    assert station.outlets[1].session is not None


async def test_a_transaction_is_told_as_running_and_as_over(station: VirtualCharger, backend: Backend) -> None:
    transaction = {"transactionId": await charging(station)}
    running = {"ongoingIndicator": True, "messagesInQueue": False}
    assert await backend.call("CP-1", "GetTransactionStatus", transaction) == running
    await station.stop()
    assert await backend.call("CP-1", "GetTransactionStatus", transaction) == {**running, "ongoingIndicator": False}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("BootNotification", "BootNotification"),
        ("Heartbeat", "Heartbeat"),
        ("StatusNotification", "StatusNotification"),
        ("MeterValues", "MeterValues"),
        ("TransactionEvent", "TransactionEvent"),
        ("LogStatusNotification", "LogStatusNotification"),
        ("FirmwareStatusNotification", "FirmwareStatusNotification"),
        ("PublishFirmwareStatusNotification", "PublishFirmwareStatusNotification"),
        ("SignChargingStationCertificate", "SignCertificate"),
    ],
)
async def test_a_triggered_message_is_sent(newest: VirtualCharger, backend: Backend, asked: str, sent: str) -> None:
    await charging(newest)
    before = len(backend.payloads(sent))
    answer = await backend.call("CP-1", "TriggerMessage", {"requestedMessage": asked, "evse": {"id": 1}})
    assert answer == {"status": "Accepted"}
    message = (await backend.received(sent, before + 1))[-1]
    assert message.get("triggerReason", "Trigger") == "Trigger"
    assert message.get("reason", "Triggered") == "Triggered"


async def test_a_reservation_is_used_or_expires(station: VirtualCharger, backend: Backend) -> None:
    for number, evse in ((5, 1), (6, 2)):
        asked = {"id": number, "evseId": evse, "idToken": TAG, "expiryDateTime": "2026-03-01T10:00:00Z"}
        assert await backend.call("CP-1", "ReserveNow", asked) == {"status": "Accepted"}
        await backend.status("Reserved", evse)
    assert await station.start("OTHER") is None
    assert await station.start("GUEST") is not None
    assert backend.payloads("TransactionEvent")[0]["reservationId"] == 5
    await station.time.elapse(2 * 3600)
    (over,) = await backend.received("ReservationStatusUpdate")
    assert over == {"reservationId": 6, "reservationUpdateStatus": "Expired"}


async def test_a_profile_caps_the_power_is_reported_and_cleared(station: VirtualCharger, backend: Backend) -> None:
    transaction = await charging(station)
    own = profile("TxProfile", 5_520.0, transactionId=transaction)
    most = profile("ChargingStationMaxProfile", 9_000.0, id=2, kind="Absolute")
    for evse, each in ((1, own), (0, most)):
        asked = {"evseId": evse, "chargingProfile": each}
        assert await backend.call("CP-1", "SetChargingProfile", asked) == {"status": "Accepted"}
    await station.time.elapse(60)
    assert (await station.meter()).power_w == 5_520
    composite = await backend.call("CP-1", "GetCompositeSchedule", {"evseId": 1, "duration": 600})
    assert composite["schedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 5_520.0}]
    asked = {"requestId": 3, "chargingProfile": {}}
    assert await backend.call("CP-1", "GetChargingProfiles", asked) == {"status": "Accepted"}
    reports = await backend.received("ReportChargingProfiles", 2)
    assert [(each["evseId"], each["chargingProfile"], each["tbc"]) for each in reports] == [
        (0, [most], True),
        (1, [own], False),
    ]
    criteria = {"chargingProfileCriteria": {"chargingProfilePurpose": "ChargingStationMaxProfile"}}
    assert await backend.call("CP-1", "ClearChargingProfile", criteria) == {"status": "Accepted"}
    assert len(station.profiles) == 1


async def test_priority_comes_before_the_sessions_profile(newest: VirtualCharger, backend: Backend) -> None:
    transaction = await charging(newest)
    wanted = {"transactionId": transaction, "activate": True}
    assert await backend.call("CP-1", "UsePriorityCharging", wanted) == {"status": "NoProfile"}
    own, first = profile("TxProfile", 5_000.0, transactionId=transaction), profile("PriorityCharging", 8_000.0, id=2)
    for each in (own, first):
        await backend.call("CP-1", "SetChargingProfile", {"evseId": 1, "chargingProfile": each})
    assert await backend.call("CP-1", "UsePriorityCharging", wanted) == {"status": "Accepted"}
    assert await backend.received("NotifyPriorityCharging") == [{"transactionId": transaction, "activated": True}]
    await newest.time.elapse(60)
    assert (await newest.meter()).power_w == 8_000


async def test_a_dynamic_profile_is_changed_while_it_holds(newest: VirtualCharger, backend: Backend) -> None:
    await charging(newest)
    dynamic = profile("TxDefaultProfile", 9_000.0, kind="Dynamic")
    await backend.call("CP-1", "SetChargingProfile", {"evseId": 1, "chargingProfile": dynamic})
    update = {"chargingProfileId": 1, "scheduleUpdate": {"limit": 6_000.0}}
    assert await backend.call("CP-1", "UpdateDynamicSchedule", update) == {"status": "Accepted"}
    await newest.time.elapse(60)
    assert (await newest.meter()).power_w == 6_000


async def test_firmware_is_fetched_installed_and_booted(station: VirtualCharger, backend: Backend) -> None:
    firmware = {
        "location": "https://files.test/fw-3.0.0.bin",
        "retrieveDateTime": "2026-03-01T08:00:00Z",
        "signingCertificate": PEM,
        "signature": "c2lnbmVk",
    }
    assert await backend.call("CP-1", "UpdateFirmware", {"requestId": 4, "firmware": firmware}) == {
        "status": "Accepted"
    }
    states = await backend.received("FirmwareStatusNotification", 6)
    steps = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"]
    assert states == [{"status": step, "requestId": 4} for step in steps]
    boot = backend.payloads("BootNotification")[-1]
    assert (boot["reason"], boot["chargingStation"]["firmwareVersion"]) == ("FirmwareUpdate", "3.0.0")


async def test_firmware_is_published_and_withdrawn(station: VirtualCharger, backend: Backend) -> None:
    asked = {"requestId": 1, "location": "https://files.test/fw.bin", "checksum": "abc"}
    assert await backend.call("CP-1", "PublishFirmware", asked) == {"status": "Accepted"}
    states = await backend.received("PublishFirmwareStatusNotification", 4)
    assert (states[-1]["status"], len(states[-1]["location"])) == ("Published", 1)
    assert await backend.call("CP-1", "UnpublishFirmware", {"checksum": "abc"}) == {"status": "Unpublished"}


async def test_a_log_is_told_with_its_request(station: VirtualCharger, backend: Backend) -> None:
    wanted = {"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": "ftp://files.test/in"}}
    assert (await backend.call("CP-1", "GetLog", wanted))["status"] == "Accepted"
    states = await backend.received("LogStatusNotification", 2)
    assert states == [{"status": "Uploading", "requestId": 9}, {"status": "Uploaded", "requestId": 9}]


async def test_displayed_messages_are_reported(station: VirtualCharger, backend: Backend) -> None:
    shown = {"id": 3, "priority": "InFront", "message": {"format": "UTF8", "content": "Out of order"}}
    assert await backend.call("CP-1", "SetDisplayMessage", {"message": shown}) == {"status": "Accepted"}
    assert await backend.call("CP-1", "GetDisplayMessages", {"requestId": 7}) == {"status": "Accepted"}
    assert await backend.received("NotifyDisplayMessages") == [{"requestId": 7, "tbc": False, "messageInfo": [shown]}]
    assert await backend.call("CP-1", "ClearDisplayMessage", {"id": 3}) == {"status": "Accepted"}


async def test_what_is_known_of_a_customer_is_told_and_forgotten(station: VirtualCharger, backend: Backend) -> None:
    await station.authorize("GUEST")
    asked = {"requestId": 2, "report": True, "clear": True, "idToken": TAG}
    for known in ("tag GUEST: Accepted", "nothing is known"):
        told = len(backend.payloads("NotifyCustomerInformation"))
        assert await backend.call("CP-1", "CustomerInformation", asked) == {"status": "Accepted"}
        assert (await backend.received("NotifyCustomerInformation", told + 1))[-1]["data"] == known


async def test_a_crossed_threshold_is_told_and_so_is_the_way_back(station: VirtualCharger, backend: Backend) -> None:
    wanted = {**POWER, "value": 4_000, "type": "UpperThreshold", "severity": 4}
    await backend.call("CP-1", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    await charging(station)
    await station.time.elapse(60)
    await station.meter()
    await station.stop()
    await station.meter()
    above, below = (each["eventData"][0] for each in backend.payloads("NotifyEvent"))
    assert (above["trigger"], above["variableMonitoringId"], above["cleared"]) == ("Alerting", 1, False)
    assert below["cleared"] is True


async def test_a_monitor_that_is_too_mild_is_not_told(station: VirtualCharger, backend: Backend) -> None:
    wanted = {**POWER, "value": 4_000, "type": "UpperThreshold", "severity": 8}
    await backend.call("CP-1", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    assert await backend.call("CP-1", "SetMonitoringLevel", {"severity": 4}) == {"status": "Accepted"}
    await charging(station)
    await station.time.elapse(60)
    await station.meter()
    assert backend.payloads("NotifyEvent") == []


async def test_monitors_are_reported(station: VirtualCharger, backend: Backend, spoken: Version) -> None:
    wanted = {**POWER, "value": 4_000, "type": "UpperThreshold", "severity": 4}
    await backend.call("CP-1", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    asked = {"requestId": 5, "monitoringCriteria": ["ThresholdMonitoring"]}
    assert await backend.call("CP-1", "GetMonitoringReport", asked) == {"status": "Accepted"}
    (frame,) = await backend.received("NotifyMonitoringReport")
    (monitor,) = frame["monitor"][0]["variableMonitoring"]
    assert (monitor["id"], monitor["value"]) == (1, 4_000)
    assert ("eventNotificationType" in monitor) is (spoken is Version.V21)


async def test_a_periodic_monitor_tells_until_it_is_cleared(station: VirtualCharger, backend: Backend) -> None:
    wanted = {**POWER, "value": 60, "type": "Periodic", "severity": 4}
    await backend.call("CP-1", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    for beats in (1, 2):
        await station.time.elapse(60)
        events = await backend.received("NotifyEvent", beats)
    assert events[-1]["eventData"][0]["trigger"] == "Periodic"
    await backend.call("CP-1", "ClearVariableMonitoring", {"id": [1]})
    await station.time.elapse(180)
    assert len(backend.payloads("NotifyEvent")) == 2


async def test_a_stream_is_opened_flows_is_adjusted_and_closed(newest: VirtualCharger, backend: Backend) -> None:
    stream = {"interval": 60, "values": 2}
    wanted = {**POWER, "value": 10, "type": "Periodic", "severity": 4, "periodicEventStream": stream}
    await backend.call("CP-1", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    (opened,) = await backend.received("OpenPeriodicEventStream")
    assert opened["constantStreamData"] == {"id": 1, "variableMonitoringId": 1, "params": stream}
    await newest.time.elapse(20)
    (first,) = await backend.sent(1)
    assert [value["t"] for value in first["data"]] == [10, 20]
    asked = {"id": 1, "params": {"values": 3}}
    assert await backend.call("CP-1", "AdjustPeriodicEventStream", asked) == {"status": "Accepted"}
    (listed,) = (await backend.call("CP-1", "GetPeriodicEventStream", {}))["constantStreamData"]
    assert listed["params"] == {"values": 3}
    await newest.time.elapse(30)
    assert len((await backend.sent(2))[-1]["data"]) == 3
    await backend.call("CP-1", "ClearVariableMonitoring", {"id": [1]})
    await newest.time.elapse(10)
    assert await backend.received("ClosePeriodicEventStream") == [{"id": 1}]


async def test_controls_of_the_grid_start_and_are_reported(newest: VirtualCharger, backend: Backend) -> None:
    points = {"curveData": [{"x": 50.2, "y": 100}], "priority": 0, "yUnit": "PctMaxW"}
    curve = {"isDefault": False, "controlId": "c1", "controlType": "FreqWatt", "curve": points}
    power = {"priority": 1, "displacement": 0.9, "excitation": True}
    factor = {"isDefault": True, "controlId": "c2", "controlType": "FixedPFInject", "fixedPFInject": power}
    for each in (curve, factor):
        assert await backend.call("CP-1", "SetDERControl", each) == {"status": "Accepted"}
    (begun,) = await backend.received("NotifyDERStartStop")
    assert (begun["controlId"], begun["started"]) == ("c1", True)
    assert await backend.call("CP-1", "GetDERControl", {"requestId": 8}) == {"status": "Accepted"}
    first, second = await backend.received("ReportDERControl", 2)
    assert first["curve"][0]["curveType"] == "FreqWatt"
    assert (second["fixedPFInject"][0]["fixedPF"], second["tbc"]) == (power, False)


async def test_a_new_price_is_told_by_the_transaction(newest: VirtualCharger, backend: Backend) -> None:
    transaction = await charging(newest)
    tariff = {"tariffId": "T2", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.3}]}}
    asked = {"transactionId": transaction, "tariff": tariff}
    assert await backend.call("CP-1", "ChangeTransactionTariff", asked) == {"status": "Accepted"}
    event = (await backend.events(3))[-1]
    assert (event["triggerReason"], event["transactionInfo"]["tariffId"]) == ("TariffChanged", "T2")


async def test_a_battery_is_swapped_for_another(newest: VirtualCharger, backend: Backend) -> None:
    assert await backend.call("CP-1", "RequestBatterySwap", {"requestId": 3, "idToken": TAG}) == {"status": "Accepted"}
    swaps = await backend.received("BatterySwap", 2)
    assert [each["eventType"] for each in swaps] == ["BatteryIn", "BatteryOut"]


async def test_a_new_password_is_used_at_once(station: VirtualCharger, backend: Backend) -> None:
    password = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    asked = {"setVariableData": [{**password, "attributeValue": "plain-secret-key"}]}
    (result,) = (await backend.call("CP-1", "SetVariables", asked))["setVariableResult"]
    assert result["attributeStatus"] == "Accepted"
    await station.time.elapse(1)
    await backend.received_handshakes(2)
    assert backend.handshakes[1][2] == "Basic Q1AtMTpwbGFpbi1zZWNyZXQta2V5"


async def told(backend: Backend, rules: str) -> None:
    named = {"component": {"name": "Simulator"}, "variable": {"name": "Misbehave"}, "attributeValue": rules}
    (result,) = (await backend.call("CP-1", "SetVariables", {"setVariableData": [named]}))["setVariableResult"]
    assert result["attributeStatus"] == "Accepted"


async def test_it_misbehaves_as_it_is_told_and_can_be_told_to_stop(station: VirtualCharger, backend: Backend) -> None:
    await told(backend, "*=reject,UnlockConnector=lie,GetLocalListVersion=error,GetVariables=reject,SetVariables=lie")
    assert await backend.call("CP-1", "Reset", {"type": "Immediate"}) == {"status": "Rejected"}
    assert await backend.call("CP-1", "UnlockConnector", {"evseId": 9, "connectorId": 1}) == {"status": "Unlocked"}
    assert await backend.call("CP-1", "GetLocalListVersion", {}) == {"error": "InternalError"}
    assert await backend.call("CP-1", "GetTransactionStatus", {}) == {"error": "NotSupported"}
    beat = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    (read,) = (await backend.call("CP-1", "GetVariables", {"getVariableData": [beat]}))["getVariableResult"]
    assert read == {"attributeStatus": "Rejected", **beat}
    asked = {"setVariableData": [{**beat, "attributeValue": "7"}]}
    (written,) = (await backend.call("CP-1", "SetVariables", asked))["setVariableResult"]
    assert written == {"attributeStatus": "Accepted", **beat}
    assert station.settings["HeartbeatInterval"] != "7"
    await told(backend, "")
    assert await backend.call("CP-1", "ClearCache", {}) == {"status": "Accepted"}


async def test_a_dropped_call_is_not_answered_and_a_late_one_is(station: VirtualCharger, backend: Backend) -> None:
    await told(backend, "ClearCache=drop,GetLocalListVersion=delay:0.02")
    dropped = asyncio.create_task(backend.call("CP-1", "ClearCache", {}))
    assert await backend.call("CP-1", "GetLocalListVersion", {}) == {"versionNumber": 0}
    assert not dropped.done()
    dropped.cancel()


async def test_what_is_malformed_is_refused_in_the_words_of_2(station: VirtualCharger, backend: Backend) -> None:
    assert await backend.send_raw("CP-1", "UnlockConnector", {}) == {"error": "OccurrenceConstraintViolation"}
    assert await backend.send_raw("CP-1", "Reset", {"type": "Soft"}) == {"error": "PropertyConstraintViolation"}
    assert await backend.send_raw("CP-1", "RemoteStartTransaction", {}) == {"error": "NotImplemented"}


@pytest.mark.parametrize("junk", ["x", -7, [], {}, [{}]], ids=repr)
async def test_whatever_is_asked_is_answered(newest: VirtualCharger, backend: Backend, junk: Any) -> None:
    for _, action, request, _ in (case for case in ANSWERS if case[2]):
        answer = await backend.send_raw("CP-1", action, dict.fromkeys(request, junk))
        assert answer.get("error", "FormatViolation").endswith("Violation")
    assert newest.online
