"""What monitors saw, and streams of their values. OCPP 2.0.1 N07, N08, G01 · OCPP 2.1 G01, N11 to N13"""

import json
from typing import Any

import pytest

from cpoctl import events
from cpoctl.ocpp import Version, v2
from tests.csms.worlds import World

AT = "2026-11-22T12:00:00Z"


@pytest.fixture(params=v2.VERSIONS)
def world(request: pytest.FixtureRequest) -> World:
    """A charger of 2.x."""
    return World(request.param)


def seen(
    component: str, variable: str, value: str, *, evse: int | None = None, plug: int | None = None, **more: Any
) -> Any:
    """One event."""
    place = {"evse": {"id": evse} | ({"connectorId": plug} if plug else {})} if evse is not None else {}
    return {
        "eventId": 1, "timestamp": AT, "trigger": "Delta", "actualValue": value,
        "eventNotificationType": "HardWiredNotification", "component": {"name": component, **place},
        "variable": {"name": variable}, **more,
    }  # fmt: skip


def notify(*told: Any) -> dict[str, Any]:
    """A NotifyEvent."""
    return {"generatedAt": AT, "seqNo": 0, "eventData": list(told)}


def state(value: str, plug: int = 1, **more: Any) -> Any:
    """A connector's state."""
    return seen("Connector", "AvailabilityState", value, evse=1, plug=plug, **more)


def test_each_is_told_in_words_of_the_domain(world: World) -> None:
    alert = seen("EVSE", "Power", "12000", evse=1, trigger="Alerting", variableMonitoringId=3, techCode="E7", cause=9)
    outcome = world.tell("NotifyEvent", notify(alert, seen("Fan", "Problem", "true", cleared=True)))
    power, problem = outcome.events
    assert isinstance(power, events.VariableEvent)
    assert (power.variable, power.value, power.trigger, power.monitor_id) == ("EVSE:1.Power", "12000", "Alerting", 3)
    assert (power.tech_code, power.cause, power.happened_at) == ("E7", 9, "2026-11-22T12:00:00.000Z")
    assert isinstance(problem, events.VariableEvent)
    assert problem.cleared
    assert (outcome.answer, outcome.rows) == ({}, [])


def test_a_connectors_state_is_its_status(world: World) -> None:  # G01
    world.tell("NotifyEvent", notify(state("Occupied")))
    assert world.charger.evses[1].status == "Preparing"
    world.tell("NotifyEvent", notify(state("Available")))
    assert world.charger.evses[1].connectors == {1: "Available"}


def test_of_several_connectors_the_one_in_use_counts_in_any_order(world: World) -> None:
    world.tell("NotifyEvent", notify(state("Occupied", 1), state("Available", 2)))
    assert world.charger.evses[1].status == "Preparing"
    world.tell("NotifyEvent", notify(state("Available", 1), state("Available", 2)))
    assert world.charger.evses[1].status == "Available"


@pytest.mark.parametrize(
    "told",
    [
        state("Occupied", trigger="Periodic"),
        state("Sleeping"),
        seen("EVSE", "AvailabilityState", "Faulted", evse=1),
        seen("ChargingStation", "Problem", "true"),
        seen("Connector", "AvailabilityState", "Faulted"),
        seen("Connector", "AvailabilityState", "Faulted", evse=-1),
    ],
)
def test_nothing_else_changes_a_status(world: World, told: Any) -> None:
    world.tell("NotifyEvent", notify(told))
    assert world.charger.evses == {}


def test_a_secret_is_not_told(world: World) -> None:
    outcome = world.tell("NotifyEvent", notify(seen("SecurityCtrlr", "BasicAuthPassword", "hunter2")))
    assert "hunter2" not in str(outcome.events)


@pytest.mark.parametrize("told", [None, {}, "x", {"component": {"name": "x" * 5000}, "actualValue": "v" * 100_000},
                                  {"severity": 2**80, "eventId": -(2**90), "timestamp": "soon"}])  # fmt: skip
def test_what_cannot_be_meant_is_answered_and_kept_short(world: World, told: Any) -> None:
    outcome = world.tell("NotifyEvent", {"eventData": [told]})
    assert outcome.answer == {}
    assert len(json.dumps([events.as_data(event) for event in outcome.events])) < 4000


def test_a_stream_is_opened_told_and_closed() -> None:  # N11, N12, N13
    world = World(Version.V21)
    opened = {"constantStreamData": {"id": 0, "variableMonitoringId": 3, "params": {"interval": 60}}}
    outcome = world.tell("OpenPeriodicEventStream", opened)
    assert outcome.answer == {"status": "Accepted"}
    assert outcome.events == [
        events.VariableStreamOpened(charger_id="CP-1", stream_id=0, monitor_id=3, interval_s=60, values=None)
    ]
    data = {"id": 0, "pending": 2, "basetime": AT, "data": [{"t": 0, "v": "16"}, {"t": 1.5, "v": "17"}]}
    (told,) = world.tell("NotifyPeriodicEventStream", data).events
    assert isinstance(told, events.VariableStreamTold)
    assert (told.values, told.pending) == (((0.0, "16"), (1.5, "17")), 2)
    assert world.tell("ClosePeriodicEventStream", {"id": 0}).events == [
        events.VariableStreamClosed(charger_id="CP-1", stream_id=0)
    ]


@pytest.mark.parametrize("action", ["OpenPeriodicEventStream", "NotifyPeriodicEventStream", "ClosePeriodicEventStream"])
def test_a_stream_without_a_number_is_none(action: str) -> None:
    outcome = World(Version.V21).tell(action, {})
    assert outcome.events == []
    assert outcome.answer in ({}, {"status": "Rejected"})
