"""A charger that begins sessions without end, or tells of ever new ones: bounded, and nothing that it tells is dropped. RELIABILITY V-02"""

from datetime import timedelta
from typing import Any

import pytest

from cpoctl.csms.actions import Outcome
from cpoctl.csms.transactions import ORPHANS_AN_HOUR, SESSIONS_MOST
from cpoctl.domain.fleet import OpenSession, Strays
from cpoctl.ocpp import Version
from cpoctl.store import rows
from tests.csms.worlds import World

AT = "2026-11-22T13:00:00Z"


def crowded(version: Version, number: int = SESSIONS_MOST) -> World:
    """A charger with so many open sessions."""
    world = World(version)
    for each in range(number):
        name = f"old-{each}"
        world.charger.sessions[name] = OpenSession(each + 5000, each, name, "ANNA", "Accepted", AT, 0.0)
    return world


def begin(world: World, name: str = "T-1") -> Outcome:
    """One more session."""
    if world.version is Version.V16:
        told = {"connectorId": 7777, "idTag": "ANNA", "timestamp": AT, "meterStart": 0}
        return world.tell("StartTransaction", told)
    info = {"transactionId": name}
    told = {"eventType": "Started", "timestamp": AT, "triggerReason": "Authorized", "seqNo": 0, "transactionInfo": info}
    return world.tell("TransactionEvent", told | {"idToken": {"idToken": "ANNA", "type": "Central"}})


@pytest.mark.parametrize("version", list(Version))
def test_a_session_too_many_is_answered_and_kept_for_somebody_to_look_at(version: Version) -> None:
    world = crowded(version)
    outcome = begin(world)
    info = outcome.answer["idTagInfo" if version is Version.V16 else "idTokenInfo"]
    assert info["status"] == "Accepted"
    assert len(world.charger.sessions) == SESSIONS_MOST
    (orphan,) = world.of(rows.Orphan)
    assert orphan.reason == f"its charger has {SESSIONS_MOST} open sessions already"
    assert (orphan.transaction_id, '"ANNA"' in orphan.payload) == (
        str(outcome.answer["transactionId"]) if version is Version.V16 else "T-1", True,
    )  # fmt: skip


@pytest.mark.parametrize("version", list(Version))
def test_with_room_for_one_more_it_is_a_session(version: Version) -> None:
    world = crowded(version, SESSIONS_MOST - 1)
    begin(world)
    assert (len(world.charger.sessions), world.of(rows.Orphan)) == (SESSIONS_MOST, [])


def test_the_steps_of_sessions_that_are_open_go_on_in_the_crowd() -> None:
    world = crowded(Version.V201, SESSIONS_MOST - 1)
    begin(world)
    ended = {"eventType": "Ended", "timestamp": AT, "triggerReason": "Trigger", "seqNo": 1}
    world.tell("TransactionEvent", ended | {"transactionInfo": {"transactionId": "T-1"}})
    assert "T-1" not in world.charger.sessions
    assert len(world.of(rows.SessionStop)) == 1


def test_a_name_that_is_used_again_makes_no_session_too_many() -> None:
    world = World(Version.V201)
    begin(world)
    ended = {"eventType": "Ended", "timestamp": AT, "triggerReason": "Trigger", "seqNo": 1}
    world.tell("TransactionEvent", ended | {"transactionInfo": {"transactionId": "T-1"}})
    for each in range(SESSIONS_MOST):
        name = f"old-{each}"
        world.charger.sessions[name] = OpenSession(each + 5000, each, name, "ANNA", "Accepted", AT, 0.0)
    info = {"transactionId": "T-1"}
    again = {"eventType": "Started", "timestamp": "2026-11-22T12:30:00Z", "triggerReason": "Trigger", "seqNo": 0}
    world.tell("TransactionEvent", again | {"transactionInfo": info})
    assert (len(world.charger.sessions), len(world.of(rows.Orphan))) == (SESSIONS_MOST, 1)


def stray(world: World) -> dict[str, Any]:
    """A stop of a transaction that nobody knows; what was kept of it."""
    before = len(world.rows)
    told = {"transactionId": 123, "meterStop": 5, "timestamp": AT}
    assert world.tell("StopTransaction", told).answer == {}
    return {type(row).__name__: row for row in world.rows[before:]}


def test_messages_without_a_session_are_kept_each_up_to_so_many_an_hour_and_then_counted() -> None:
    world = World()
    assert list(stray(world)) == ["Orphan"]
    assert world.charger.strays
    world.charger.strays.count("StopTransaction", world.now, ORPHANS_AN_HOUR - 1)
    kept = stray(world)
    assert list(kept) == ["Violation"]
    assert (kept["Violation"].action, kept["Violation"].rule) == ("StopTransaction", "orphans")
    assert '"transactionId": 123' in kept["Violation"].sample or '"transactionId":123' in kept["Violation"].sample
    world.now += timedelta(hours=1)
    assert list(stray(world)) == ["Orphan"]


def test_readings_of_unknown_sessions_do_not_crowd_out_their_stops() -> None:
    world = World()
    world.charger.strays = Strays()
    world.charger.strays.count("MeterValues", world.now, ORPHANS_AN_HOUR)
    assert list(stray(world)) == ["Orphan"]


def test_readings_are_kept_also_when_their_message_is_only_counted() -> None:
    world = World()
    world.charger.strays = Strays()
    world.charger.strays.count("MeterValues", world.now, ORPHANS_AN_HOUR)
    value = [{"timestamp": AT, "sampledValue": [{"value": "5"}]}]
    world.tell("MeterValues", {"connectorId": 1, "transactionId": 99, "meterValue": value})
    assert [len(world.of(kind)) for kind in (rows.Orphan, rows.Violation, rows.MeterValue)] == [0, 1, 1]
