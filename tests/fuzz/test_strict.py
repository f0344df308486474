"""The strict reader takes nothing that the official schema refuses, and reads what the tolerant one reads."""

import json
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl.ocpp import Version, v2, v16
from cpoctl.ocpp.frames import Call, ReadCall, parse
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import judge, schema
from cpoctl.ocpp.strict import StrictReader

REQUESTS: dict[Version, Any] = {
    Version.V16: v16.REQUESTS,
    Version.V201: v2.requests(Version.V201),
    Version.V21: v2.requests(Version.V21),
}
READERS = {version: StrictReader(version, structs) for version, structs in REQUESTS.items()}
EVERY_ACTION = [(version, action) for version, structs in REQUESTS.items() for action in sorted(structs)]
OF_2_X = [Version.V201, Version.V21]
TEXTS = ["", "x", "2026-11-22T13:00:00Z", "Zoë €😀", "a" * 1000]
ODD = [
    None, True, 0, -1, 7.0, 2**62, 2**63, -(2**65), 1e300, "", "text", "x" * 9999, "\x00", "\ud800", [], {},
    [[[[[[[[1]]]]]]]], {"vendorId": 1}, {"a": {"b": [2**70]}},
]  # fmt: skip


class Payloads:
    """Makes valid payloads of a schema, and breaks them."""

    def __init__(self, root: dict[str, Any], seed: int) -> None:
        self.root = root
        self.random = Random(seed)

    def valid(self, declared: dict[str, Any] | None = None) -> Any:
        """A payload that keeps the schema, with about half of what is optional."""
        declared = self.root if declared is None else declared
        if "$ref" in declared:
            return self.valid(self.root["definitions"][declared["$ref"].rpartition("/")[2]])
        if "enum" in declared:
            return self.random.choice(declared["enum"])
        make = getattr(self, f"_{declared.get('type', 'anything')}")
        return make(declared)

    def broken(self, payload: Any) -> Any:
        """The payload with something odd, missing or added in one place."""
        if type(payload) is dict and payload and self.random.random() < 0.9:
            key = self.random.choice(list(payload))
            if self.random.random() < 0.2:
                return {other: value for other, value in payload.items() if other != key}
            return {**payload, key: self.broken(payload[key])}
        if type(payload) is list and payload and self.random.random() < 0.8:
            return [self.broken(payload[0]), *payload[1:]]
        if type(payload) is dict:
            return {**payload, "odd": self.random.choice(ODD)}
        return self.random.choice(ODD)

    def _object(self, declared: dict[str, Any]) -> Any:
        required = declared.get("required", ())
        members = declared.get("properties", {}).items()
        made = {key: self.valid(each) for key, each in members if key in required or self.random.random() < 0.5}
        return made if not declared.get("additionalProperties", True) else {**made, "further": self._anything(declared)}

    def _array(self, declared: dict[str, Any]) -> Any:
        least = declared.get("minItems", 0)
        most = min(declared.get("maxItems", least + 1), least + 1)
        return [self.valid(declared["items"]) for _ in range(self.random.randint(least, most))]

    def _string(self, declared: dict[str, Any]) -> Any:
        return self.random.choice(TEXTS)[: declared.get("maxLength", 1000)]

    def _integer(self, declared: dict[str, Any]) -> Any:
        least, most = declared.get("minimum", -(2**63)), declared.get("maximum", 2**63 - 1)
        return max(int(least), min(self.random.choice([0, 1, -1, 4711, -(2**63), 2**63 - 1]), int(most)))

    def _number(self, declared: dict[str, Any]) -> Any:
        least, most = declared.get("minimum", -(2**60)), declared.get("maximum", 2**60)
        return max(least, min(self.random.choice([0, 1, -0.5, 230.1, 1.5e10, 2**53, -(2**60), 1 / 3]), most))

    def _boolean(self, declared: dict[str, Any]) -> Any:
        return self.random.random() < 0.5

    def _anything(self, declared: dict[str, Any]) -> Any:
        return self.random.choice([None, True, 1, 0.5, "text", {"a": {"b": [1, 2.5, {}]}}, [], [{"a": None}]])


@cache
def official(version: Version, action: str) -> dict[str, Any]:
    return schema(version, action)


def framed(action: str, payload: Any) -> bytes:
    return json.dumps([2, "m1", action, payload], ensure_ascii=False).encode("utf-8", "surrogatepass")


def alike(strict: Any, tolerant: Any) -> bool:
    """Whether a handler, which sees the fields of the tolerant struct, reads the same in both."""
    if isinstance(tolerant, msgspec.Struct):
        names = type(tolerant).__struct_fields__
        return all(alike(getattr(strict, name), getattr(tolerant, name)) for name in names)
    if isinstance(tolerant, list):
        return len(strict) == len(tolerant) and all(map(alike, strict, tolerant))
    if type(tolerant) is float and type(strict) is int:  # what 2.0.1 has as an integer is a number in 2.1
        return float(strict) == tolerant
    return type(strict) is type(tolerant) and strict == tolerant


