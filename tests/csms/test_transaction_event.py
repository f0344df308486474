"""TransactionEvent: sessions of OCPP 2.x, told step by step, in any order, twice, or with holes."""

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpoctl import events
from cpoctl.csms.actions import Outcome
from cpoctl.domain import tags
from cpoctl.ocpp import Version, schemas
from cpoctl.store import rows
from tests.csms.worlds import World

TX = "6f9a2c1e"
MINUTES = "2026-11-22T13:{:02d}:00Z"
SECOND = {Version.V201, Version.V21}


def metered(wh: float, minute: int, context: str = "Sample.Periodic") -> list[dict[str, Any]]:
    value = {"value": wh, "context": context, "measurand": "Energy.Active.Import.Register"}
    return [{"timestamp": MINUTES.format(minute), "sampledValue": [value]}]


def step(kind: str, seq: int, minute: int | None = None, **more: Any) -> dict[str, Any]:
    """A step of the transaction; `info` goes into transactionInfo."""
    info = {"transactionId": TX, **more.pop("info", {})}
    return {
        "eventType": kind,
        "timestamp": MINUTES.format(seq if minute is None else minute),
        "triggerReason": "Trigger",
        "seqNo": seq,
        "transactionInfo": info,
        **more,
    }


PLACE: dict[str, Any] = {"evse": {"id": 2, "connectorId": 1}}
ANNA: dict[str, Any] = {"idToken": {"idToken": "ANNA", "type": "ISO14443"}}
STARTED = step("Started", 0, **PLACE, **ANNA, meterValue=metered(1000, 0, "Transaction.Begin"))
UPDATED = step("Updated", 1, meterValue=metered(3000, 1))
ENDED = step("Ended", 2, info={"stoppedReason": "EVDisconnected"}, meterValue=metered(6000, 2, "Transaction.End"))
WHOLE = (STARTED, UPDATED, ENDED)


@pytest.fixture(params=sorted(SECOND))
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def tell(world: World, *steps: dict[str, Any]) -> list[Outcome]:
    return [world.tell("TransactionEvent", told) for told in steps]


def sessions(world: World) -> list[dict[str, Any]]:
    return world.select("SELECT * FROM session ORDER BY session_id")


def the_session(world: World) -> dict[str, Any]:
    found = sessions(world)
    assert len(found) == 1
    return found[0] | {"flags": json.loads(found[0]["flags"])}


def test_a_session_is_told_from_begin_to_end(world: World) -> None:
    assert all(schemas.judge(world.version, "TransactionEvent").valid(told) for told in WHOLE)  # type: ignore[union-attr]  # it exists
    answers = [outcome.answer for outcome in tell(world, *WHOLE)]
    session = the_session(world)
    assert answers == [{"idTokenInfo": {"status": "Accepted"}}, {}, {}]
    assert (session["evse_id"], session["connector_id"], session["tag_id"]) == (2, 1, "ANNA")
    assert (session["energy_wh"], session["stop_reason"], session["flags"]) == (5000, "EVDisconnected", [])
    assert (session["started_at"], session["stopped_at"]) == ("2026-11-22T13:00:00.000Z", "2026-11-22T13:02:00.000Z")
    assert world.charger.sessions == {}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_order_in_which_steps_come_makes_no_difference(world: World, order: tuple[int, ...]) -> None:
    tell(world, *(WHOLE[place] for place in order))
    session = the_session(world)
    assert (session["energy_wh"], session["tag_id"], session["tag_status"]) == (5000, "ANNA", "Accepted")
    assert session["started_at"] == "2026-11-22T13:00:00.000Z"
    assert session["flags"] == []
    assert len(world.select("SELECT * FROM meter_value WHERE session_id = 1")) == 3


@settings(max_examples=25)
@given(
    order=st.lists(st.sampled_from(range(3)), min_size=3, max_size=9).filter(lambda picked: set(picked) == {0, 1, 2})
)
def test_repeats_in_any_order_change_nothing(order: list[int]) -> None:
    world = World(Version.V201)
    tell(world, *(WHOLE[place] for place in order))
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (5000, [])
    assert len(world.select("SELECT * FROM transaction_event")) == 3


