"""The strict reader takes nothing that the official schema refuses, and reads what the tolerant one reads."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.ocpp import Version, v16
from cpoctl.ocpp.frames import Call, ReadCall, parse
from cpoctl.ocpp.reading import read
from cpoctl.ocpp.schemas import judge, schema
from cpoctl.ocpp.strict import StrictReader

READER = StrictReader(Version.V16, frozenset(v16.REQUESTS))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=600),
    st.just([]),
    st.just({}),
)


def payloads(declared: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly valid payloads of a schema, with something odd here and there."""
    if "$ref" in declared:
        return ODD
    kind = declared.get("type")
    if kind == "object":
        members = {key: payloads(value) for key, value in declared.get("properties", {}).items()}
        required = {key: members[key] for key in declared.get("required", []) if key in members}
        valid = st.fixed_dictionaries(required, optional={k: v for k, v in members.items() if k not in required})
        return st.one_of(valid, valid.map(lambda made: {**made, "odd": 1}), ODD) if members else st.just({})
    if kind == "array":
        return st.lists(payloads(declared["items"]), max_size=3)
    if "enum" in declared:
        return st.one_of(st.sampled_from(declared["enum"]), ODD)
    usual: dict[Any, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=declared.get("maxLength", 30) + 1),
        "integer": st.integers(-(2**65), 2**65),
        "boolean": st.booleans(),
    }
    return st.one_of(usual.get(kind, ODD), ODD)


@pytest.mark.parametrize("action", sorted(v16.REQUESTS))
@given(data=st.data())
def test_what_the_strict_reader_takes_is_valid_and_read_alike(action: str, data: st.DataObject) -> None:
    payload = data.draw(payloads(schema(Version.V16, action)))
    raw = json.dumps([2, "m1", action, payload], ensure_ascii=False).encode("utf-8", "surrogatepass")
    taken = READER.call(raw)
    if taken is None:
        return
    frame = parse(raw, Version.V16)
    assert isinstance(frame, Call)
    assert frame.flags == ()
    judged = judge(Version.V16, action)
    assert judged is not None
    assert judged.valid(frame.payload)
    tolerant, violations = read(v16.REQUESTS[action], frame.payload)
    assert violations == []
    assert msgspec.to_builtins(taken.struct) == msgspec.to_builtins(tolerant)


@pytest.mark.parametrize("action", sorted(v16.REQUESTS))
def test_every_action_that_chargers_send_has_a_strict_reader(action: str) -> None:
    taken = READER.call(json.dumps([2, "m1", action, _least(schema(Version.V16, action))]).encode())
    assert isinstance(taken, ReadCall)


def _least(declared: dict[str, Any], root: dict[str, Any] | None = None) -> Any:
    """The smallest valid value of a schema."""
    root = root or declared
    if "$ref" in declared:
        return _least(root["definitions"][declared["$ref"].rpartition("/")[2]], root)
    if "enum" in declared:
        return declared["enum"][0]
    if declared["type"] == "object":
        return {key: _least(declared["properties"][key], root) for key in declared.get("required", [])}
    if declared["type"] == "array":
        return [_least(declared["items"], root)]
    return {"integer": 1, "boolean": True, "string": "x"}[declared["type"]]


@pytest.mark.parametrize("odd", ["1.0", "true", '"1"', "null", "9223372036854775808"])
def test_what_is_not_quite_an_integer_goes_the_long_way(odd: str) -> None:  # F-13, F-14
    raw = f'[2,"m1","MeterValues",{{"connectorId":{odd},"meterValue":[{{"timestamp":"t","sampledValue":[{{"value":"1"}}]}}]}}]'
    assert READER.call(raw.encode()) is None
    assert READER.call(raw.replace(odd, "1", 1).encode()) is not None


@given(st.binary(max_size=80))
def test_no_bytes_of_any_kind_raise(data: bytes) -> None:
    READER.call(data)
