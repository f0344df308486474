"""Sessions that will not end by themselves: found, closed by hand, and what the charger says of them later.

OCPP 1.6 §4.10 · RELIABILITY §2.2
"""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.clock import wire
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.meter import MeterSession
from cpoctl.operations.session.show import ShowSession
from tests.support.csms import T0, T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


def closing(**given: Any) -> CloseSession:
    """Session 1 is closed."""
    return CloseSession(**{"session": "1", "reason": "charger burnt down", **given})


async def test_it_ends_with_its_newest_reading_and_says_who_did_it_and_why(csms: Csms, transaction: int) -> None:
    outcome = await csms.do(closing())
    assert (outcome.ok, outcome.status, outcome.stopped_at, outcome.energy_wh) == (
        True, "Closed", "2026-11-22T13:30:00.000Z", 3500,
    )  # fmt: skip
    kept = await csms.session()
    assert (kept["energy_wh"], kept["meter_stop_wh"], json.loads(kept["flags"])) == (3500, 4500, ["closed_by_hand"])
    assert csms.known().sessions == {}
    (shown,) = await csms.store.reading(ShowSession(session="1").select)
    (closed,) = shown.closed_by_hand
    assert (closed.actor, closed.reason, closed.energy_wh) == ("test", "charger burnt down", 3500)
    told = await csms.rows("SELECT type, data FROM event WHERE type LIKE 'Session%' ORDER BY seq DESC LIMIT 2")
    assert [row["type"] for row in told] == ["SessionStopped", "SessionClosed"]
    assert json.loads(told[1]["data"]) == {"session_id": 1, "actor": "test", "reason": "charger burnt down"}


async def test_it_stays_closed_over_a_restart(csms: Csms, transaction: int) -> None:
    await csms.do(closing())
    await csms.restart()
    assert csms.known().sessions == {}


async def test_without_any_reading_its_energy_is_unknown_and_not_nothing(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start())
    outcome = await csms.do(closing())
    assert (outcome.stopped_at, outcome.energy_wh) == ("2026-11-22T13:00:00.000Z", None)
    assert json.loads((await csms.session())["flags"]) == ["closed_by_hand", "meter_missing"]


@pytest.mark.parametrize(
    ("given", "stopped", "energy"),
    [
        ({"energy_wh": 5000.0}, "13:30:00", 5000),
        ({"meter_stop_wh": 9000.0, "at": "2026-11-22T13:40:00Z"}, "13:40:00", 8000),
        ({"at": "30m"}, "13:30:00", 3500),
        ({"at": "45m"}, "13:15:00", None),  # the reading came after that
    ],
)
async def test_whoever_knows_better_says_so(
    csms: Csms, transaction: int, given: dict[str, Any], stopped: str, energy: int | None
) -> None:
    outcome = await csms.do(closing(**given))
    assert (outcome.stopped_at, outcome.energy_wh) == (f"2026-11-22T{stopped}.000Z", energy)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"energy_wh": 1.0, "meter_stop_wh": 2000.0}, "give one"),
        ({"energy_wh": -1.0}, "is no energy"),
        ({"energy_wh": float("nan")}, "is no energy"),
        ({"meter_stop_wh": 999.0}, "it began at 1000 Wh"),
        ({"at": "2026-11-22T12:59:59Z"}, "not between the session's start"),
        ({"at": "2026-11-22T14:00:01Z"}, "not between the session's start"),
        ({"at": "yesterday"}, "neither a time nor a duration"),
        ({"reason": " "}, "--reason is empty"),
    ],
)
async def test_what_cannot_be_meant_closes_nothing(
    csms: Csms, transaction: int, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageProblem, match=says) as problem:
        await csms.do(closing(**given))
    assert problem.value.hints
    assert len(csms.known().sessions) == 1


