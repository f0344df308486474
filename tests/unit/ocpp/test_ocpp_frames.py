"""What becomes of every odd frame of RELIABILITY §1.4."""

import json
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.ocpp.codes import Problem
from cpoctl.ocpp.frames import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    Ignored,
    Unreadable,
    encode_call,
    encode_error,
    encode_raw_call,
    encode_result,
    encode_send,
    parse,
)

V16, V201, V21 = Version


def call(text: str | bytes, version: Version = V16) -> Call:
    frame = parse(text, version)
    assert isinstance(frame, Call), frame
    return frame


def unreadable(text: str | bytes, version: Version = V16) -> Unreadable:
    frame = parse(text, version)
    assert isinstance(frame, Unreadable), frame
    return frame


def wants(frame: Unreadable) -> tuple[Problem, str | None, bool]:
    return frame.problem, frame.message_id, frame.answer


def test_a_call_is_read() -> None:
    assert call('[2,"id-1","Authorize",{"idTag":"A"}]') == Call("id-1", "Authorize", {"idTag": "A"})


def test_a_result_is_read() -> None:
    assert parse('[3,"id-1",{"status":"Accepted"}]', V16) == CallResult("id-1", {"status": "Accepted"})


def test_an_error_is_read() -> None:
    assert parse('[4,"id-1","NotSupported","no",{"a":1}]', V16) == CallError("id-1", "NotSupported", "no", {"a": 1})


def test_text_and_bytes_are_the_same_frame() -> None:
    text = '[2,"1","Authorize",{"idTag":"Zoë"}]'
    assert parse(text, V16) == parse(text.encode(), V16)


@pytest.mark.parametrize("text", ['[2,"77","Authorize",{"idTag":"A"', '[2,"77","Authorize",{,"idTag":"A"}]'])
def test_a_broken_call_is_refused_under_its_own_id(text: str) -> None:  # F-01, ZJ Beny ha#1078
    frame = unreadable(text)
    assert (*wants(frame), frame.action) == (Problem.FORMATION_VIOLATION, "77", True, "Authorize")


@pytest.mark.parametrize("text", ["not json", '["2","1"', "{", '[2,"', "[2,"])
def test_what_has_no_id_gets_no_answer_in_1_6(text: str) -> None:  # F-01
    assert not unreadable(text).answer


@pytest.mark.parametrize("text", ["not json", "[]", "[2]", "{}", "[2,"])
def test_what_has_no_id_is_a_framework_error_in_2_x(text: str) -> None:  # F-01, F-03
    assert wants(unreadable(text, V201)) == (Problem.RPC_FRAMEWORK_ERROR, None, True)


def test_byte_order_mark_and_trailing_nul_are_taken_off() -> None:  # F-01
    frame = call(b'\xef\xbb\xbf[2,"1","Heartbeat",{}]\r\n\x00\x00')
    assert (frame.action, frame.flags) == ("Heartbeat", ("byte_order_mark", "trailing_nul"))


@pytest.mark.parametrize("data", [b"", b"  \n", b"\x00", b"\xef\xbb\xbf"])
def test_an_empty_frame_is_ignored(data: bytes) -> None:  # F-02, steve#66
    assert parse(data, V16) == Ignored("empty")


@pytest.mark.parametrize("text", ["pong", "Pong", "ping"])
def test_a_pong_that_is_sent_as_text_does_no_harm(text: str) -> None:  # EN+, ha#211; mob#99
    frame = parse(text, V16)
    assert isinstance(frame, Ignored)
    assert not frame.bad


@pytest.mark.parametrize("text", ["[]", "[2]", "{}"])
def test_a_frame_without_content_has_nothing_to_answer(text: str) -> None:  # F-03
    assert not unreadable(text).answer


def test_a_call_without_an_action_is_a_protocol_error() -> None:  # F-03
    assert wants(unreadable('[2,"1"]')) == (Problem.PROTOCOL_ERROR, "1", True)
    assert wants(unreadable('[2,"1"]', V201)) == (Problem.RPC_FRAMEWORK_ERROR, "1", True)


