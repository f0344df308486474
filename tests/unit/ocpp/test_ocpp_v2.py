"""The structs of 2.x decode exactly the names and the kinds of value that the official schemas have."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec
import pytest

from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.reading import alternatives, read, shape
from cpoctl.ocpp.schemas import SENDS, actions, schema

KINDS: dict[Any, tuple[str, ...]] = {
    str: ("string",),
    int: ("integer",),
    float: ("number", "integer"),
    bool: ("boolean",),
}


def strangers(declared: dict[str, Any], root: dict[str, Any], hint: Any, path: str) -> Iterator[str]:
    """The paths at which a struct does not fit its schema."""
    if "$ref" in declared:
        declared = root["definitions"][declared["$ref"].rpartition("/")[2]]
    wanted = alternatives(hint)[0]
    if wanted is Any:
        return
    if get_origin(wanted) is list:
        yield from strangers(declared["items"], root, get_args(wanted)[0], f"{path}[]")
    elif issubclass(wanted, msgspec.Struct):
        for field in shape(wanted).fields:
            member = declared["properties"].get(field.key)
            below = f"{path}.{field.key}"
            yield from strangers(member, root, field.hint, below) if member else (below,)
    elif declared["type"] not in KINDS[wanted]:
        yield f"{path} is {declared['type']}"


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_every_field_that_is_read_is_one_of_the_standard(version: Version) -> None:
    found = set[str]()
    for action, struct in v2.requests(version).items():
        official = schema(version, action)
        found.update(strangers(official, official, struct, action))
    of_21 = {path for path in found if " is " not in path}  # what 2.0.1 lacks; 2.1 has them all
    assert found == (of_21 if version is Version.V201 else set())


def test_the_messages_of_2_1_alone_are_no_messages_of_2_0_1() -> None:
    of_21 = {struct.__name__ for struct in v2.OF_21}
    assert not of_21 & set(actions(Version.V201))
    assert of_21 <= set(actions(Version.V21)) | SENDS[Version.V21]
    assert v2.requests(Version.V21).keys() - v2.requests(Version.V201).keys() == of_21


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(1.0, 1), ("7", 7), (True, None), (2**63 - 1, 2**63 - 1), ("9223372036854775808", "9223372036854775808")],
)
def test_an_odd_number_of_a_transaction_is_kept_and_flagged(sent: Any, kept: Any) -> None:  # F-13, F-14
    value, violations = read(v2.TransactionEvent, {"seqNo": sent})
    assert value.seq_no == kept
    assert [each.path for each in violations] == ([] if type(sent) is int else ["seqNo"])


@pytest.mark.parametrize(("sent", "kept"), [(7, 7.0), ("7.5", 7.5), ("1e999", None), (None, None), (True, None)])
def test_a_reading_that_is_no_number_is_mended_or_left_out(sent: Any, kept: Any) -> None:  # F-07, F-13
    value, _ = read(v2.MeterValues, {"meterValue": [{"sampledValue": {"value": sent}}]})
    assert [sample.value for sample in value.meter_value[0].sampled_value] == [kept]
