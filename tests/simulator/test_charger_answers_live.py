"""What follows when the server calls a simulated charger. OCPP 1.6 §5"""

from datetime import UTC, datetime

from cpoctl.simulator import VirtualCharger
from cpoctl.simulator.answers import Answer
from tests.simulator.backend import Backend


async def test_a_remote_start_starts_and_a_remote_stop_stops(booted: VirtualCharger, backend: Backend) -> None:
    answer = await backend.call("CP-1", "RemoteStartTransaction", {"idTag": "APP", "connectorId": 2})
    assert answer == {"status": "Accepted"}
    await backend.status("Charging", connector=2)
    session = booted.outlets[2].session
    assert session is not None
    assert session.transaction_id is not None
    answer = await backend.call("CP-1", "RemoteStopTransaction", {"transactionId": session.transaction_id})
    assert answer == {"status": "Accepted"}
    await backend.status("Finishing", connector=2)
    assert backend.payloads("StopTransaction")[0]["reason"] == "Remote"


async def test_a_remote_stop_of_another_session_is_rejected(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    assert await backend.call("CP-1", "RemoteStopTransaction", {"transactionId": 1}) == {"status": "Rejected"}
    assert booted.outlets[1].session is not None


async def test_a_remote_start_asks_for_the_tag_if_so_configured(booted: VirtualCharger, backend: Backend) -> None:
    change = {"key": "AuthorizeRemoteTxRequests", "value": "true"}
    assert await backend.call("CP-1", "ChangeConfiguration", change) == {"status": "Accepted"}
    await backend.call("CP-1", "RemoteStartTransaction", {"idTag": "APP"})
    await backend.status("Charging")
    assert backend.payloads("Authorize") == [{"idTag": "APP"}]


async def test_a_soft_reset_ends_sessions_and_boots_again(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    assert await backend.call("CP-1", "Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await backend.received("BootNotification", 2)
    assert backend.payloads("StopTransaction")[0]["reason"] == "SoftReset"
    assert len(backend.handshakes) == 2


async def test_a_hard_reset_names_itself_as_the_reason(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    await backend.call("CP-1", "Reset", {"type": "Hard"})
    await backend.received("BootNotification", 2)
    assert backend.payloads("StopTransaction")[0]["reason"] == "HardReset"


async def test_closing_a_busy_connector_waits_for_the_session(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    answer = await backend.call("CP-1", "ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    assert answer == {"status": "Scheduled"}
    await booted.stop()
    await backend.status("Unavailable")


async def test_unlocking_ends_the_session(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    assert await backend.call("CP-1", "UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    await backend.received("StopTransaction")
    assert backend.payloads("StopTransaction")[0]["reason"] == "UnlockCommand"


async def test_a_new_heartbeat_interval_takes_effect(booted: VirtualCharger, backend: Backend) -> None:
    await backend.call("CP-1", "ChangeConfiguration", {"key": "heartbeatinterval", "value": "20"})
    await booted.time.elapse(20)
    await backend.received("Heartbeat")


async def test_meters_are_read_at_times_of_the_clock(booted: VirtualCharger, backend: Backend) -> None:
    await booted.time.elapse(100)
    await backend.call("CP-1", "ChangeConfiguration", {"key": "ClockAlignedDataInterval", "value": "900"})
    await booted.time.elapse(900)
    values = [value["meterValue"][0] for value in await backend.received("MeterValues", 2)]
    assert {value["timestamp"] for value in values} == {"2026-03-01T08:15:00.000Z"}
    assert values[0]["sampledValue"][0]["context"] == "Sample.Clock"


async def test_a_triggered_message_is_sent(booted: VirtualCharger, backend: Backend) -> None:
    trigger = {"requestedMessage": "MeterValues", "connectorId": 2}
    assert await backend.call("CP-1", "TriggerMessage", trigger) == {"status": "Accepted"}
    (value,) = await backend.received("MeterValues")
    assert value["connectorId"] == 2
    assert value["meterValue"][0]["sampledValue"][0]["context"] == "Trigger"


async def test_every_trigger_sends_its_message(booted: VirtualCharger, backend: Backend) -> None:
    extended = {
        "LogStatusNotification": "LogStatusNotification",
        "FirmwareStatusNotification": "SignedFirmwareStatusNotification",
        "SignChargePointCertificate": "SignCertificate",
        "Heartbeat": "Heartbeat",
    }
    plain = ("DiagnosticsStatusNotification", "FirmwareStatusNotification", "BootNotification", "StatusNotification")
    for message in plain:
        before = len(backend.payloads(message))
        await backend.call("CP-1", "TriggerMessage", {"requestedMessage": message})
        await backend.received(message, before + 1)
    for asked, sent in extended.items():
        await backend.call("CP-1", "ExtendedTriggerMessage", {"requestedMessage": asked})
        await backend.received(sent)


async def test_diagnostics_are_followed_by_their_progress(booted: VirtualCharger, backend: Backend) -> None:
    answer = await backend.call("CP-1", "GetDiagnostics", {"location": "ftp://files.test/in"})
    assert answer["fileName"].startswith("diagnostics-CP-1")
    states = await backend.received("DiagnosticsStatusNotification", 2)
    assert [state["status"] for state in states] == ["Uploading", "Uploaded"]


async def test_new_firmware_is_fetched_installed_and_booted(booted: VirtualCharger, backend: Backend) -> None:
    update = {"location": "https://files.test/fw-2.1.0.bin", "retrieveDate": "2026-03-01T09:00:00Z"}
    assert await backend.call("CP-1", "UpdateFirmware", update) == {}
    states = await backend.received("FirmwareStatusNotification", 4)
    assert [state["status"] for state in states] == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert backend.payloads("BootNotification")[-1]["firmwareVersion"] == "2.1.0"
    assert booted.time.now() >= datetime(2026, 3, 1, 9, tzinfo=UTC)  # not before the time asked for


async def test_signed_firmware_is_verified_and_told_with_its_request(booted: VirtualCharger, backend: Backend) -> None:
    firmware = {
        "location": "https://files.test/fw-3.0.0.bin",
        "retrieveDateTime": "2026-03-01T08:00:00Z",
        "signingCertificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "signature": "c2lnbmVk",
    }
    answer = await backend.call("CP-1", "SignedUpdateFirmware", {"requestId": 4, "firmware": firmware})
    assert answer == {"status": "Accepted"}
    states = await backend.received("SignedFirmwareStatusNotification", 6)
    steps = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"]
    assert states == [{"status": step, "requestId": 4} for step in steps]


async def test_a_download_that_cannot_be_reached_fails(booted: VirtualCharger, backend: Backend) -> None:
    update = {"location": "gopher://files.test/fw.bin", "retrieveDate": "2026-03-01T08:00:00Z"}
    await backend.call("CP-1", "UpdateFirmware", update)
    states = await backend.received("FirmwareStatusNotification", 2)
    assert [state["status"] for state in states] == ["Downloading", "DownloadFailed"]


async def test_a_log_is_told_with_its_request(booted: VirtualCharger, backend: Backend) -> None:
    wanted = {"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": "ftp://files.test/in"}}
    assert (await backend.call("CP-1", "GetLog", wanted))["status"] == "Accepted"
    states = await backend.received("LogStatusNotification", 2)
    assert states == [{"status": "Uploading", "requestId": 9}, {"status": "Uploaded", "requestId": 9}]


async def test_a_charging_profile_caps_the_power(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    session = await booted.start("TAG")
    assert session is not None
    await booted.time.elapse(60)
    assert (await booted.meter()).power_w > 10_000
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}]}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    }
    answer = await backend.call("CP-1", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile})
    assert answer == {"status": "Accepted"}
    assert (await booted.meter()).power_w == 8 * 230 * 3
    wanted = {"connectorId": 1, "duration": 600, "chargingRateUnit": "A"}
    composite = await backend.call("CP-1", "GetCompositeSchedule", wanted)
    assert composite["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 8.0}]
    assert await backend.call("CP-1", "ClearChargingProfile", {"id": 1}) == {"status": "Accepted"}
    await booted.time.elapse(60)
    assert (await booted.meter()).power_w > 10_000


async def test_a_limit_below_six_amps_pauses_the_car(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 5}]}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    }
    await backend.call("CP-1", "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile})
    assert (await booted.meter()).power_w == 0
    assert backend.statuses()[-1] == "SuspendedEVSE"


async def test_a_reserved_connector_is_kept_until_the_reservation_ends(
    booted: VirtualCharger, backend: Backend
) -> None:
    reservation = {"connectorId": 1, "expiryDate": "2026-03-01T10:00:00Z", "idTag": "GUEST", "reservationId": 5}
    assert await backend.call("CP-1", "ReserveNow", reservation) == {"status": "Accepted"}
    await backend.status("Reserved")
    assert await booted.start("OTHER") is None
    assert await booted.start("GUEST") is not None
    assert backend.payloads("StartTransaction")[0]["reservationId"] == 5


async def test_a_reservation_expires(booted: VirtualCharger, backend: Backend) -> None:
    reservation = {"connectorId": 1, "expiryDate": "2026-03-01T10:00:00Z", "idTag": "GUEST", "reservationId": 5}
    await backend.call("CP-1", "ReserveNow", reservation)
    await backend.status("Reserved")
    await booted.time.elapse(2 * 3600)
    await backend.status("Available")


async def test_a_new_authorization_key_is_used_at_once(booted: VirtualCharger, backend: Backend) -> None:
    change = {"key": "AuthorizationKey", "value": "plain-secret-key"}
    assert await backend.call("CP-1", "ChangeConfiguration", change) == {"status": "Accepted"}
    await booted.time.elapse(1)
    await backend.received_handshakes(2)
    assert backend.handshakes[1][2] == "Basic Q1AtMTpwbGFpbi1zZWNyZXQta2V5"


async def test_an_action_nobody_knows_is_refused_as_not_implemented(booted: VirtualCharger, backend: Backend) -> None:
    assert await backend.send_raw("CP-1", "MakeCoffee", {}) == {"error": "NotImplemented"}


async def test_a_request_that_lacks_a_field_is_refused_as_malformed(booted: VirtualCharger, backend: Backend) -> None:
    assert await backend.send_raw("CP-1", "UnlockConnector", {}) == {"error": "FormationViolation"}


async def test_an_answer_can_be_replaced(booted: VirtualCharger, backend: Backend) -> None:
    booted.on("Reset", lambda charger, request: Answer({"status": "Rejected"}))
    assert await backend.call("CP-1", "Reset", {"type": "Soft"}) == {"status": "Rejected"}
