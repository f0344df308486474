"""Scenarios, against a server that behaves and against servers that do not."""

import itertools

import pytest

from cpoctl import plugins
from cpoctl.ocpp import Version
from cpoctl.simulator import scenarios
from cpoctl.simulator.scenarios import Check, Stage
from tests.simulator.backend import NOW, Backend

NEEDS_MORE = ("repeated_start", "wrong_clock")
PLAYABLE = [
    (name, version)
    for name in plugins.names(scenarios)
    for version in scenarios.spoken(plugins.load(scenarios, name))
    if name not in NEEDS_MORE
]


async def played(name: str, backend: Backend, version: Version = Version.V16) -> list[Check]:
    stage = Stage(name, backend.url, "CP-1", "TAG", lambda _: None, version=version, speed=24_000)
    return await stage.play(plugins.load(scenarios, name).play)


def failed(checks: list[Check]) -> list[str]:
    return [check.check for check in checks if not check.ok]


@pytest.mark.parametrize(("name", "version"), PLAYABLE)
async def test_a_server_that_answers_everything_behaves(name: str, version: Version, backend: Backend) -> None:
    checks = await played(name, backend, version)
    assert checks
    assert failed(checks) == []


async def test_a_second_id_for_the_same_start_is_found(backend: Backend) -> None:
    assert failed(await played("repeated_start", backend)) == ["the repeated start gets the same id"]


async def test_a_clock_that_stands_still_is_found(backend: Backend) -> None:
    assert NOW < "2026-11"
    assert failed(await played("wrong_clock", backend)) == ["the boot tells the right time"]


async def test_a_refused_boot_ends_the_scenario(backend: Backend) -> None:
    backend.reply["BootNotification"] = lambda _: {"status": "Rejected", "currentTime": NOW, "interval": 60}
    checks = await played("happy_charge", backend)
    assert [(check.check, check.ok, check.found) for check in checks] == [("the boot is accepted", False, "Rejected")]


async def test_a_call_error_is_found(backend: Backend) -> None:
    backend.reply["StopTransaction"] = lambda _: {"error": "InternalError"}
    assert "no message is answered with a CallError" in failed(await played("late_stop", backend))


async def test_an_answer_that_breaks_the_schema_is_found(backend: Backend) -> None:
    numbers = itertools.count(1)
    backend.reply["StartTransaction"] = lambda _: {"transactionId": next(numbers), "idTagInfo": {"status": "Maybe"}}
    assert "the answers keep to the official schema" in failed(await played("late_stop", backend))
