"""Every action that a charger of OCPP 2.0.1 or 2.1 may send: read, handled and answered as the official schema wants.

What breaks the schema is answered all the same, and nothing makes a handler raise. RELIABILITY F-12 to F-14
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from cpoctl.csms.actions import ACTIONS
from cpoctl.ocpp import Version, schemas, v2
from cpoctl.ocpp.frames import Call, parse
from cpoctl.ocpp.strict import StrictReader
from tests.csms.worlds import World
from tests.wire.inbound_v2 import EXAMPLES

WRONG: tuple[Any, ...] = (None, True, -2.5, 10**30, "", "\x07", "x" * 600, [], [None], {"id": {"id": []}})
EVERY = [(version, action) for version in v2.VERSIONS for action in v2.requests(version)]


def called(value: Any) -> str:
    """A version or an action in a report."""
    return str(value)


def least(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """What is left of a payload without anything that may be missing."""
    if "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [least(item, schema.get("items", {}), whole) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    wanted = [name for name in value if name in schema.get("required", ())]
    return {name: least(value[name], schema["properties"][name], whole) for name in wanted}


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a payload that holds something."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inside:
        yield (*at, step)
        yield from places(item, (*at, step))


def with_wrong(payload: dict[str, Any], at: tuple[str | int, ...], wrong: Any) -> dict[str, Any]:
    """The payload with something else in a place."""
    made = copy.deepcopy(payload)
    where: Any = made
    for step in at[:-1]:
        where = where[step]
    where[at[-1]] = wrong
    return made


def frame(version: Version, action: str, payload: dict[str, Any]) -> bytes:
    """The message on the wire."""
    kind = 6 if action in schemas.SENDS.get(version, ()) else 2
    return json.dumps([kind, "1", action, payload]).encode()


def judged(version: Version, action: str, answer: dict[str, Any]) -> None:
    """An answer is what the official schema wants; what is only sent has none."""
    judge = schemas.judge(version, action, answer=True)
    assert (judge is None) == (action in schemas.SENDS.get(version, ()))
    assert judge is None or judge.violations(answer) == []


def answered(world: World, action: str, payload: dict[str, Any]) -> None:
    """Tell it over the wire; the answer to it is what the schema wants."""
    call = parse(frame(world.version, action, payload), world.version)
    assert isinstance(call, Call), payload
    judged(world.version, action, world.tell(action, call.payload).answer)


@pytest.mark.parametrize("version", v2.VERSIONS, ids=called)
def test_there_is_an_example_of_every_action_and_of_no_other(version: Version) -> None:
    assert sorted(EXAMPLES[version]) == sorted(v2.requests(version))


@pytest.mark.parametrize(("version", "action"), EVERY, ids=called)
def test_a_valid_message_is_answered(version: Version, action: str) -> None:
    judge = schemas.judge(version, action)
    assert judge is not None
    assert judge.violations(EXAMPLES[version][action]) == []
    answered(World(version), action, EXAMPLES[version][action])


@pytest.mark.parametrize(("version", "action"), EVERY, ids=called)
def test_a_valid_message_is_judged_and_read_in_one_step_and_answered(version: Version, action: str) -> None:
    raw = frame(version, action, EXAMPLES[version][action]).replace(b"\\n", b"")  # an escape goes the long way
    call = StrictReader(version, {action: v2.requests(version)[action]}).call(raw)
    assert call is not None
    world = World(version)
    outcome = ACTIONS[version][action].handle(call.struct, replace(world.context({}), payload=call.payload))
    judged(version, action, outcome.answer)


@pytest.mark.parametrize(("version", "action"), EVERY, ids=called)
def test_a_message_with_nothing_but_what_it_must_have_is_answered(version: Version, action: str) -> None:
    schema, judge = schemas.schema(version, action), schemas.judge(version, action)
    assert judge is not None
    payload = least(EXAMPLES[version][action], schema, schema)
    assert judge.violations(payload) == []
    answered(World(version), action, payload)


@pytest.mark.parametrize(("version", "action"), EVERY, ids=called)
def test_a_message_without_any_one_of_its_fields_is_answered(version: Version, action: str) -> None:
    world, example = World(version), EXAMPLES[version][action]
    for name in (*example, ""):
        answered(world, action, {key: value for key, value in example.items() if name not in ("", key)})


@pytest.mark.parametrize(("version", "action"), EVERY, ids=called)
def test_a_message_with_something_wrong_in_any_place_is_answered(version: Version, action: str) -> None:
    world, example = World(version), EXAMPLES[version][action]
    for at in places(example):
        for wrong in WRONG:
            answered(world, action, with_wrong(example, at, wrong))