def test_a_repeat_gets_the_same_verdict_and_no_second_row(world: World) -> None:
    first, second = tell(world, STARTED, STARTED)
    assert first.answer == second.answer
    assert second.rows == []
    assert second.events == []


def test_a_missing_step_is_flagged_until_it_comes(world: World) -> None:
    tell(world, STARTED, ENDED)
    assert the_session(world)["flags"] == ["steps_missing"]
    tell(world, UPDATED)
    assert the_session(world)["flags"] == []


def test_an_end_alone_makes_a_session_with_the_energy_that_it_proves(world: World) -> None:
    both = metered(1000, 0, "Transaction.Begin") + metered(6000, 2, "Transaction.End")
    tell(world, step("Ended", 2, **PLACE, meterValue=both))
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (5000, ["begin_missing"])


def test_energy_is_not_invented_where_only_the_end_was_metered(world: World) -> None:
    tell(world, ENDED)
    session = the_session(world)
    assert session["energy_wh"] is None
    assert session["flags"] == ["begin_missing", "connector_missing", "meter_missing"]


def test_an_end_without_a_register_counts_the_last_reading_and_says_so(world: World) -> None:
    tell(world, STARTED, UPDATED, step("Ended", 2))
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (2000, ["ended_by_last_reading"])


def test_a_tag_that_comes_later_pays_for_the_session(world: World) -> None:
    plugged = step("Started", 0, **PLACE, info={"chargingState": "EVConnected"})
    first, second = tell(world, plugged, step("Updated", 1, **ANNA, meterValue=metered(1000, 1)))
    assert first.answer == {}
    assert second.answer == {"idTokenInfo": {"status": "Accepted"}}
    session = the_session(world)
    assert (session["tag_id"], session["tag_status"], session["meter_start_wh"]) == ("ANNA", "Accepted", 1000)
    assert world.charger.sessions[TX].tag_id == "ANNA"


def test_who_ends_a_session_does_not_become_who_pays(world: World) -> None:
    world.live.tags["berta"] = tags.Tag("BERTA", tags.ACCEPTED)
    berta: dict[str, Any] = {"idToken": {"idToken": "BERTA", "type": "ISO14443"}}
    tell(world, STARTED, step("Updated", 1, **berta), step("Ended", 2, **berta, meterValue=metered(2000, 2)))
    session = the_session(world)
    assert (session["tag_id"], session["stop_tag_id"]) == ("ANNA", "BERTA")


def test_a_place_that_comes_later_is_taken(world: World) -> None:
    tell(world, step("Started", 0, **ANNA))
    assert the_session(world)["flags"] == ["connector_missing"]
    tell(world, step("Updated", 1, **PLACE))
    session = the_session(world)
    assert (session["evse_id"], session["connector_id"], session["flags"]) == (2, 1, [])


def test_the_start_that_we_asked_for_is_known_by_its_number(world: World) -> None:
    told = [
        event
        for outcome in tell(world, STARTED, step("Updated", 1, info={"remoteStartId": 77}))
        for event in outcome.events
    ]
    amended = [event for event in told if isinstance(event, events.SessionAmended)]
    assert [event.remote_start_id for event in amended] == [77]
    assert the_session(world)["remote_start_id"] == 77


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("NOBODY", "Unknown"), ("BLOCKED", "Blocked"), ("ELSEWHERE", "NotAtThisLocation"), ("anna", "Accepted")],
)
def test_a_refused_tag_is_told_why_and_its_session_is_kept(world: World, tag: str, expected: str) -> None:
    world.live.tags["blocked"] = tags.Tag("BLOCKED", "Blocked")
    world.live.tags["elsewhere"] = tags.Tag("ELSEWHERE", tags.ACCEPTED, sites=("north",))
    (outcome,) = tell(world, step("Started", 0, **PLACE, idToken={"idToken": tag, "type": "Central"}))
    assert outcome.answer["idTokenInfo"]["status"] == expected
    assert len(sessions(world)) == 1


def test_a_charger_that_asks_for_no_tag_may_charge_everybody(world: World) -> None:
    (outcome,) = tell(
        world, step("Started", 0, **PLACE, idToken={"idToken": "", "type": "NoAuthorization"})
    )  # C02.FR.03
    assert outcome.answer == {"idTokenInfo": {"status": "Accepted"}}
    assert not [event for event in outcome.events if isinstance(event, events.TagRefused)]


