"""Every ask: told in each version by a test, judged by the official schema, its keys in the standard's order. DESIGN §10

The official schemas keep the order of the standard's tables.
"""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cpoctl import plugins
from cpoctl.errors import Unsupported, UsageProblem
from cpoctl.ocpp import Version, asks, schemas
from cpoctl.ocpp.asks import Ask, Request
from tests.house.reach import ours
from tests.wire.test_key_order import misplaced, resolved

FOLDER = Path(__file__).parents[1] / "unit" / "asks"
CASES = [
    ask
    for file in sorted(FOLDER.glob("test_*.py"))
    for ask, _ in getattr(import_module(f"tests.unit.asks.{file.stem}"), "CASES", ())
]


def below(kind: type[Ask]) -> Iterator[type[Ask]]:
    """Its subclasses, and theirs."""
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def made() -> list[type[Ask]]:
    """Every ask that can be sent: one that others only build on has no Call of its own."""
    plugins.load_all(asks)
    return [kind for kind in below(Ask) if not kind.__name__.startswith("_")]


def requests(ask: Ask) -> Iterator[tuple[Version, Request]]:
    """What it becomes in the versions that have it."""
    for version in Version:
        try:
            yield version, ask.request(version)
        except (Unsupported, UsageProblem):  # the version has it not, or calls a variable otherwise
            continue


@pytest.mark.parametrize("kind", made(), ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}-{kind.__name__}")
def test_it_is_told_by_a_test_and_says_what_it_is(kind: type[Ask]) -> None:
    assert any(type(case) is kind for case in CASES) or kind.__name__ == "Anything"  # which goes out as it was written
    assert kind.__doc__


@pytest.mark.parametrize("case", CASES, ids=lambda case: type(case).__name__)
def test_it_is_what_the_official_schema_wants_in_the_order_of_the_standard(case: Ask) -> None:
    for version, request in requests(case):
        payload = json.loads(request.payload) if isinstance(request.payload, str) else dict(request.payload)
        judge, schema = schemas.judge(version, request.action), schemas.schema(version, request.action)
        assert judge is not None
        assert request.action in ours(version)
        assert judge.violations(json.loads(json.dumps(payload))) == []
        assert in_order(payload, schema) == []


def in_order(payload: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Where keys stand in another order than in the schema."""
    return list(misplaced(dict(payload), resolved(schema, schema)))


def test_whatever_a_central_system_may_send_is_asked_for_by_one_of_them() -> None:
    for version in Version:
        sent = {request.action for case in CASES for of, request in requests(case) if of is version}
        assert set(ours(version)) - sent == set()
