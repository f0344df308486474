"""TransactionEvent: what could lose or invent money."""

from typing import Any

import pytest

from cpoctl.domain import tags
from cpoctl.ocpp import Version
from cpoctl.store import rows
from tests.csms.test_transaction_event import (
    ANNA,
    ENDED,
    MINUTES,
    PLACE,
    STARTED,
    TX,
    UPDATED,
    WHOLE,
    connector,
    metered,
    sessions,
    shown,
    step,
    tell,
    the_session,
)
from tests.csms.worlds import World

BERTA: dict[str, Any] = {"idToken": {"idToken": "BERTA", "type": "ISO14443"}}


@pytest.fixture
def world() -> World:
    world = World(Version.V201)
    world.live.tags["berta"] = tags.Tag("BERTA", tags.ACCEPTED)
    return world


def test_a_name_that_is_used_again_before_its_session_ended_bills_each_car_for_itself(world: World) -> None:
    tell(world, STARTED, UPDATED)  # its end is lost with the power
    tell(
        world,
        step("Started", 0, 30, **PLACE, **BERTA, meterValue=metered(9000, 30, "Transaction.Begin")),
        step("Updated", 1, 31, meterValue=metered(9500, 31)),
        step("Ended", 2, 32, meterValue=metered(15000, 32, "Transaction.End")),
    )
    assert [(s["tag_id"], s["energy_wh"]) for s in sessions(world)] == [("ANNA", 2000), ("BERTA", 6000)]


def test_a_name_that_is_used_again_is_another_session_although_the_numbers_go_on(world: World) -> None:
    tell(world, STARTED, UPDATED)
    tell(
        world,
        step("Started", 5, 30, **PLACE, **BERTA, meterValue=metered(9000, 30, "Transaction.Begin")),
        step("Ended", 6, 32, meterValue=metered(15000, 32, "Transaction.End")),
    )
    assert [(s["tag_id"], s["energy_wh"]) for s in sessions(world)] == [("ANNA", 2000), ("BERTA", 6000)]


def test_an_end_ends_its_session_although_its_number_was_given_before(world: World) -> None:
    tell(world, STARTED, UPDATED, step("Updated", 2, 2, meterValue=metered(4000, 2)))
    tell(world, step("Ended", 1, 9, meterValue=metered(6000, 9, "Transaction.End")))  # numbers anew after a reboot
    s = the_session(world)
    assert (s["energy_wh"], world.charger.sessions) == (5000, {})


def test_a_charger_that_numbers_every_step_zero_still_has_its_session(world: World) -> None:
    for told in WHOLE:
        tell(world, told | {"seqNo": 0})
    s = the_session(world)
    assert (s["energy_wh"], world.charger.sessions) == (5000, {})


def test_the_only_reading_of_an_end_is_not_what_the_session_began_with(world: World) -> None:
    bare = [{"timestamp": MINUTES.format(2), "sampledValue": [{"value": 6000}]}]
    tell(world, step("Started", 0, **PLACE, **ANNA), step("Ended", 1, meterValue=bare))
    s = the_session(world)
    assert (s["energy_wh"], s["flags"]) == (None, ["meter_missing"])


def test_an_end_alone_with_one_reading_proves_no_energy(world: World) -> None:
    bare = [{"timestamp": MINUTES.format(2), "sampledValue": [{"value": 6000}]}]
    tell(world, step("Ended", 1, **PLACE, meterValue=bare))
    assert the_session(world)["energy_wh"] is None


def test_a_negative_register_is_no_reading(world: World) -> None:
    tell(
        world,
        STARTED | {"meterValue": metered(-1, 0, "Transaction.Begin")},
        UPDATED | {"meterValue": []},
        ENDED | {"meterValue": metered(6_000_000, 2, "Transaction.End")},
    )
    s = the_session(world)
    assert (s["energy_wh"], s["flags"]) == (None, ["meter_missing"])


def test_the_reading_that_a_session_began_with_is_not_its_last(world: World) -> None:
    soc = [{"timestamp": MINUTES.format(1), "sampledValue": [{"value": 50, "measurand": "SoC"}]}]
    tell(world, STARTED, UPDATED | {"meterValue": soc}, step("Ended", 2))
    assert the_session(world)["energy_wh"] is None