@pytest.mark.parametrize("text", ['[9,"1",{}]', '["2","1","Heartbeat",{}]', "[null]", '[true,"1","Heartbeat",{}]'])
def test_an_unknown_message_type_is_counted_and_ignored_in_1_6(text: str) -> None:  # F-04
    assert parse(text, V16) == Ignored("unknown message type", bad=True)


def test_an_unknown_message_type_is_named_in_2_x() -> None:  # F-04
    assert wants(unreadable('[9,"1",{}]', V201)) == (Problem.MESSAGE_TYPE_NOT_SUPPORTED, "1", True)
    assert wants(unreadable("[9]", V201)) == (Problem.MESSAGE_TYPE_NOT_SUPPORTED, None, True)


@pytest.mark.parametrize("text", ['[5,"1","FormatViolation","",{}]', '[6,"1","NotifyPeriodicEventStream",{}]'])
def test_the_message_types_of_2_1_are_unknown_to_the_versions_before(text: str) -> None:  # F-04
    assert parse(text, V16) == Ignored("unknown message type", bad=True)
    assert wants(unreadable(text, V201)) == (Problem.MESSAGE_TYPE_NOT_SUPPORTED, "1", True)


def test_a_send_is_a_call_that_takes_no_answer() -> None:  # 2.1 part 4 §4.2.5
    sent = Call("1", "NotifyPeriodicEventStream", {"id": 1}, sent=True)
    assert parse('[6,"1","NotifyPeriodicEventStream",{"id":1}]', V21) == sent
    assert parse(encode_send("1", "NotifyPeriodicEventStream", {"id": 1}), V21) == sent
    assert parse('[6,7,"NotifyPeriodicEventStream",null]', V21) == Call(
        "7", "NotifyPeriodicEventStream", {}, ("numeric_message_id", "null_payload"), sent=True
    )


@pytest.mark.parametrize(
    ("text", "message_id", "action"),
    [
        ("[6]", None, None),
        ('[6,"1"]', "1", None),
        ('[6,null,"A",{}]', None, "A"),
        ('[6,"1",[],{}]', "1", None),
        ('[6,"1","A",[]]', "1", "A"),
        ('[6,"1","A",{"a":', "1", "A"),
    ],
)
def test_a_broken_send_is_not_answered_either(text: str, message_id: str | None, action: str | None) -> None:
    frame = unreadable(text, V21)  # 2.1 part 4 §4.2.5
    assert (frame.message_id, frame.action, frame.answer, frame.answers_call) == (message_id, action, False, False)


def test_what_a_charger_cannot_use_of_an_answer_is_read() -> None:  # 2.1 part 4 §4.2.4
    text = '[5,"1","FormatViolation","no such field",{"a":1}]'
    assert parse(text, V21) == CallResultError("1", "FormatViolation", "no such field", {"a": 1})
    assert parse('[5,"1","X"]', V21) == CallResultError("1", "X", "", {})


@pytest.mark.parametrize("text", ["[5]", '[5,"1"]', '[5,null,"X","",{}]', '[5,"1",{}]', '[5,"1",'])
def test_a_broken_error_about_an_answer_is_not_answered_and_ends_no_call_of_ours(text: str) -> None:
    frame = unreadable(text, V21)  # 2.1 part 4 §4.2.4
    assert (frame.answer, frame.answers_call) == (False, False)