async def test_only_an_open_session_can_be_closed(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await charger.call("StopTransaction", stop(transaction))
    with pytest.raises(Conflict, match="session 1 has ended at 2026-11-22T13:45"):
        await csms.do(closing())
    for unknown in ("7", "x", "-1"):
        with pytest.raises(NotFound, match=f"no session {unknown}"):
            await csms.do(closing(session=unknown))


# The charger's own stop, afterwards


async def test_a_stop_that_comes_days_later_is_accepted_and_its_facts_take_over(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(closing())
    csms.clock.move(3 * 86400)
    answer = await charger.call("StopTransaction", stop(transaction, 8000, reason="PowerLoss", idTag="ANNA"))
    assert answer == {"idTagInfo": {"status": "Accepted"}}
    kept = await csms.session()
    assert (kept["energy_wh"], kept["meter_stop_wh"], kept["stopped_at"], kept["stop_reason"], kept["stop_tag_id"]) == (
        7000, 8000, "2026-11-22T13:45:00.000Z", "PowerLoss", "ANNA",
    )  # fmt: skip
    assert json.loads(kept["flags"]) == ["closed_by_hand", "stop_came_later"]
    assert await csms.rows("SELECT energy_wh FROM session_closing") == [{"energy_wh": 3500}]
    (told,) = await csms.rows("SELECT data FROM event WHERE type = 'SessionCorrected'")
    assert json.loads(told["data"])["energy_wh"] == 7000


async def test_its_readings_come_with_it(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await csms.do(closing())
    await charger.call("MeterValues", metered(transaction, 6000, at="2026-11-22T13:40:00Z"))
    data = [{"timestamp": T2, "sampledValue": [{"value": "8000", "context": "Transaction.End"}]}]
    await charger.call("StopTransaction", stop(transaction, transactionData=data))
    found = await csms.store.reading(MeterSession(session="1").select)
    assert [sample.energy_wh for sample in found] == [4500, 6000, 8000]


async def test_what_the_charger_cannot_tell_stays_as_the_operator_had_it(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(closing())
    assert await charger.call("StopTransaction", stop(transaction, -1, at="1970-01-01T00:00:00Z")) == {}
    kept = await csms.session()
    assert (kept["energy_wh"], kept["stopped_at"], kept["stop_reason"]) == (3500, "2026-11-22T13:30:00.000Z", "Local")
    assert json.loads(kept["flags"]) == ["closed_by_hand", "stop_came_later", "timestamp_suspect"]


async def test_a_doubt_that_the_stop_settles_is_gone(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await csms.do(closing())
    await charger.call("StopTransaction", stop(number))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (7000, ["closed_by_hand", "stop_came_later"])


async def test_from_then_on_the_first_stop_wins_as_ever(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await csms.do(closing())
    said = stop(transaction, 8000)
    assert await charger.call("StopTransaction", said) == await charger.call("StopTransaction", said) == {}
    assert await csms.count("stop_conflict") == 0
    await charger.call("StopTransaction", stop(transaction, 9000))
    assert (await csms.session())["energy_wh"] == 7000
    assert await csms.count("stop_conflict") == 1
    assert await csms.count("event WHERE type = 'SessionCorrected'") == 1


async def test_a_session_that_runs_there_by_now_is_not_touched(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(closing())
    await charger.call("StartTransaction", start(tag="BOB", at=T2))
    await charger.call("StopTransaction", stop(transaction))
    assert [session.session_id for session in csms.known().sessions.values()] == [2]


async def test_a_charger_may_be_removed_once_its_stuck_session_is_closed(csms: Csms, transaction: int) -> None:
    with pytest.raises(Conflict, match="CP-1 has open sessions: 1") as conflict:
        await csms.do(RemoveCharger(charger="CP-1"))
    assert any(hint.startswith("cpoctl session close 1 --reason") for hint in conflict.value.hints)
    await csms.do(closing())
    assert (await csms.do(RemoveCharger(charger="CP-1"))).ok


# Which are stuck


async def stuck(csms: Csms) -> dict[str, list[str]]:
    """The stuck sessions, and why they are."""
    await csms.store.write([])
    found = await csms.store.reading(ListSessions(stuck=True).select)
    return {row.session_id: row.stuck for row in found}


async def test_a_session_is_stuck_when_its_evse_is_free_again(csms: Csms, charger: RawCharger) -> None:
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    await charger.call("StatusNotification", {**status, "timestamp": wire(csms.clock.now())})
    csms.clock.move(3600)
    now = wire(csms.clock.now())
    await charger.call("StartTransaction", start(at=now))
    assert all("Available" not in why for why in (await stuck(csms)).get("1", []))
    csms.clock.move(60)
    await charger.call("StatusNotification", {**status, "status": "Charging", "timestamp": wire(csms.clock.now())})
    csms.clock.move(60)
    await charger.call("StatusNotification", {**status, "timestamp": wire(csms.clock.now())})
    assert [why.partition(" since")[0] for why in (await stuck(csms))["1"]][:1] == ["EVSE Available"]


async def test_a_session_is_stuck_when_nothing_was_heard_of_it_for_a_day(csms: Csms) -> None:
    csms.clock.jump(-10 * 86400)
    charger = await csms.booted("CP-2")
    await charger.call("StartTransaction", start(at=wire(csms.clock.now())))
    assert (await stuck(csms))["1"] == ["no reading since 2026-11-12T14:00:00.000Z"]
    (listed,) = await csms.store.reading(ListSessions(open=True).select)
    assert listed.stuck


async def test_a_session_is_stuck_when_another_began_on_its_evse(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start(at=T0))
    await charger.call("StartTransaction", start(connector=2, at=T0))
    await charger.call("StartTransaction", start(at=T1))
    found = await stuck(csms)
    assert "session 3 began on its EVSE" in found["1"]
    assert all("began" not in why for why in found.get("2", []))


async def test_a_stop_that_comes_in_the_same_moment_is_not_overruled(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    told: list[str] = []
    csms.central.ledger.bus.listen(lambda seq, event: told.append(event.type))
    stopping = asyncio.create_task(charger.call("StopTransaction", stop(transaction)))
    results = await asyncio.gather(
        *(csms.do(closing(reason=f"number {number}")) for number in range(20)), stopping, return_exceptions=True
    )
    closings = [result for result in results[:-1] if not isinstance(result, Conflict)]
    assert len(closings) <= 1
    assert told.count("SessionClosed") == len(closings) == await csms.count("session_closing")
    assert (await csms.session())["energy_wh"] == 7000


async def test_a_hand_that_was_slower_than_the_charger_closes_nothing(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    told: list[str] = []
    csms.central.ledger.bus.listen(lambda seq, event: told.append(event.type))

    class Slow(type(csms.operator())):  # type: ignore[misc] # an operator whose commit comes after the charger's stop
        async def commit(self, *what: Any) -> None:
            await charger.call("StopTransaction", stop(transaction))
            await super().commit(*what)

    with pytest.raises(Conflict, match="has ended at 2026-11-22T13:45"):
        await closing().run(Slow(csms.central, "test"))
    assert "SessionClosed" not in told
    assert told.count("SessionStopped") == 1
    assert await csms.count("session_closing") == 0
    assert (await csms.session())["energy_wh"] == 7000