def test_a_register_counts_although_another_measurand_of_its_time_was_told_apart(world: World) -> None:
    apart = [
        *metered(3000, 1),
        {
            "timestamp": MINUTES.format(1),
            "sampledValue": [{"value": 7000, "measurand": "Power.Active.Import", "context": "Sample.Clock"}],
        },
    ]
    apart.reverse()
    tell(world, STARTED, UPDATED | {"meterValue": apart}, step("Ended", 2))
    assert the_session(world)["energy_wh"] == 2000


def test_a_register_counts_although_a_later_sample_has_none(world: World) -> None:
    apart = [
        *metered(3000, 1),
        {"timestamp": MINUTES.format(2), "sampledValue": [{"value": 7000, "measurand": "Power.Active.Import"}]},
    ]
    tell(world, STARTED, UPDATED | {"meterValue": apart}, step("Ended", 2))
    assert the_session(world)["energy_wh"] == 2000


def test_an_accepted_tag_pays_after_one_that_was_refused(world: World) -> None:
    world.live.tags["lost"] = tags.Tag("LOST", "Blocked")
    lost: dict[str, Any] = {"idToken": {"idToken": "LOST", "type": "ISO14443"}}
    tell(world, step("Started", 0, **PLACE), step("Updated", 1, **lost), step("Updated", 2, **ANNA), step("Ended", 3))
    s = the_session(world)
    assert (s["tag_id"], s["tag_status"]) == ("ANNA", "Accepted")


def test_the_tag_of_the_begin_pays_although_it_comes_late(world: World) -> None:
    tell(world, step("Updated", 1, **BERTA, triggerReason="StopAuthorized"), STARTED)
    assert the_session(world)["tag_id"] == "ANNA"


def test_who_stops_a_session_does_not_pay_for_it(world: World) -> None:
    tell(
        world,
        step("Started", 0, **PLACE),
        step("Updated", 2, **BERTA, triggerReason="StopAuthorized"),
        step("Updated", 1, **ANNA, triggerReason="Authorized"),
    )
    assert the_session(world)["tag_id"] == "ANNA"


def test_a_repeat_gets_the_verdict_of_the_limit_again(world: World) -> None:
    world.live.tags["anna"] = tags.Tag("ANNA", tags.ACCEPTED, sessions_most=1)
    tell(world, STARTED)
    other = step("Started", 0, 5, evse={"id": 3}, **ANNA, info={"transactionId": "other"})
    first, again = tell(world, other, other)
    assert first.answer == {"idTokenInfo": {"status": "ConcurrentTx"}}
    assert again.answer == first.answer


def test_a_repeat_gets_its_verdict_although_the_tag_was_blocked(world: World) -> None:
    (first,) = tell(world, STARTED)
    world.live.tags["anna"] = tags.Tag("ANNA", "Blocked")
    (again,) = tell(world, STARTED)
    assert again.answer == first.answer


def test_a_tag_with_too_many_sessions_is_not_accepted_by_the_next_step(world: World) -> None:
    world.live.tags["anna"] = tags.Tag("ANNA", tags.ACCEPTED, sessions_most=1)
    tell(world, STARTED)
    _, again = tell(
        world,
        step("Started", 0, 5, evse={"id": 3}, **ANNA, info={"transactionId": "other"}),
        step("Updated", 1, 6, **ANNA, info={"transactionId": "other"}),
    )
    assert again.answer == {"idTokenInfo": {"status": "ConcurrentTx"}}


def test_an_empty_token_may_not_charge_unless_none_is_asked_for(world: World) -> None:
    blanks: tuple[dict[str, Any], ...] = (
        {"idToken": " ", "type": "ISO14443"},
        {"idToken": "", "type": "Central"},
        {"type": "ISO14443"},
    )
    for blank in blanks:
        outcome = world.tell("Authorize", {"idToken": blank})
        assert outcome.answer["idTokenInfo"]["status"] != "Accepted", blank