@pytest.mark.parametrize("version", [V201, V21])
@pytest.mark.parametrize(
    "text",
    [
        '[2,"77","Authorize",{"idTag":"A"',  # F-01
        '\ufeff[2,"1","Heartbeat",{}]\x00',
        "",  # F-02
        " \n",
        f'[2,"1","DataTransfer",{{"data":{"[" * 65}{"]" * 65}}}]',  # F-05
        f'[2,"1","DataTransfer",{{"data":{"[" * 9999}{"]" * 9999}}}]',
        f'[2,"1","TransactionEvent",{{"seqNo":{"9" * 5000}}}]',  # F-06
        '[2,"1","MeterValues",{"a":NaN}]',  # F-07
        '[2,"1","MeterValues",{"a":-1e400}]',
        '[2,"1","Authorize",{"a":1,"a":2}]',  # F-08
        '[2,"1",["Heartbeat"],{}]',  # F-09
        '[2,"1",null,{}]',
        '[2,null,"Heartbeat",{}]',  # F-10
        '[2,{},"Heartbeat",{}]',
        '[2,"","Heartbeat",{}]',
        '[2,1000001,"Heartbeat",{}]',
        '[2,"1","Heartbeat",null]',  # F-11
        '[2,"1","Heartbeat",[]]',  # F-12
        '[2,"1","Heartbeat","x"]',
        '[2,"1","Heartbeat"]',
        '[2,"1","Heartbeat",{},1]',
        '[2,"1","StatusNotification",{"evseId":true,"connectorId":1.0}]',  # F-13
        '[2,"1","TransactionEvent",{"seqNo":9223372036854775808}]',  # F-14
        '[2,"1","Authorize",{"idToken":{"idToken":"\\ud800"}}]',  # F-15
        '[2,"1","Authorize",{"idToken":{"idToken":"\\u0000"}}]',  # F-16
        '[2,"1","Authorize",{"idToken":{"idToken":"\x00"}}]',  # F-18
    ],
)
def test_what_the_versions_do_not_tell_apart_is_read_as_in_1_6(text: str, version: Version) -> None:
    assert parse(text, version) == parse(text, V16)


def test_a_call_without_a_usable_start_is_a_framework_error_in_2_x() -> None:  # F-01, F-03
    for text in ('[2,"1"]', "[2]", "[]", "{}", "not json", b"\xff\xfe", '"text"', "7"):
        for version in (V201, V21):
            assert unreadable(text, version).problem is Problem.RPC_FRAMEWORK_ERROR
            assert unreadable(text, version).answer


@pytest.mark.parametrize("depth", [65, 500, 100_000])
@pytest.mark.parametrize("shape", [("[", "]"), ('{"a":', "}")])
def test_a_deep_call_is_refused_under_its_own_id(depth: int, shape: tuple[str, str]) -> None:  # F-05
    text = f'[2,"1","DataTransfer",{{"data":{shape[0] * depth}1{shape[1] * depth}}}]'
    assert wants(unreadable(text)) == (Problem.FORMATION_VIOLATION, "1", True)


def test_a_broken_deep_frame_is_refused_too() -> None:  # F-05
    assert wants(unreadable('[2,"1","A",' + '{"a":[' * 50_000)) == (Problem.FORMATION_VIOLATION, "1", True)


def test_many_brackets_side_by_side_are_not_deep() -> None:  # F-05
    samples = [{"value": str(number)} for number in range(500)]
    frame = call(json.dumps([2, "1", "MeterValues", {"meterValue": [{"sampledValue": samples}]}]))
    assert frame.payload["meterValue"][0]["sampledValue"] == samples
    assert frame.flags == ()


@pytest.mark.parametrize("digits", ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "9" * 5000])
def test_an_integer_beyond_64_bits_is_kept_as_text(digits: str) -> None:  # F-06, F-14
    frame = call(f'[2,"1","StopTransaction",{{"transactionId":{digits}}}]')
    assert (frame.payload, frame.flags) == ({"transactionId": digits}, ("integer_overflow",))


def test_the_largest_and_smallest_integers_stay_integers() -> None:  # F-14, Alfen ocpp-go#188
    frame = call('[2,"1","StopTransaction",{"a":9223372036854775807,"b":-9223372036854775808}]')
    assert (frame.payload, frame.flags) == ({"a": 2**63 - 1, "b": -(2**63)}, ())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_what_is_no_number_is_refused(number: str) -> None:  # F-07
    assert wants(unreadable(f'[2,"1","MeterValues",{{"a":{number}}}]')) == (Problem.FORMATION_VIOLATION, "1", True)


def test_of_a_key_given_twice_the_last_one_counts() -> None:  # F-08
    assert call('[2,"1","Authorize",{"idTag":"A","idTag":"B"}]').payload == {"idTag": "B"}
    assert call('[2,"1","Authorize",{"idTag":"A","idTag":"B\x01"}]').payload == {"idTag": "B"}


