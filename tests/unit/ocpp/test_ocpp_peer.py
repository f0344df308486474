"""The RPC state of one connection."""

import json
from itertools import count
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.ocpp.frames import Call, CallError, CallResult, CallResultError, Ignored
from cpoctl.ocpp.peer import Answer, Busy, Fault, Peer, Unsolicited

START = b'[2,"7","StartTransaction",{"connectorId":1}]'


@pytest.fixture
def peer() -> Peer:
    ids = count(1)
    return Peer(Version.V16, lambda: f"ours-{next(ids)}")


def incoming(peer: Peer, raw: bytes) -> Call:
    event = peer.classify(raw, 0)
    assert isinstance(event, Call)
    return event


def fault(peer: Peer, raw: bytes) -> Fault:
    event = peer.classify(raw, 0)
    assert isinstance(event, Fault)
    return event


def test_a_call_from_the_charger_is_served_while_ours_waits(peer: Peer) -> None:
    peer.call("Reset", b'{"type":"Soft"}')
    assert incoming(peer, START).action == "StartTransaction"
    assert peer.in_flight is not None


def test_an_answer_ends_the_call_in_flight(peer: Peer) -> None:
    call = peer.call("Reset", b'{"type":"Soft"}')
    assert call.frame == b'[2,"ours-1","Reset",{"type":"Soft"}]'
    answer = peer.classify('[3,"ours-1",{"status":"Accepted"}]', 1)
    assert answer == Answer(call, CallResult("ours-1", {"status": "Accepted"}))
    assert isinstance(answer, Answer)
    assert (answer.payload, answer.error, answer.late) == ({"status": "Accepted"}, None, False)
    assert peer.in_flight is None


def test_a_refusal_ends_the_call_in_flight(peer: Peer) -> None:
    peer.call("Reset", b'{"type":"Soft"}')
    answer = peer.classify('[4,"ours-1","NotSupported","",{}]', 1)
    assert isinstance(answer, Answer)
    assert (answer.payload, answer.error) == (None, CallError("ours-1", "NotSupported", "", {}))


def test_a_callers_json_goes_out_as_it_is(peer: Peer) -> None:
    assert peer.call("Reset", b'{"type" : "Soft"}').frame == b'[2,"ours-1","Reset",{"type" : "Soft"}]'


def test_only_one_call_of_ours_is_in_flight(peer: Peer) -> None:  # OCPP-J 1.6 §4.1.1
    peer.begin("Reset", b"...", "a")
    with pytest.raises(Busy, match="Reset"):
        peer.begin("ClearCache", b"...", "b")


def test_a_late_answer_still_finds_its_call(peer: Peer) -> None:  # F-24, EN+ mob#297
    late, current = peer.call("Reset", b"{}"), None
    peer.give_up(late)
    current = peer.call("ClearCache", b"{}")
    assert peer.classify('[3,"ours-1",{}]', 32) == Answer(late, CallResult("ours-1", {}), late=True)
    assert peer.in_flight is current
    assert isinstance(peer.classify('[3,"ours-1",{}]', 33), Unsolicited)


def test_of_the_calls_given_up_the_last_64_are_remembered(peer: Peer) -> None:
    for _ in range(65):
        peer.give_up(peer.call("Reset", b"{}"))
    assert isinstance(peer.classify('[3,"ours-1",{}]', 1), Unsolicited)
    assert isinstance(peer.classify('[3,"ours-2",{}]', 1), Answer)


def test_giving_up_an_ended_call_changes_nothing(peer: Peer) -> None:
    call = peer.call("Reset", b"{}")
    peer.classify('[3,"ours-1",{}]', 1)
    peer.give_up(call)
    assert isinstance(peer.classify('[3,"ours-1",{}]', 1), Unsolicited)


def test_an_answer_to_nothing_is_unsolicited(peer: Peer) -> None:  # F-23
    assert peer.classify('[3,"x",{}]', 0) == Unsolicited(CallResult("x", {}))


def test_a_hundred_unsolicited_answers_a_minute_are_too_many(peer: Peer) -> None:  # F-23
    for number in range(99):
        peer.classify('[3,"x",{}]', number / 2)
    assert peer.too_many(50) is None
    peer.classify('[4,"x","E"]', 50)
    assert "unsolicited" in (peer.too_many(50) or "")
    assert peer.too_many(61) is None


def test_fifty_bad_frames_in_a_row_are_too_many(peer: Peer) -> None:  # RELIABILITY §1.4
    for _ in range(49):
        peer.classify("not json", 0)
    assert peer.too_many(0) is None
    peer.classify("[9]", 0)  # F-04: counted
    assert "in a row" in (peer.too_many(0) or "")


def test_a_good_frame_between_bad_ones_starts_the_count_again(peer: Peer) -> None:
    for number in range(120):
        peer.classify(START if number % 40 == 0 else "not json", number)
    assert peer.too_many(120) is None


def test_three_hundred_bad_frames_in_ten_minutes_are_too_many(peer: Peer) -> None:
    for number in range(300):
        peer.classify("not json", number)
        peer.classify(START, number)
    assert "10 minutes" in (peer.too_many(299) or "")
    assert peer.too_many(600) is None


def test_empty_frames_and_pongs_do_not_count(peer: Peer) -> None:  # F-02, mob#99
    for _ in range(400):
        assert isinstance(peer.classify("pong", 0), Ignored)
        assert isinstance(peer.classify("", 0), Ignored)
    assert peer.too_many(0) is None


def decoded(reply: bytes | None) -> Any:
    assert reply is not None
    return json.loads(reply)


def test_a_call_that_cannot_be_read_is_answered(peer: Peer) -> None:  # F-01
    assert decoded(fault(peer, b'[2,"7","Authorize",{').reply)[:3] == [4, "7", "FormationViolation"]