def test_a_day_told_twice_makes_no_session_of_a_name_that_was_used_again(world: World) -> None:
    again = (step("Started", 0, 30, **PLACE, **ANNA), step("Updated", 1, 31), step("Ended", 2, 32))
    tell(world, *WHOLE, *again)
    tell(world, *WHOLE, *again)
    assert len(sessions(world)) == 2
    assert len(world.of(rows.StopConflict)) == 0


def test_repeats_without_numbers_contradict_nothing(world: World) -> None:
    numberless = [{name: value for name, value in told.items() if name != "seqNo"} for told in WHOLE]
    tell(world, *numberless, *numberless)
    assert len(sessions(world)) == 1
    assert len(world.of(rows.StopConflict)) == 0


def test_a_begin_without_a_number_may_come_late(world: World) -> None:
    numberless = [{name: value for name, value in told.items() if name != "seqNo"} for told in WHOLE]
    tell(world, numberless[2], numberless[0])
    assert len(sessions(world)) == 1
    assert the_session(world)["energy_wh"] == 5000


def test_repeats_without_numbers_are_known_while_the_session_runs(world: World) -> None:
    numberless = [{name: value for name, value in told.items() if name != "seqNo"} for told in WHOLE]
    tell(world, numberless[0], numberless[0], numberless[1], numberless[1])
    assert len(world.of(rows.TransactionEvent)) == 2


def test_a_second_end_that_says_something_else_is_kept_beside_the_first(world: World) -> None:
    tell(world, *WHOLE, step("Ended", 3, 3, meterValue=metered(9000, 3, "Transaction.End")))
    assert len(world.of(rows.StopConflict)) == 1


def test_a_reservation_is_used_by_whatever_step_names_it(world: World) -> None:
    tell(
        world,
        step("Started", 0, **PLACE, info={"chargingState": "EVConnected"}),
        step("Updated", 1, **ANNA, reservationId=7),
    )
    assert [r.reservation_id for r in world.of(rows.ReservationUsed)] == [7]


def test_a_reservation_that_is_told_late_is_kept(world: World) -> None:
    tell(world, STARTED, step("Updated", 1, reservationId=7))
    assert the_session(world)["reservation_id"] == 7


def test_a_session_that_is_told_late_does_not_supersede_the_one_that_runs(world: World) -> None:
    tell(world, step("Started", 0, 30, **PLACE, **BERTA, info={"transactionId": "live", "chargingState": "Charging"}))
    tell(world, STARTED | {"offline": True})
    live = world.charger.sessions["live"]
    assert "superseded_open" not in live.flags
    world.tell("MeterValues", {"evseId": 2, "meterValue": metered(1500, 35, "Sample.Clock")})
    assert world.select("SELECT session_id FROM meter_value WHERE context = 'Sample.Clock'") == [
        {"session_id": live.session_id}
    ]


def test_sessions_without_a_place_do_not_supersede_each_other(world: World) -> None:
    tell(world, step("Started", 0, **ANNA), step("Started", 0, 5, **BERTA, info={"transactionId": "other"}))
    assert "superseded_open" not in world.charger.sessions[TX].flags


def test_sessions_without_a_place_count_for_the_limit(world: World) -> None:
    world.live.tags["anna"] = tags.Tag("ANNA", tags.ACCEPTED, sessions_most=1)
    _, second = tell(world, step("Started", 0, **ANNA), step("Started", 0, 5, **ANNA, info={"transactionId": "other"}))
    assert second.answer["idTokenInfo"]["status"] == "ConcurrentTx"


def test_an_end_without_a_register_leaves_what_the_operator_gave(world: World) -> None:
    tell(world, STARTED, UPDATED)
    by_hand = rows.SessionStop(
        "2026-11-22T13:09:00.000Z", "", None, 3000, "", 2000, "Other", None, None, '["closed_by_hand"]', 1
    )
    world.commit([by_hand], [])
    world.charger.sessions.clear()
    tell(world, step("Ended", 2))
    s = the_session(world)
    assert (s["energy_wh"], s["flags"]) == (2000, ["closed_by_hand", "stop_came_later"])


def test_a_late_begin_in_another_zone_is_no_second_session(world: World) -> None:
    early = STARTED | {"timestamp": "2026-11-22T14:00:00+01:00"}
    tell(world, UPDATED | PLACE, ENDED)
    tell(world, early)
    assert len(sessions(world)) == 1