@pytest.mark.parametrize("action", ["[]", '["Heartbeat"]', "{}", "null", "7", "true"])
def test_an_action_that_is_no_text_is_not_implemented(action: str) -> None:  # F-09
    assert wants(unreadable(f'[2,"1",{action},{{}}]')) == (Problem.NOT_IMPLEMENTED, "1", True)


@pytest.mark.parametrize(
    "message_id", ["null", '""', "{}", "[]", "true", json.dumps("x" * 256), json.dumps("x" * 9999)]
)
def test_an_id_that_cannot_be_echoed_is_a_formation_violation(message_id: str) -> None:  # F-10
    frame = unreadable(f'[2,{message_id},"Heartbeat",{{}}]')
    assert wants(frame) == (Problem.FORMATION_VIOLATION, None, True)


def test_a_number_as_id_is_taken_as_text() -> None:  # F-10
    frame = call('[2,1000001,"BootNotification",{}]')
    assert (frame.message_id, frame.flags) == ("1000001", ("numeric_message_id",))


def test_a_long_id_is_tolerated_in_1_6_only() -> None:  # F-10
    text = json.dumps([2, "x" * 37, "Heartbeat", {}])
    assert (call(text).message_id, call(text).flags) == ("x" * 37, ("long_message_id",))
    assert wants(unreadable(text, V201)) == (Problem.FORMATION_VIOLATION, "x" * 37, True)
    assert call(json.dumps([2, "x" * 255, "Heartbeat", {}])).message_id == "x" * 255


def test_an_id_with_control_characters_is_echoed_as_it_came() -> None:  # F-10
    assert call('[2,"1\\u0000","Heartbeat",{}]').message_id == "1\x00"


def test_no_payload_at_all_is_an_empty_one_when_it_is_null() -> None:  # F-11, steve#1109
    frame = call('[2,"1","Heartbeat",null]')
    assert (frame.payload, frame.flags) == ({}, ("null_payload",))


@pytest.mark.parametrize("rest", ["", ",[]", ',"text"', ",5", ",true"])
def test_a_payload_that_is_no_object_is_a_formation_violation(rest: str) -> None:  # F-12
    assert wants(unreadable(f'[2,"1","Heartbeat"{rest}]')) == (Problem.FORMATION_VIOLATION, "1", True)


def test_further_elements_are_ignored() -> None:  # F-12
    assert call('[2,"1","Heartbeat",{},{"more":1},2]') == Call("1", "Heartbeat", {})


def test_half_a_surrogate_pair_is_replaced() -> None:  # F-15
    frame = call('[2,"\\udfff","Auth\\ud800",{"id\\ud800Tag":"\\ud800x","ok":"\\ud83d\\ude00"}]')
    assert frame.payload == {"id\ufffdTag": "\ufffdx", "ok": "\U0001f600"}
    assert (frame.message_id, frame.action, frame.flags) == ("\ufffd", "Auth\ufffd", ("surrogate",))


def test_escaped_control_characters_are_stripped() -> None:  # F-16
    frame = call('[2,"1","Authorize",{"idTag":"A\\u0000B\\b\\f\\r\\u001bC","keep":"a\\tb\\nc"}]')
    assert (frame.payload, frame.flags) == ({"idTag": "ABC", "keep": "a\tb\nc"}, ("control_character",))


def test_the_line_ends_of_a_certificate_request_are_no_violation() -> None:  # F-16
    frame = call('[2,"1","SignCertificate",{"csr":"-----BEGIN\\r\\nMII\\/\\r\\n"}]')
    assert (frame.payload, frame.flags) == ({"csr": "-----BEGIN\nMII/\n"}, ())


def test_raw_control_characters_in_a_text_are_tolerated() -> None:  # F-18, Wallbe Pro evcc#3685
    frame = call(b'[2,"1","Authorize",{"idTag":"A\x00B\x01","x":"\t"}]')
    assert (frame.payload, frame.flags) == ({"idTag": "AB", "x": "\t"}, ("control_character",))


