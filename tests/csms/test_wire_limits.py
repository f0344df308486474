"""What one connection may cost: sizes, floods, fragments, back-pressure. RELIABILITY F-17 to F-29, L-07"""

import asyncio
import json

import pytest

from cpoctl.events import Event, SessionStarted
from cpoctl.ocpp import Version
from tests.support.csms import BOOT, T0, Csms, metered, start
from tests.support.raw_charger import BINARY, CLOSE, CONTINUATION, PONG, TEXT, HandshakeRefused, masked

HEARTBEAT = json.dumps([2, "h", "Heartbeat", {}]).encode()


async def test_a_binary_message_ends_the_connection_with_1003(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.frame(BINARY, HEARTBEAT)
    assert await charger.ended() == 1003


@pytest.mark.parametrize("size", [2**20 + 1, 2**24])
async def test_a_message_over_1_mib_ends_the_connection_with_1009(csms: Csms, size: int) -> None:
    charger = await csms.booted()
    await charger.bytes(bytes([0x81, 0xFF]) + size.to_bytes(8, "big") + bytes(4))
    assert await charger.ended() == 1009


async def test_a_message_of_nearly_1_mib_is_read(csms: Csms) -> None:
    charger = await csms.booted()
    answer = await charger.call("DataTransfer", {"vendorId": "v", "data": "x" * (2**20 - 200)})
    assert answer == {"status": "UnknownVendorId"}


async def test_a_message_in_fragments_is_read_pings_between_them_too(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.frame(TEXT, HEARTBEAT[:5], final=False)
    await charger.frame(PONG, b"")
    for byte in HEARTBEAT[5:-1]:
        await charger.frame(CONTINUATION, bytes([byte]), final=False)
    await charger.frame(CONTINUATION, HEARTBEAT[-1:])
    assert (await charger.answer("h"))[0] == 3


async def test_a_message_may_arrive_byte_by_byte(csms: Csms) -> None:
    charger = await csms.booted()
    for byte in masked(TEXT, HEARTBEAT):
        await charger.bytes(bytes([byte]))
        await asyncio.sleep(0)
    assert (await charger.answer("h"))[0] == 3


async def test_a_message_that_is_never_finished_ends_the_connection(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    charger = await csms.booted()
    await charger.frame(TEXT, HEARTBEAT[:5], final=False)
    connection = csms.central.fleet.connections["cp-1"]
    await csms.until(lambda: connection.socket.fragments_since)
    monkeypatch.setattr("cpoctl.csms.server.ASSEMBLE_WITHIN", 0.0)
    csms.central.server.sweep(csms.clock.monotonic())
    assert await charger.ended() == 1008


async def test_fifty_bad_frames_in_a_row_end_the_connection_with_1008(csms: Csms) -> None:
    charger = await csms.booted()
    for _ in range(49):
        await charger.text("not json")
    await charger.synced()
    for _ in range(50):
        await charger.text("[]")
    assert await charger.ended() == 1008
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial()
    assert refused.value.status == 429
    await csms.dial("CP-2")
    csms.clock.move(61)
    await csms.dial()


async def test_three_hundred_bad_frames_in_ten_minutes_end_the_connection(csms: Csms) -> None:
    charger = await csms.booted()
    for _ in range(11):
        for _ in range(27):
            await charger.text("not json")
        await charger.synced()
    for _ in range(3):
        await charger.text("not json")
    assert await charger.ended() == 1008


async def test_unsolicited_answers_are_dropped_until_there_are_a_hundred_in_a_minute(csms: Csms) -> None:
    charger = await csms.booted()
    for number in range(99):
        await charger.say([3, f"nobody-{number}", {}])
    await charger.synced()
    await charger.say([4, "nobody", "InternalError", "", {}])
    assert await charger.ended() == 1008


async def test_a_flood_of_control_frames_ends_the_connection(csms: Csms) -> None:
    charger = await csms.booted()
    for _ in range(30):
        await charger.frame(PONG, b"")
    await charger.synced()
    csms.central.server.sweep(csms.clock.monotonic())
    assert await charger.ended() == 1008


async def test_the_others_have_their_turn_while_one_floods_with_tiny_frames(csms: Csms) -> None:  # L-13
    charger, other = await csms.booted(), await csms.booted("CP-2")
    socket = csms.central.fleet.connections["cp-1"].socket
    await charger.bytes(masked(PONG, b"") * 5000)
    await other.synced()
    assert socket.controls < 5000
    await charger.synced()  # and then it is all read


async def test_a_flood_of_fragments_ends_the_connection(csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    charger = await csms.booted()
    monkeypatch.setattr("cpoctl.csms.server.FRAGMENTS_PER_SECOND", 20)
    await charger.frame(TEXT, b"[", final=False)
    for _ in range(21):
        await charger.frame(CONTINUATION, b"", final=False)
    await csms.until(lambda: csms.central.fleet.connections["cp-1"].socket.fragments > 20)
    csms.central.server.sweep(csms.clock.monotonic())
    assert await charger.ended() == 1008


async def test_a_thousand_calls_at_once_are_all_answered_in_their_order(csms: Csms) -> None:
    charger = await csms.booted()
    frames = [[2, f"n{n}", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}]
              for n in range(1000)]  # fmt: skip
    await charger.bytes(b"".join(masked(TEXT, json.dumps(frame).encode()) for frame in frames))
    for frame in frames:
        assert (await charger.answer())[1] == frame[1]
    assert await csms.count("status_change") == 1000


async def test_calls_beyond_sixteen_in_wait_stay_in_the_socket(csms: Csms) -> None:
    charger = await csms.booted()
    connection = csms.central.fleet.connections["cp-1"]
    payload = {"connectorId": 1, "meterValue": [{"timestamp": "2026-11-22T13:00:00Z", "sampledValue": [
        {"value": "1", "format": "SignedData", "location": "x" * 60_000}]}]}  # fmt: skip
    calls = [masked(TEXT, json.dumps([2, f"n{n}", "MeterValues", payload]).encode()) for n in range(100)]
    sending = asyncio.create_task(charger.bytes(b"".join(calls)))
    most = 0
    for number in range(100):
        assert (await charger.answer())[1] == f"n{number}"
        most = max(most, len(connection._waiting or ()))
    await sending
    assert most <= 32  # sixteen, and what the last read brought along


async def test_a_charger_that_takes_no_answers_is_not_read_until_it_takes_them(csms: Csms) -> None:
    charger, other = await csms.booted(), await csms.booted("CP-2")
    socket = csms.central.fleet.connections["cp-1"].socket
    socket.pause_writing()  # as the transport does when 64 KiB wait to be taken
    await charger.say([2, "h", "Heartbeat", {}])
    await other.synced()
    assert (socket.reading, [frame[1] for frame in charger.heard].count("h")) == (False, 0)
    socket.resume_writing()
    assert (await charger.answer("h"))[0] == 3


async def test_a_charger_that_takes_no_answers_for_long_is_closed(csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    charger = await csms.booted()
    csms.central.fleet.connections["cp-1"].socket.pause_writing()
    monkeypatch.setattr("cpoctl.csms.server.STALLED_AFTER", 0.0)
    csms.central.server.sweep(csms.clock.monotonic())
    assert await charger.ended() == 1008


async def test_one_broken_frame_costs_nothing_but_itself(csms: Csms) -> None:
    charger, other = await csms.booted(), await csms.booted("CP-2")
    for broken in ("[" * 100_000, '[2,"a","StartTransaction",{"connectorId":' + "9" * 5000 + "}]", "[2,{},[],{}]"):
        await charger.text(broken)
    await other.synced()
    await charger.say([2, "last", "Heartbeat", {}])
    while (await charger.answer())[1] != "last":
        pass


async def test_a_charger_is_answered_whatever_goes_wrong_in_who_hears_of_it(csms: Csms) -> None:
    charger, heard = await csms.booted(), []

    def fails(seq: int | None, event: Event) -> None:
        raise ZeroDivisionError

    csms.central.ledger.bus.listen(fails, SessionStarted)
    csms.central.ledger.bus.listen(lambda _, event: heard.append(event.type), SessionStarted)
    assert (await charger.call("StartTransaction", start(tag="ANNA")))["transactionId"] > 0
    assert heard == ["SessionStarted"]
    await charger.synced()


async def test_a_session_that_the_server_fails_on_is_kept_for_somebody_to_look_at(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    charger = await csms.booted()
    monkeypatch.setattr("cpoctl.csms.actions.start_transaction.begin", lambda *_: 1 // 0)
    await charger.say([2, "s", "StartTransaction", start(tag="ANNA")])
    assert (await charger.answer("s"))[2] == "InternalError"
    [orphan] = await csms.rows("SELECT action, reason, payload LIKE '%ANNA%' AS whole FROM orphan")
    assert orphan == {"action": "StartTransaction", "reason": "the server failed on this message", "whole": 1}


async def test_every_unreadable_frame_is_kept_in_the_journal(csms: Csms) -> None:
    charger = await csms.booted()
    await charger.text('[2,"a1","StopTransaction",{"trans')
    assert (await charger.answer("a1"))[2] == "FormationViolation"
    kept = await csms.rows("SELECT request, outcome FROM journal WHERE message_id = 'a1'")
    assert kept == [{"request": '[2,"a1","StopTransaction",{"trans', "outcome": "unreadable"}]


async def test_one_and_the_same_message_twice_at_once_is_handled_once_and_answered_twice(csms: Csms) -> None:
    charger = await csms.booted()
    frame = masked(TEXT, json.dumps([2, "same", "StartTransaction", start(tag="ANNA")]).encode())
    await charger.bytes(frame + frame)
    assert await charger.answer("same") == await charger.answer("same")
    assert await csms.count("session") == 1


async def test_a_message_id_used_again_for_other_content_is_another_message(csms: Csms) -> None:
    charger = await csms.booted()
    first = await charger.call("StartTransaction", start(meter=1), "1000001")
    second = await charger.call("StartTransaction", start(meter=2, at="2026-11-22T13:10:00Z"), "1000001")
    assert first["transactionId"] != second["transactionId"]


async def test_what_is_not_repeatable_is_answered_afresh_under_the_same_message_id(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    assert (await charger.call("BootNotification", BOOT, "1"))["status"] == "Pending"
    csms.clock.move(60)
    known = csms.known("NEW-1")
    known.registration = "Accepted"
    answer = await charger.call("BootNotification", BOOT, "1")
    assert (answer["status"], answer["currentTime"]) == ("Accepted", "2026-11-22T14:01:00Z")
    assert await charger.call("MeterValues", metered(None, 1), "2") == {}


async def test_what_came_just_before_a_goodbye_counts(csms: Csms) -> None:
    charger = await csms.booted()
    goodbye = masked(CLOSE, (1000).to_bytes(2, "big"))
    await charger.bytes(masked(TEXT, json.dumps([2, "s", "StartTransaction", start(tag="ANNA")]).encode()) + goodbye)
    await charger.ended()
    assert await csms.count("session") == 1


async def test_an_unreadable_message_of_a_session_waits_for_somebody(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    told = '[2,"a1","TransactionEvent",{"eventType":"Ended","transactionInfo":{"transactionId":"T1"},"seqNo":1e400}]'
    await charger.text(told)
    assert (await charger.answer("a1"))[2] == "FormatViolation"
    (kept,) = await csms.rows("SELECT action, reason, payload FROM orphan")
    assert kept["action"] == "TransactionEvent"
    assert kept["reason"].startswith("unreadable: ")
    assert json.loads(kept["payload"]) == told


async def test_a_step_of_a_session_is_taken_whatever_its_message_id(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    told = {
        "eventType": "Started", "timestamp": T0, "triggerReason": "CablePluggedIn", "seqNo": 0,
        "transactionInfo": {"transactionId": "T1"},
    }  # fmt: skip
    assert await charger.call("TransactionEvent", told, "x" * 60) == {}
    assert await csms.count("session") == 1
