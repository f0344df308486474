"""A simulated charger's sessions, as the server sees them. OCPP 1.6 §3, §4"""

import asyncio

import pytest

from cpoctl.simulator import CallRefused, LinkLost, ManualTime, VirtualCharger
from tests.simulator.backend import Backend

QUIET = ("StatusNotification", "Heartbeat")


async def test_a_whole_session_gives_its_messages_in_order(booted: VirtualCharger, backend: Backend) -> None:
    await booted.charge("TAG", wh=12_500, samples=3)
    assert backend.actions(*QUIET) == [
        "BootNotification",
        "Authorize",
        "StartTransaction",
        *["MeterValues"] * 3,
        "StopTransaction",
    ]
    assert backend.statuses() == ["Available", "Preparing", "Charging", "Finishing", "Available"]


async def test_a_session_charges_exactly_what_the_story_says(booted: VirtualCharger, backend: Backend) -> None:
    await booted.charge("TAG", wh=12_500)
    start, stop = backend.payloads("StartTransaction")[0], backend.payloads("StopTransaction")[0]
    assert stop["meterStop"] - start["meterStart"] == 12_500
    assert stop["idTag"] == "TAG"
    assert stop["reason"] == "Local"


async def test_meter_values_rise_and_carry_the_transaction(booted: VirtualCharger, backend: Backend) -> None:
    session = await booted.charge("TAG", wh=9_000, samples=4)
    assert session is not None
    values = backend.payloads("MeterValues")
    registers = [int(value["meterValue"][0]["sampledValue"][0]["value"]) for value in values]
    assert registers == sorted(set(registers))
    assert {value["transactionId"] for value in values} == {session.transaction_id}


async def test_a_charger_presents_its_path_subprotocol_and_password(backend: Backend) -> None:
    async with VirtualCharger(backend.url, "CP 9", password="secret:1") as charger:
        await charger.connect()
    assert backend.handshakes == [("/ocpp/CP%209", "ocpp1.6", "Basic Q1AgOTpzZWNyZXQ6MQ==")]


async def test_a_car_that_pauses_is_told_as_suspended(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    await booted.suspend()
    register = (await booted.meter()).register_wh
    await booted.time.elapse(600)
    assert (await booted.meter()).register_wh == register
    await booted.resume()
    assert backend.statuses() == ["Available", "Preparing", "Charging", "SuspendedEV", "Charging"]


async def test_a_tag_refused_at_the_start_ends_the_session(booted: VirtualCharger, backend: Backend) -> None:
    backend.reply["StartTransaction"] = lambda _: {"idTagInfo": {"status": "Blocked"}, "transactionId": 7}
    await booted.plug_in()
    assert await booted.start("STRANGER") is None
    assert backend.payloads("StopTransaction")[0]["reason"] == "DeAuthorized"


async def test_a_tag_refused_at_the_reader_starts_nothing(booted: VirtualCharger, backend: Backend) -> None:
    backend.reply["Authorize"] = lambda _: {"idTagInfo": {"status": "Invalid"}}
    assert await booted.charge("STRANGER") is None
    assert backend.payloads("StartTransaction") == []


async def test_a_fault_ends_the_session_and_is_told_with_its_code(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    await booted.fault(1, "GroundFailure")
    assert backend.payloads("StatusNotification")[-1]["errorCode"] == "GroundFailure"
    assert backend.payloads("StopTransaction")[0]["reason"] == "Other"
    await booted.clear_fault()
    await booted.unplug()
    assert backend.statuses()[-2:] == ["Finishing", "Available"]


async def test_pulling_the_cable_stops_the_session(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    await booted.unplug()
    assert backend.payloads("StopTransaction")[0]["reason"] == "EVDisconnected"
    assert backend.statuses()[-1] == "Available"


async def test_a_full_car_stops_drawing(booted: VirtualCharger, backend: Backend) -> None:
    await booted.plug_in()
    await booted.start("TAG")
    await booted.time.elapse(24 * 3600)
    await booted.meter()
    await backend.status("SuspendedEV")


async def test_heartbeats_follow_the_interval_of_the_boot_answer(booted: VirtualCharger, backend: Backend) -> None:
    for beats in (1, 2):
        await booted.time.elapse(300)
        await backend.received("Heartbeat", beats)


async def test_a_pending_charger_boots_again_until_it_is_accepted(backend: Backend) -> None:
    verdicts = iter(["Pending", "Rejected", "Accepted"])
    backend.reply["BootNotification"] = lambda _: {
        "status": next(verdicts),
        "currentTime": "2026-03-01T08:00:00Z",
        "interval": 10,
    }
    async with VirtualCharger(backend.url, "CP-2", time=ManualTime()) as charger:
        await charger.connect()
        await charger.register()
    assert backend.actions()[:4] == ["BootNotification"] * 3 + ["StatusNotification"]


async def test_a_call_error_of_the_server_is_told(booted: VirtualCharger, backend: Backend) -> None:
    backend.reply["DataTransfer"] = lambda _: {"error": "NotSupported"}
    with pytest.raises(CallRefused, match="NotSupported"):
        await booted.call("DataTransfer", {"vendorId": "X"})


async def test_a_server_that_is_silent_loses_the_charger(backend: Backend) -> None:
    backend.reply["DataTransfer"] = lambda _: None
    async with VirtualCharger(backend.url, "CP-2", answer_within_s=0.05) as charger:
        await charger.connect()
        with pytest.raises(LinkLost, match="not answered"):
            await charger.call("DataTransfer", {"vendorId": "X"})
        assert not charger.online


async def test_no_server_is_told_as_a_lost_link() -> None:
    async with VirtualCharger("ws://127.0.0.1:9", "CP-2") as charger:
        with pytest.raises(LinkLost, match="cannot connect"):
            await charger.connect()


async def test_a_session_may_outlive_the_cable_if_so_configured(booted: VirtualCharger, backend: Backend) -> None:
    booted.settings["StopTransactionOnEVSideDisconnect"] = "false"
    await booted.plug_in()
    await booted.start("TAG")
    await booted.unplug()
    assert backend.statuses()[-1] == "SuspendedEV"
    assert backend.payloads("StopTransaction") == []


async def test_one_call_is_in_flight_and_the_server_is_answered_meanwhile(
    booted: VirtualCharger, backend: Backend
) -> None:
    backend.reply["DataTransfer"] = lambda _: None
    calls = [asyncio.create_task(booted.call("DataTransfer", {"vendorId": name})) for name in "AB"]
    await backend.received("DataTransfer")
    assert await backend.call("CP-1", "ClearCache", {}) == {"status": "Accepted"}
    assert backend.payloads("DataTransfer") == [{"vendorId": "A"}]
    await booted.go_offline()
    for call in calls:
        with pytest.raises(LinkLost):
            await call


async def test_an_answer_to_another_call_is_not_taken(booted: VirtualCharger, backend: Backend) -> None:
    backend.reply["DataTransfer"] = lambda _: None
    calling = asyncio.create_task(booted.call("DataTransfer", {"vendorId": "A"}))
    await backend.received("DataTransfer")
    await backend.send_text("CP-1", '[3,"some-other-id",{"status":"Accepted"}]')
    await backend.call("CP-1", "ClearCache", {})  # answered after the stray one was read
    assert not calling.done()
    await booted.go_offline()
    with pytest.raises(LinkLost):
        await calling