def test_what_is_not_utf_8_is_refused_under_its_own_id() -> None:
    assert wants(unreadable(b'[2,"1","Authorize",{"idTag":"\xff"}]')) == (Problem.FORMATION_VIOLATION, "1", True)


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ('[3,"1",{"configurationKey":[]', {"configurationKey": []}),  # Grizzl-E, ha#442
        ('[3,"1",{"configurationKey":[{"key":"a]","value":"b\\"["}', {"configurationKey": [{"key": "a]", "value": 'b"['}]}),
        ('[3,"1",{"status":"Accepted"', {"status": "Accepted"}),
    ],
)  # fmt: skip
def test_the_brackets_of_a_truncated_answer_are_closed(text: str, payload: Any) -> None:
    assert parse(text, V16) == CallResult("1", payload, ("closed_brackets",))


@pytest.mark.parametrize(
    "text", ['[3,"1",{"interval":12', '[3,"1",{"status":"Acc', '[3,"1",{"a":[}', '[3,"1"', '[3,"1",{,']
)
def test_an_answer_that_cannot_be_mended_still_tells_its_call(text: str) -> None:  # FIELD-NOTES 20
    frame = unreadable(text)
    assert (frame.message_id, frame.answers_call, frame.answer) == ("1", True, False)


def test_a_truncated_call_is_never_guessed_at() -> None:
    assert wants(unreadable('[2,"1","Authorize",{"idTag":"A"}')) == (Problem.FORMATION_VIOLATION, "1", True)


def test_an_answer_of_the_wrong_shape_is_kept_and_flagged() -> None:  # ha#442
    assert parse('[3,"1",[]]', V16) == CallResult("1", [], ("payload_not_object",))
    assert parse('[3,"1",null]', V16) == CallResult("1", {}, ("null_payload",))


def test_an_error_may_leave_out_description_and_details() -> None:
    assert parse('[4,"1","NotSupported"]', V16) == CallError("1", "NotSupported", "", {})
    assert parse('[4,"1","NotSupported",null,null]', V16) == CallError("1", "NotSupported", "", None)


@pytest.mark.parametrize("text", ["[3]", "[3,null,{}]", '[4,"1"]', '[4,"1",{}]', '[4,"1",'])
def test_a_malformed_answer_is_never_answered(text: str) -> None:
    for version in Version:
        frame = parse(text, version)
        assert not (isinstance(frame, Unreadable) and frame.answer and text != "[3]"), frame


def decoded(frame: bytes) -> Any:
    return json.loads(frame)


def test_frames_are_written_compactly_in_the_order_given() -> None:
    assert encode_call("1", "Reset", {"z": 1, "a": "ü"}) == '[2,"1","Reset",{"z":1,"a":"ü"}]'.encode()
    assert (
        encode_result("1", {"currentTime": "2026-01-01T00:00:00Z"}) == b'[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]'
    )


def test_a_raw_payload_goes_out_exactly_as_it_was_written() -> None:
    payload = b'{ "limit": 8.10,\n "limit": 8.1 }'
    assert encode_raw_call("1", "X", payload) == b'[2,"1","X",' + payload + b"]"


def test_an_error_is_short_and_spelled_for_its_version() -> None:
    frame = decoded(encode_error("1", Problem.FORMATION_VIOLATION, "x" * 999, V16))
    assert frame == [4, "1", "FormationViolation", "x" * 255, {}]
    assert decoded(encode_error("1", Problem.FORMATION_VIOLATION, "", V201, {"a": 1}))[2:] == [
        "FormatViolation",
        "",
        {"a": 1},
    ]


def test_an_answer_to_a_call_without_usable_id_carries_minus_one() -> None:  # F-01, F-10
    assert decoded(encode_error(None, Problem.RPC_FRAMEWORK_ERROR, "", V201))[:3] == [4, "-1", "RpcFrameworkError"]


@pytest.mark.parametrize("frame", [Call("1", "A", {}), CallResult("1", {}), CallError("1", "X", "", {})])
def test_what_was_written_is_read_back(frame: Frame) -> None:
    written = {Call: '[2,"1","A",{}]', CallResult: '[3,"1",{}]', CallError: '[4,"1","X","",{}]'}[type(frame)]
    assert parse(written, V16) == frame