@pytest.mark.parametrize("message_id", [b"null", b'""', b"{}"])
def test_a_call_without_usable_id_is_answered_under_minus_one(peer: Peer, message_id: bytes) -> None:  # F-10
    assert decoded(fault(peer, b"[2," + message_id + b',"Heartbeat",{}]').reply)[:3] == [4, "-1", "FormationViolation"]


def test_noise_is_not_answered_in_1_6_but_in_2_x(peer: Peer) -> None:  # F-01
    assert fault(peer, b"not json").reply is None
    newer = Peer(Version.V201, lambda: "x")
    assert decoded(fault(newer, b"not json").reply)[:3] == [4, "-1", "RpcFrameworkError"]


def test_a_malformed_answer_ends_its_call(peer: Peer) -> None:  # FIELD-NOTES 20: ZJ Beny ha#1078
    call = peer.call("GetConfiguration", b"{}")
    broken = fault(peer, b'[3,"ours-1",{,"configurationKey":[]}]')
    assert (broken.ends, broken.late, broken.reply, peer.in_flight) == (call, False, None, None)


def test_a_truncated_answer_is_mended(peer: Peer) -> None:  # Grizzl-E ha#442
    peer.call("GetConfiguration", b"{}")
    answer = peer.classify('[3,"ours-1",{"configurationKey":[]', 1)
    assert isinstance(answer, Answer)
    assert answer.payload == {"configurationKey": []}


def test_a_malformed_late_answer_tells_that_it_is_late(peer: Peer) -> None:
    call = peer.call("GetConfiguration", b"{}")
    peer.give_up(call)
    broken = fault(peer, b'[3,"ours-1",{')
    assert (broken.ends, broken.late) == (call, True)


def test_a_malformed_answer_to_another_call_ends_nothing(peer: Peer) -> None:
    peer.call("GetConfiguration", b"{}")
    assert fault(peer, b'[3,"x",{').ends is None
    assert peer.in_flight is not None


def test_a_repeated_start_gets_the_same_answer(peer: Peer) -> None:  # F-25, METRON OCPP.Core#31
    peer.answered(incoming(peer, START), START, b"reply", 0)
    again = bytes(bytearray(START))
    assert peer.repeated(incoming(peer, again), again, 899) == b"reply"
    assert peer.repeated(incoming(peer, again), again, 900) is None


def test_the_same_id_with_another_payload_is_not_a_repeat(peer: Peer) -> None:  # F-26
    peer.answered(incoming(peer, START), START, b"reply", 0)
    other = START.replace(b":1}", b":2}")
    assert peer.repeated(incoming(peer, other), other, 1) is None


@pytest.mark.parametrize("action", ["BootNotification", "Heartbeat", "Authorize", "StatusNotification", "DataTransfer"])
def test_an_old_time_or_registration_is_never_repeated(peer: Peer, action: str) -> None:  # DESIGN §6
    raw = f'[2,"1000001","{action}",{{}}]'.encode()
    peer.answered(incoming(peer, raw), raw, b"reply", 0)
    assert peer.repeated(incoming(peer, raw), raw, 1) is None


def test_the_last_64_answers_are_remembered(peer: Peer) -> None:
    frames = [START.replace(b'"7"', b'"%d"' % number) for number in range(65)]
    for raw in frames:
        peer.answered(incoming(peer, raw), raw, b"reply to " + raw, 0)
    assert peer.repeated(incoming(peer, frames[0]), frames[0], 1) is None
    assert all(peer.repeated(incoming(peer, raw), raw, 1) == b"reply to " + raw for raw in frames[1:])


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
@pytest.mark.parametrize(
    ("raw", "message_id", "code"),
    [
        (b"not json", "-1", "RpcFrameworkError"),  # F-01
        (b"{}", "-1", "RpcFrameworkError"),  # F-03
        (b'[2,"7"]', "7", "RpcFrameworkError"),
        (b'[9,"7",{}]', "7", "MessageTypeNotSupported"),  # F-04
        (b'[2,"7",[],{}]', "7", "NotImplemented"),  # F-09
        (b'[2,"' + b"x" * 37 + b'","Heartbeat",{}]', "x" * 37, "FormatViolation"),  # F-10
        (b'[2,"7","Heartbeat",[]]', "7", "FormatViolation"),  # F-12
    ],
)
def test_2_x_answers_in_its_own_words_what_it_cannot_read(
    raw: bytes, message_id: str, code: str, version: Version
) -> None:
    reply = fault(Peer(version, lambda: "id"), raw).reply
    assert reply is not None
    assert json.loads(reply)[:3] == [4, message_id, code]


def test_an_error_about_an_answer_of_ours_is_handed_on_and_ends_no_call_of_ours() -> None:  # 2.1 part 4 §4.2.4
    peer = Peer(Version.V21, lambda: "ours")
    peer.call("Reset", b"{}")
    error = CallResultError("ours", "FormatViolation", "", {})
    assert peer.classify('[5,"ours","FormatViolation","",{}]', 0) == error
    assert peer.in_flight is not None


def test_errors_about_answers_of_ours_are_no_reason_to_close() -> None:  # 2.1 part 4 §4.2.4
    peer = Peer(Version.V21, lambda: "ours")
    for _ in range(400):
        peer.classify('[5,"7","FormatViolation","",{}]', 0)
    assert peer.too_many(0) is None


def test_a_broken_send_counts_as_a_bad_frame_and_is_not_answered() -> None:  # 2.1 part 4 §4.2.5
    peer = Peer(Version.V21, lambda: "ours")
    for _ in range(50):
        assert fault(peer, b'[6,"7","NotifyPeriodicEventStream",[]]').reply is None
    assert peer.too_many(0) == "50 bad frames in a row"