def read_alike(version: Version, action: str, raw: bytes, taken: ReadCall) -> bool:
    frame = parse(raw, version)
    assert isinstance(frame, Call)
    assert frame.flags == ()
    judged = judge(version, action)
    assert judged is not None
    assert judged.valid(frame.payload)
    tolerant, violations = read(REQUESTS[version][action], frame.payload)
    return violations == [] and alike(taken.struct, tolerant)


@pytest.mark.parametrize(("version", "action"), EVERY_ACTION)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_a_valid_payload_is_taken_and_read_as_the_tolerant_reader_reads_it(
    version: Version, action: str, seed: int
) -> None:
    raw = framed(action, Payloads(official(version, action), seed).valid())
    taken = READERS[version].call(raw)
    assert taken is not None
    assert read_alike(version, action, raw, taken)


@pytest.mark.parametrize(("version", "action"), EVERY_ACTION)
@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_what_the_strict_reader_takes_is_valid_and_read_alike(version: Version, action: str, seed: int) -> None:
    payloads = Payloads(official(version, action), seed)
    raw = framed(action, payloads.broken(payloads.valid()))
    taken = READERS[version].call(raw)
    assert taken is None or read_alike(version, action, raw, taken)


@pytest.mark.parametrize("version", OF_2_X)
def test_what_every_charger_of_2_x_sends_is_among_what_is_read(version: Version) -> None:
    assert REQUESTS[version].keys() >= {
        "Authorize", "BootNotification", "Heartbeat", "MeterValues", "NotifyEvent", "NotifyReport", "StatusNotification",
        "TransactionEvent",
    }  # fmt: skip


def test_a_send_is_marked_as_one_and_a_call_is_not() -> None:  # 2.1 part 4 §4.2.5
    stream = {"id": 1, "pending": 0, "basetime": "2026-11-22T13:00:00Z", "data": [{"t": 0.5, "v": "16"}]}
    raw = json.dumps([6, "m1", "NotifyPeriodicEventStream", stream]).encode()
    sent = READERS[Version.V21].call(raw)
    assert sent is not None
    assert (sent.sent, sent.struct.data[0].t) == (True, 0.5)
    called = READERS[Version.V21].call(b'[2,"m1","Heartbeat",{}]')
    assert called is not None
    assert not called.sent
    assert READERS[Version.V201].call(b'[6,"m1","Heartbeat",{}]') is None


@pytest.mark.parametrize("odd", ["1.0", "true", '"1"', "null", "9223372036854775808"])
def test_what_is_not_quite_an_integer_goes_the_long_way(odd: str) -> None:  # F-13, F-14
    raw = f'[2,"m1","MeterValues",{{"connectorId":{odd},"meterValue":[{{"timestamp":"t","sampledValue":[{{"value":"1"}}]}}]}}]'
    assert READERS[Version.V16].call(raw.encode()) is None
    assert READERS[Version.V16].call(raw.replace(odd, "1", 1).encode()) is not None


@pytest.mark.parametrize("version", OF_2_X)
@pytest.mark.parametrize("odd", ["true", '"1"', "null", "NaN", "1e400", "-1e999", "9223372036854775808", "9" * 400])
def test_what_is_not_quite_a_number_goes_the_long_way(version: Version, odd: str) -> None:  # F-07, F-13, F-14
    raw = f'[2,"m1","MeterValues",{{"evseId":1,"meterValue":[{{"timestamp":"t","sampledValue":[{{"value":{odd}}}]}}]}}]'
    assert READERS[version].call(raw.encode()) is None
    assert READERS[version].call(raw.replace(odd, "7", 1).encode()) is not None


@pytest.mark.parametrize("version", OF_2_X)
@pytest.mark.parametrize("data", ["[" * 70 + "]" * 70, "9223372036854775808", '{"a":[1e400]}', '{"vendorId":1}'])
def test_further_fields_of_custom_data_hide_nothing_that_cannot_be_kept(version: Version, data: str) -> None:
    custom = f'[2,"m1","Heartbeat",{{"customData":{{"vendorId":"v","more":{data}}}}}]'  # F-05, F-07, F-14
    taken = READERS[version].call(custom.encode())
    assert taken is None or isinstance(parse(custom, version), Call)
    assert READERS[version].call(custom.replace('"vendorId":"v"', '"vendorId":7').encode()) is None
    assert READERS[version].call(custom.replace(data, '{"a":[1,"b"]}').encode()) is not None


@given(st.binary(max_size=80), st.sampled_from(Version))
def test_no_bytes_of_any_kind_raise(data: bytes, version: Version) -> None:
    READERS[version].call(data)
