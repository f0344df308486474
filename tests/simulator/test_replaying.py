"""A recording that is played again, against another server."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cpoctl.ocpp import Version
from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.simulator.messages import believable
from cpoctl.simulator.recording import Exchange, Reply, spoken
from cpoctl.simulator.replaying import Replay
from tests.simulator.backend import Backend

BEGAN = datetime(2026, 1, 1, 8, tzinfo=UTC)


def said(
    action: str, payload: dict[str, Any], answer: dict[str, Any] | None, after: float = 0, by: str = "charger"
) -> Exchange:
    reply = None if answer is None else Reply(answer)
    return Exchange(BEGAN + timedelta(seconds=after), "CP-OLD", by, action, payload, reply)


START = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-01-01T08:00:00Z"}
STOP = {"transactionId": 7, "meterStop": 5, "timestamp": "2026-01-01T09:00:00Z"}
ACCEPTED = {"idTagInfo": {"status": "Accepted"}}


async def test_requests_go_out_in_order_with_the_pauses_and_the_ids_of_now(backend: Backend) -> None:
    time = ManualTime()
    recording = [
        said("StartTransaction", START, {"transactionId": 7, **ACCEPTED}),
        said("StopTransaction", STOP, {}, 3600),
    ]
    async with VirtualCharger(backend.url, "CP-1", time=time) as charger:
        replay = Replay(charger, recording)
        await replay.play(lambda *_: None)
    assert (replay.played, replay.found) == (2, [])
    assert time.elapsed() == 3600
    (start,), (stop,) = backend.payloads("StartTransaction"), backend.payloads("StopTransaction")
    assert start == START
    assert stop["transactionId"] >= 1000  # the backend counts from there
    assert backend.actions() == ["StartTransaction", "StopTransaction"]


async def test_an_answer_that_differs_is_told(backend: Backend) -> None:
    backend.reply["Authorize"] = lambda _: {"idTagInfo": {"status": "Blocked"}}
    async with VirtualCharger(backend.url, "CP-1", time=ManualTime()) as charger:
        replay = Replay(charger, [said("Authorize", {"idTag": "A"}, ACCEPTED)])
        await replay.play(lambda *_: None)
    (found,) = replay.found
    assert (found.action, found.difference) == ("Authorize", "idTagInfo.status: Accepted, now Blocked")


async def test_it_answers_the_server_as_the_recorded_charger_did(backend: Backend) -> None:
    recording = [
        said("Reset", {"type": "Soft"}, {"status": "Rejected"}, by="csms"),
        said("Reset", {"type": "Hard"}, {"status": "Accepted"}, by="csms"),
        said("Heartbeat", {}, {"currentTime": "x"}),
    ]
    async with VirtualCharger(backend.url, "CP-1", time=ManualTime()) as charger:
        await Replay(charger, recording).play(lambda *_: None)
        answers = [await backend.call("CP-1", "Reset", {"type": "Soft"}) for _ in range(3)]
        assert answers == [{"status": "Rejected"}, {"status": "Accepted"}, {"status": "Accepted"}]
        assert await backend.call("CP-1", "ClearCache", {}) == {"error": "NotSupported"}


async def test_a_transaction_of_2_is_said_again_under_a_new_id(backend: Backend) -> None:
    event = believable("TransactionEvent", "CP-OLD", BEGAN, Version.V201)
    end = event | {"eventType": "Ended", "seqNo": 1}
    recording = [said("TransactionEvent", each, {"idTokenInfo": {"status": "Accepted"}}) for each in (event, end)]
    assert spoken(recording) is Version.V201
    async with VirtualCharger(backend.url, "CP-1", version=Version.V201, time=ManualTime()) as charger:
        replay = Replay(charger, recording)
        await replay.play(lambda *_: None)
    assert replay.found == []
    first, last = (each["transactionInfo"]["transactionId"] for each in backend.payloads("TransactionEvent"))
    assert first == last != event["transactionInfo"]["transactionId"]


def test_a_recording_tells_its_version() -> None:
    assert spoken([said("StartTransaction", START, None)]) is Version.V16
    assert spoken([said("Heartbeat", {}, None)]) is Version.V16
    for version in Version:
        boot = believable("BootNotification", "CP-1", BEGAN, version)
        assert (spoken([said("BootNotification", boot, None)]) is Version.V16) is (version is Version.V16)
    settled = believable("NotifySettlement", "CP-1", BEGAN, Version.V21)
    assert spoken([said("NotifySettlement", settled, None)]) is Version.V21


async def test_what_wanted_no_answer_is_said_without_wanting_one_again(backend: Backend) -> None:
    stream = believable("NotifyPeriodicEventStream", "CP-OLD", BEGAN, Version.V21)
    heartbeat = believable("Heartbeat", "CP-OLD", BEGAN, Version.V21)
    sends = [("Heartbeat", heartbeat, None), ("NotifyPeriodicEventStream", stream, None)]
    recording = [replace(said(*each), sent=True) for each in sends]
    recording += [said("NotifyPeriodicEventStream", stream, {}, after=1)]
    assert spoken(recording[:1]) is Version.V21
    async with VirtualCharger(backend.url, "CP-1", version=Version.V21, time=ManualTime()) as charger:
        replay = Replay(charger, recording)
        await replay.play(lambda *_: None)
    assert (replay.played, replay.found) == (3, [])
    assert [each.action for each in backend.sends] == ["Heartbeat", "NotifyPeriodicEventStream"]
    assert backend.actions() == ["NotifyPeriodicEventStream"]
    backend.faults.clear()  # what was recorded breaks the standard


async def test_a_server_that_says_nothing_differs(backend: Backend) -> None:
    backend.reply["Heartbeat"] = lambda _: None
    async with VirtualCharger(backend.url, "CP-1", time=ManualTime(), answer_within_s=0.05) as charger:
        replay = Replay(
            charger, [said("Heartbeat", {}, {"currentTime": "x"}), said("Authorize", {"idTag": "A"}, ACCEPTED)]
        )
        await asyncio.wait_for(replay.play(lambda *_: None), 5)
    assert [found.difference for found in replay.found] == ["a result, now no answer"]
    assert replay.played == 2