def test_a_tag_of_a_group_is_told_its_group(world: World) -> None:
    world.live.tags["carl"] = tags.Tag("CARL", tags.ACCEPTED, parent_id="FLEET-1")
    (outcome,) = tell(world, step("Started", 0, **PLACE, idToken={"idToken": "CARL", "type": "Central"}))
    assert outcome.answer["idTokenInfo"]["groupIdToken"] == {"idToken": "FLEET-1", "type": "Central"}  # C09.FR.03


def test_another_chargers_transaction_of_the_same_name_is_not_touched(world: World) -> None:  # V-01
    tell(world, STARTED)
    anna_here, here = world.charger, world.charger.sessions[TX]
    world.charger = world.live.add(type(anna_here)("CP-2"))
    tell(world, ENDED)
    assert anna_here.sessions == {TX: here}
    assert [session["charger_id"] for session in sessions(world)] == ["CP-1", "CP-2"]


def test_an_id_that_a_charger_uses_again_makes_a_new_session(world: World) -> None:
    tell(world, *WHOLE)
    tell(world, step("Started", 0, 30, **PLACE, **ANNA), step("Updated", 1, 31), step("Ended", 2, 32))
    assert [session["started_at"][14:16] for session in sessions(world)] == ["00", "30"]
    assert all(session["stopped_at"] for session in sessions(world))


def test_the_same_number_with_other_content_is_kept_beside_the_first(world: World) -> None:
    tell(world, STARTED, UPDATED, step("Updated", 1, 40, meterValue=metered(9, 40)))
    assert len(world.of(rows.StopConflict)) == 1
    assert len(world.select("SELECT * FROM transaction_event")) == 2


def test_a_transaction_without_an_id_is_kept_as_an_orphan_and_answered(world: World) -> None:
    (outcome,) = tell(world, step("Started", 0, **ANNA, info={"transactionId": " "}))
    assert outcome.answer == {"idTokenInfo": {"status": "Accepted"}}
    assert [row.reason for row in world.of(rows.Orphan)] == ["unknown transaction"]


def test_a_charger_that_numbers_nothing_still_has_its_sessions(world: World) -> None:  # ha#2135
    for told in WHOLE:
        world.tell("TransactionEvent", {name: value for name, value in told.items() if name != "seqNo"})
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (5000, [])


def test_an_end_by_hand_gives_way_to_the_chargers_own(world: World) -> None:
    tell(world, STARTED, UPDATED)
    by_hand = rows.SessionStop(
        "2026-11-22T13:09:00.000Z", "", None, 3000, "", 2000, "Other", None, None, '["closed_by_hand"]', 1
    )
    world.commit([by_hand], [])
    world.charger.sessions.clear()
    tell(world, ENDED)
    session = the_session(world)
    assert (session["energy_wh"], session["stop_reason"]) == (5000, "EVDisconnected")
    assert session["flags"] == ["closed_by_hand", "stop_came_later"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (6.0, {"unit": "kWh"}, 6000),
        (6, {"unit": "Wh", "multiplier": 3}, 6000),
        (60000, {"multiplier": -1}, 6000),
        (0, {}, 0),
    ],
)
def test_units_and_powers_of_ten_are_applied(world: World, value: float, unit: dict[str, Any], expected: float) -> None:
    sampled = {"value": value, "unitOfMeasure": unit}
    tell(world, STARTED | {"meterValue": [{"timestamp": MINUTES.format(0), "sampledValue": [sampled]}]})
    assert the_session(world)["meter_start_wh"] == expected


def test_a_power_of_ten_that_nobody_can_mean_is_no_reading(world: World) -> None:
    sampled = {"value": 1, "unitOfMeasure": {"multiplier": 10**9}}
    tell(world, STARTED | {"meterValue": [{"timestamp": MINUTES.format(0), "sampledValue": [sampled]}]})
    assert the_session(world)["meter_start_wh"] is None


