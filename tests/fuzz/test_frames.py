"""Nothing that a charger can send raises or hangs the OCPP-J core, and what is valid comes back as it was."""

import json
import string
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.ocpp import Version, v2, v16
from cpoctl.ocpp.codes import Problem, spelled
from cpoctl.ocpp.frames import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    encode_call,
    encode_error,
    encode_result,
    encode_send,
    parse,
)
from cpoctl.ocpp.mending import INT64, cleaned
from cpoctl.ocpp.peer import Fault, Peer
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import actions, judge

quick = settings(max_examples=300, deadline=2000)

versions = st.sampled_from(Version)
any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
any_json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4), max_leaves=12
)
structs: dict[tuple[Version, str], type[msgspec.Struct]] = {
    **{(Version.V16, action): struct for action, struct in v16.REQUESTS.items()},
    **{(Version.V21, action): struct for action, struct in v2.requests(Version.V21).items()},
}
keys = sorted({key for struct in structs.values() for key in struct.__struct_encode_fields__})
payloads = st.dictionaries(st.sampled_from([*keys, "timestamp", "sampledValue", "value"]), any_json, max_size=6)
numbers_as_text = st.sampled_from(["1", " 2 ", "1.5", "-0", "9" * 400, "1e999", "1e5", "٣", "1_0", "0x1", "NaN"])
near_payloads = st.dictionaries(
    st.sampled_from(keys),
    st.integers() | numbers_as_text | payloads | st.lists(payloads, max_size=3),
    max_size=6,
)
safe_text = st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", "") + "äß€😀", max_size=30)
safe_json = st.recursive(
    st.none() | st.booleans() | st.integers(INT64[0], INT64[-1]) | st.floats(allow_nan=False, allow_infinity=False) | safe_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(safe_text, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
ids = st.text(string.printable[:94], min_size=1, max_size=36)


def survives(data: bytes | str, version: Version) -> None:
    """Send one frame through everything that looks at it."""
    peer = Peer(version, lambda: "id")
    peer.call("Reset", b"{}")
    event = peer.classify(data, 1)
    peer.too_many(1)
    if isinstance(event, Fault) and event.reply is not None:
        assert json.loads(event.reply)[0] == 4
    if isinstance(event, Call):
        raw = data.encode() if isinstance(data, str) else data
        peer.repeated(event, raw, 1)
        peer.answered(event, raw, encode_result(event.message_id, {}), 1)
        json.dumps(event.payload, allow_nan=False, ensure_ascii=False).encode()
        for request in v16.REQUESTS.values():
            read(request, event.payload)


@quick
@given(st.binary(max_size=200), versions)
def test_no_bytes_raise(data: bytes, version: Version) -> None:
    survives(data, version)


@quick
@given(any_text, versions)
def test_no_text_raises(text: str, version: Version) -> None:
    survives(text, version)


@quick
@given(any_json | st.lists(any_json, max_size=6), versions)
def test_no_json_raises(value: Any, version: Version) -> None:
    survives(json.dumps(value), version)


@quick
@given(st.integers(2, 6), any_json, any_json, payloads | any_json, st.booleans(), versions)
def test_nothing_shaped_like_a_frame_raises(
    kind: int, message_id: Any, second: Any, third: Any, escaped: bool, version: Version
) -> None:
    text = json.dumps([kind, message_id, second, third], ensure_ascii=escaped)
    survives(text, version)


@quick
@given(payloads | near_payloads, st.data())
def test_a_valid_frame_cut_or_changed_anywhere_does_not_raise(payload: Any, data: st.DataObject) -> None:
    version = data.draw(versions)
    raw = bytearray(json.dumps([data.draw(st.integers(2, 6)), "id", "MeterValues", payload]).encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    survives(bytes(raw), version)
    survives(bytes(raw[:at]), version)


@settings(max_examples=100)
@given(st.sampled_from([5, 6]), safe_json, safe_json, safe_json, st.integers(1, 4))
def test_nothing_that_takes_no_answer_in_2_1_gets_one(
    kind: int, message_id: Any, second: Any, third: Any, length: int
) -> None:  # 2.1 part 4 §4.2.4, §4.2.5
    text = json.dumps([kind, message_id, second, third][:length])
    event = Peer(Version.V21, lambda: "id").classify(text, 1)
    assert not isinstance(event, Fault) or event.reply is None
    assert not isinstance(event, Call) or event.sent


@quick
@given(st.sampled_from(sorted(structs)), payloads | near_payloads | any_json)
def test_no_payload_raises_and_what_was_read_has_the_types_of_the_struct(
    action: tuple[Version, str], payload: Any
) -> None:
    value, violations = read(structs[action], payload)
    assert msgspec.convert(msgspec.to_builtins(value), structs[action]) == value
    assert all(each.message.isprintable() and len(each.message) <= 200 for each in violations)


@quick
@given(st.sampled_from(actions(Version.V16)), st.booleans(), payloads | near_payloads)
def test_no_payload_raises_in_the_judge(action: str, answer: bool, payload: Any) -> None:
    judged = judge(Version.V16, action, answer)
    assert judged is not None
    as_parsed, _ = cleaned(payload)  # the judge sees what `parse` returned
    assert judged.valid(as_parsed) == (judged.violations(as_parsed) == [])


@quick
@given(ids, safe_text, st.dictionaries(safe_text, safe_json, max_size=5), versions)
def test_a_valid_call_or_send_comes_back_as_it_was(
    message_id: str, action: str, payload: dict[str, Any], version: Version
) -> None:
    assert parse(encode_send(message_id, action, payload), Version.V21) == Call(message_id, action, payload, sent=True)
    assert parse(encode_call(message_id, action, payload), version) == Call(message_id, action, payload)
    assert parse(json.dumps([2, message_id, action, payload]), version) == Call(message_id, action, payload)


@quick
@given(ids, st.dictionaries(safe_text, safe_json, max_size=5), versions)
def test_a_valid_result_comes_back_as_it_was(message_id: str, payload: dict[str, Any], version: Version) -> None:
    assert parse(encode_result(message_id, payload), version) == CallResult(message_id, payload)


@quick
@given(ids, safe_text, versions)
def test_an_error_comes_back_as_it_was(message_id: str, description: str, version: Version) -> None:
    about_an_answer = json.dumps([5, message_id, description, description, {"a": description}])
    assert parse(about_an_answer, Version.V21) == CallResultError(
        message_id, description, description, {"a": description}
    )
    for problem in Problem:
        expected = CallError(message_id, spelled(problem, version), description, {})
        assert parse(encode_error(message_id, problem, description, version), version) == expected


def test_a_frame_as_large_as_a_connection_takes_is_read_in_bounded_time() -> None:  # F-05, F-19
    mebibyte = 1 << 20
    for data in (
        "[",
        '{"a":',
        '"',
        '[2,"1","A",{"a":"\\',
        "\\",
        "[]",
        '[3,"1",[],',
        '[3,"1",' + '"\\"',
        "1",
        "-",
        "\x00",
        " ",
    ):
        survives((data * mebibyte)[:mebibyte], Version.V16)
        survives(('[3,"1",{"a":' + data * mebibyte)[:mebibyte], Version.V16)