def test_a_begin_with_a_clock_ahead_is_no_second_session_when_told_again(world: World) -> None:
    late_clock = STARTED | {"timestamp": MINUTES.format(50)}
    tell(world, UPDATED | PLACE, late_clock, ENDED, late_clock)
    assert len(sessions(world)) == 1


def test_a_charger_that_was_added_again_makes_no_second_session_of_an_old_one(world: World) -> None:
    tell(world, *WHOLE)
    world.charger = world.live.add(type(world.charger)("CP-1"))  # removed and added again
    tell(world, STARTED)
    assert len(sessions(world)) == 1


def test_blanks_around_a_name_mean_nothing(world: World) -> None:
    for told in WHOLE:
        told = {name: value for name, value in told.items() if name != "seqNo"}
        tell(world, told | {"transactionInfo": {"transactionId": f" {TX} "}})
    assert world.charger.sessions == {}


def test_a_charger_that_numbers_nothing_shows_that_it_charges(world: World) -> None:
    connector(world, "Occupied")
    told = step("Started", 0, **PLACE, info={"chargingState": "Charging"})
    del told["seqNo"]
    tell(world, told)
    assert shown(world) == "Charging"


def test_a_reading_that_comes_after_an_end_without_a_register_counts(world: World) -> None:
    tell(world, STARTED, step("Ended", 2))
    assert the_session(world)["energy_wh"] is None
    tell(world, UPDATED)
    session = the_session(world)
    assert (session["energy_wh"], session["meter_stop_wh"]) == (2000, 3000)
    assert session["flags"] == ["ended_by_last_reading"]


def test_a_begin_without_a_register_takes_the_lowest_reading_after_it_in_any_order(world: World) -> None:
    begun = step("Started", 0, **PLACE, **ANNA)
    later = (step("Updated", 2, meterValue=metered(4000, 2)), step("Updated", 1, meterValue=metered(2000, 1)))
    tell(world, begun, *later, step("Ended", 3, meterValue=metered(6000, 3, "Transaction.End")))
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (4000, ["began_by_first_reading"])


def test_a_begin_that_comes_late_and_lies_above_the_end_takes_the_energy_away(world: World) -> None:  # V-06
    too_high = step("Started", 0, **PLACE, **ANNA, meterValue=metered(7000, 0, "Transaction.Begin"))
    tell(world, UPDATED | PLACE, ENDED, too_high)
    session = the_session(world)
    assert (session["energy_wh"], session["flags"]) == (None, ["meter_regressed"])


def test_a_transaction_that_names_no_connector_invents_none(world: World) -> None:
    tell(world, step("Started", 0, evse={"id": 2}, info={"chargingState": "Charging"}))
    connector(world, "Available", 2, 1)
    assert shown(world) == "Available"


def test_connectors_without_end_are_not_all_remembered(world: World) -> None:
    for number in range(1, 200):
        connector(world, "Available", number)
    assert len(world.charger.evses[2].connectors) == 50


def test_a_register_that_is_told_as_nothing_for_a_moment_counts_nothing(world: World) -> None:
    begun = step("Started", 0, 0, **PLACE, **ANNA, meterValue=metered(1000, 0, "Transaction.Begin"))
    between = [step("Updated", n, n, meterValue=metered(wh, n)) for n, wh in enumerate((4000, 0, 4500), 1)]
    tell(world, begun, *between, step("Ended", 4, 4, meterValue=metered(6000, 4, "Transaction.End")))
    s = the_session(world)
    assert (s["energy_wh"], s["flags"]) == (5000, ["meter_wavered"])


def test_an_end_that_tells_another_register_than_the_readings_before_it_invents_nothing(world: World) -> None:
    begun = step("Started", 0, 0, **PLACE, **ANNA, meterValue=metered(0, 0, "Transaction.Begin"))
    between = step("Updated", 1, 1, meterValue=metered(3000, 1))
    tell(world, begun, between, step("Ended", 2, 2, meterValue=metered(9_000_000, 2, "Transaction.End")))
    s = the_session(world)
    assert (s["energy_wh"], s["flags"]) == (3000, ["meter_meaning"])