def test_signed_readings_are_kept_as_they_came(world: World) -> None:
    signed = {"signedMeterData": "T0NNRg==", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": ""}
    sampled = {"value": 1000, "signedMeterValue": signed}
    tell(world, STARTED | {"meterValue": [{"timestamp": MINUTES.format(0), "sampledValue": [sampled]}]})
    (kept,) = world.select("SELECT energy_wh, other FROM meter_value")
    assert kept["energy_wh"] == 1000
    assert json.loads(json.loads(kept["other"])[0]["value"]) == signed


def shown(world: World, evse_id: int = 2) -> str:
    return world.charger.evses[evse_id].status


def connector(world: World, status: str, connector_id: int = 1, minute: int = 0) -> None:
    told = {"timestamp": MINUTES.format(minute), "connectorStatus": status, "evseId": 2, "connectorId": connector_id}
    world.tell("StatusNotification", told)


def test_an_evse_shows_what_its_transaction_tells(world: World) -> None:
    story = []
    connector(world, "Occupied")
    story.append(shown(world))
    for seq, state in enumerate(("EVConnected", "Charging", "SuspendedEV", "Charging", "EVConnected")):
        tell(world, step("Started" if not seq else "Updated", seq, **PLACE, info={"chargingState": state}))
        story.append(shown(world))
    connector(world, "Occupied", minute=6)
    story.append(shown(world))
    tell(world, step("Ended", 5, 7))
    connector(world, "Available", minute=8)
    story.append(shown(world))
    assert story == [
        "Preparing", "Preparing", "Charging", "SuspendedEV", "Charging", "Finishing", "Finishing", "Available",
    ]  # fmt: skip


def test_a_car_that_is_done_but_has_not_left_is_finishing(world: World) -> None:
    connector(world, "Occupied")
    tell(world, step("Started", 0, **PLACE, info={"chargingState": "Charging"}), step("Ended", 1))
    assert shown(world) == "Finishing"


def test_a_free_connector_does_not_hide_the_car_at_its_neighbour(world: World) -> None:
    connector(world, "Occupied", 1)
    connector(world, "Available", 2)
    assert shown(world) == "Preparing"
    connector(world, "Available", 1, 1)
    connector(world, "Faulted", 2, 1)
    assert shown(world) == "Faulted"
    assert world.select("SELECT status FROM connector ORDER BY connector_id") == [
        {"status": "Available"},
        {"status": "Faulted"},
    ]


def test_clock_aligned_readings_belong_to_the_session_of_the_evse(world: World) -> None:
    tell(world, STARTED)
    world.tell("MeterValues", {"evseId": 2, "meterValue": metered(1500, 5, "Sample.Clock")})
    assert world.select("SELECT session_id FROM meter_value WHERE context = 'Sample.Clock'") == [{"session_id": 1}]
    assert world.charger.sessions[TX].energy_wh == 1500


def test_a_car_that_has_charged_and_not_left_is_finishing_and_a_new_one_is_preparing(world: World) -> None:
    connector(world, "Occupied")
    assert shown(world) == "Preparing"
    tell(world, step("Started", 0, **PLACE, info={"chargingState": "Charging"}), step("Ended", 1))
    connector(world, "Occupied", minute=2)
    assert shown(world) == "Finishing"
    connector(world, "Available", minute=3)
    connector(world, "Occupied", minute=4)
    assert shown(world) == "Preparing"


def seen(problem: str, at: int, **more: Any) -> dict[str, Any]:
    data = {
        "eventId": at,
        "timestamp": MINUTES.format(at),
        "trigger": "Alerting",
        "actualValue": problem,
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": 2, "connectorId": 1}},
        "variable": {"name": "Problem"},
        **more,
    }
    return {"generatedAt": MINUTES.format(at), "seqNo": 0, "eventData": [data]}


@pytest.mark.parametrize("first", ["status", "problem"])
def test_a_fault_has_the_code_that_was_told_before_or_after_it(world: World, first: str) -> None:
    fault = seen("true", 1, techCode="GroundFailure", techInfo="leakage 30 mA")
    for told in ("status", "problem") if first == "status" else ("problem", "status"):
        if told == "status":
            connector(world, "Faulted", minute=1)
        else:
            world.tell("NotifyEvent", fault)
    evse = world.charger.evses[2]
    assert (evse.status, evse.error_code, evse.info) == ("Faulted", "GroundFailure", "leakage 30 mA")
    world.tell("NotifyEvent", seen("false", 2))
    connector(world, "Available", minute=2)
    assert (evse.status, evse.error_code) == ("Available", None)
