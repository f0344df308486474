"""Sessions once more, out of the journal: the same, or with the difference, which is only stored when somebody says so."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from cpoctl.clock import wire
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.rebuild import RebuildSessions, RebuiltRow
from tests.csms.test_transaction_event import ANNA, ENDED, STARTED, UPDATED, WHOLE
from tests.support.csms import T0, T1, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


async def charged(csms: Csms, charger: RawCharger, *registers: Any, at: str = T0) -> None:
    """A session, an hour of which passes, with these readings and the last as its end."""
    number = (await charger.call("StartTransaction", start(at=at)))["transactionId"]
    for minute, wh in enumerate(registers[:-1], 10):
        await charger.call("MeterValues", metered(number, wh, f"2026-11-22T13:{minute}:00Z"))
    csms.clock.move(3600)
    await charger.call("StopTransaction", stop(number, registers[-1]))


def write(csms: Csms, sql: str) -> None:
    """Change what is stored behind the server's back."""
    with closing(sqlite3.connect(csms.path, timeout=5)) as connection, connection:
        connection.execute(sql)


async def rebuilt(csms: Csms, **given: Any) -> list[RebuiltRow]:
    """What the operator is told."""
    told: list[RebuiltRow] = await csms.do(RebuildSessions(**given))
    return told


async def test_what_the_journal_tells_is_what_is_stored(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 3990, 8000)
    await charged(csms, charger, -1, at=T1)
    other = await csms.booted("CP-2", version=Version.V201)
    for step in WHOLE:
        await other.call("TransactionEvent", step)
    await charger.call("StopTransaction", stop(4711))
    await csms.restart()
    told = await rebuilt(csms, since="2026-11")
    assert [(row.session_id, row.charger_id, row.state, row.rebuilt) for row in told] == [
        ("1", "CP-1", "same", {}),
        ("2", "CP-1", "same", {}),
        ("3", "CP-2", "same", {}),
    ]


async def test_what_was_stored_otherwise_is_shown_and_changed_only_on_demand(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 8000)
    write(csms, "UPDATE session SET energy_wh = 1, flags = '[\"meter_gap\"]'")
    (row,) = await rebuilt(csms, session="1")
    assert row.state == "differs"
    assert row.stored == {"energy_wh": 1, "flags": ["meter_gap"]}
    assert row.rebuilt == {"energy_wh": 7000, "flags": []}
    assert (await csms.session())["energy_wh"] == 1
    (row,) = await rebuilt(csms, session="1", apply=True, reason="understood better")
    session = await csms.session()
    assert (row.state, session["energy_wh"], json.loads(session["flags"])) == ("applied", 7000, ["rebuilt"])
    (kept,) = await csms.rows("SELECT was, reason FROM session_correction")
    assert (json.loads(kept["was"]), kept["reason"]) == (
        {"energy_wh": 1, "flags": '["meter_gap"]'}, "understood better",
    )  # fmt: skip
    assert [row.state for row in await rebuilt(csms, session="1")] == ["same"]


async def test_what_somebody_decided_stays(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start())
    await csms.do(CloseSession(session="1", energy_wh=5, reason="cable cut"))
    (row,) = await rebuilt(csms, session="1", apply=True, reason="all of them")
    assert (row.state, (await csms.session())["energy_wh"]) == ("decided", 5)


@pytest.mark.parametrize("lost", ["StartTransaction", "StopTransaction"])
async def test_what_the_journal_has_lost_is_said_so_and_stays(csms: Csms, charger: RawCharger, lost: str) -> None:
    await charged(csms, charger, 4000, 8000)
    write(csms, f"DELETE FROM journal WHERE action = '{lost}'")
    (row,) = await rebuilt(csms, charger="CP-1", apply=True, reason="all of them")
    assert (row.state, (await csms.session())["energy_wh"]) == ("pruned", 7000)


async def test_a_session_is_the_same_alone_though_another_ended_beside_it(csms: Csms, charger: RawCharger) -> None:
    first = (await charger.call("StartTransaction", start(meter=500)))["transactionId"]
    csms.clock.move(60)
    second = (await charger.call("StartTransaction", start(connector=2, at=T1)))["transactionId"]
    csms.clock.move(60)
    await charger.call("StopTransaction", stop(first, 3000))
    csms.clock.move(60)
    await charger.call("StopTransaction", stop(second))
    (row,) = await rebuilt(csms, session="2")
    assert (row.state, row.rebuilt) == ("same", {})


async def test_a_session_is_the_same_alone_though_those_before_it_explain_its_meter(
    csms: Csms, charger: RawCharger
) -> None:
    for wh in (10_000, 20_000, 30_000, 40_000):
        csms.clock.move(3600)
        begun = await charger.call("StartTransaction", start(meter=wh, at=wire(csms.clock.now())))
        await charger.call("StopTransaction", stop(begun["transactionId"], wh + 9000, wire(csms.clock.now())))
    csms.clock.move(3600)
    begun = await charger.call("StartTransaction", start(meter=0, at=wire(csms.clock.now())))
    csms.clock.move(600)
    await charger.call("StopTransaction", stop(begun["transactionId"], 100_000, wire(csms.clock.now())))
    assert (await csms.session(5))["energy_wh"] is None  # a lifetime's register does not begin at 0
    (row,) = await rebuilt(csms, session="5", apply=True, reason="a look")
    assert (row.state, row.rebuilt) == ("same", {})


async def test_who_was_refused_then_is_refused_once_more(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    stranger = {"idToken": {"idToken": "NOBODY", "type": "ISO14443"}}
    await charger.call("TransactionEvent", STARTED | stranger)
    await charger.call("TransactionEvent", UPDATED | ANNA)
    await charger.call("TransactionEvent", ENDED)
    assert (await csms.session())["tag_id"] == "ANNA"
    (row,) = await rebuilt(csms, session="1")
    assert (row.state, row.rebuilt) == ("same", {})


async def test_a_session_from_before_the_journal_is_said_to_be_that(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 8000)
    csms.clock.move(3600)
    await charged(csms, charger, 9000, at=T1)
    begins = (await csms.session(2))["start_received_at"]
    write(csms, f"DELETE FROM journal WHERE at < '{begins}'")
    write(csms, "UPDATE session SET energy_wh = 1 WHERE session_id = 1")
    rows = await rebuilt(csms, charger="CP-1", apply=True, reason="all")
    assert [(row.state, row.note) for row in rows] == [
        ("pruned", f"it cannot be rebuilt: the journal begins at {begins}"),
        ("same", None),
    ]
    assert (await csms.session())["energy_wh"] == 1


async def test_a_begin_is_found_though_another_message_of_that_moment_was_stored_after_it(
    csms: Csms, charger: RawCharger
) -> None:
    csms.clock.move(10)
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode": "NoError"})
    await charger.call("StopTransaction", stop(number))
    write(csms, "UPDATE journal SET at = '2026-11-22T14:00:09.999Z' WHERE action = 'StatusNotification'")
    assert [row.state for row in await rebuilt(csms, session="1")] == ["same"]


async def test_a_session_whose_readings_the_journal_has_lost_stays(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, -1)
    write(csms, "DELETE FROM journal WHERE action = 'MeterValues'")
    (row,) = await rebuilt(csms, session="1", apply=True, reason="all")
    assert (row.state, row.note) == ("pruned", "it cannot be rebuilt: the journal holds 0 of its 1 readings")
    assert (await csms.session())["energy_wh"] == 3000


async def test_thinned_readings_are_no_reason_not_to_rebuild(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 5000, 8000)
    write(csms, "DELETE FROM meter_value WHERE energy_wh = 4000")
    assert [row.state for row in await rebuilt(csms, session="1")] == ["same"]


async def test_a_call_that_could_not_be_stored_then_holds_nothing_up(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 8000)
    write(csms, "UPDATE journal SET request = '[2,\"1\",\"MeterValues\"' WHERE action = 'MeterValues'")
    (row,) = await rebuilt(csms, session="1")
    assert row.state == "pruned"


async def test_what_happens_to_the_price_is_said(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 8000)
    priced = "INSERT INTO session_price (session_id, priced_at, actor, reason, tariff_id, version, net_e4, vat_e4, gross_e4, currency, bill)"
    write(csms, f"{priced} VALUES (1, '2026-11-22', 'uid 0', 'agreed', 'day', 'a', 1, 0, 1, 'EUR', '{{}}')")
    write(csms, "UPDATE session SET energy_wh = 1")
    by_hand = "its price was made by hand and stays: cpoctl session reprice 1 --reason TEXT --yes"
    (row,) = await rebuilt(csms, session="1", apply=True, reason="all")
    assert (row.state, row.note) == ("applied", by_hand)


async def test_a_decision_that_is_made_meanwhile_stands(csms: Csms, charger: RawCharger) -> None:
    await charged(csms, charger, 4000, 8000)
    write(csms, "UPDATE session SET energy_wh = 1")
    operator = csms.operator()
    told, overtaking = operator.rebuilt, [CorrectSession(session="1", energy_wh=5.0, reason="read on site")]

    async def rebuilt_and_be_overtaken(charger_id: str, sessions: Any) -> Any:
        found = await told(charger_id, sessions)
        await csms.do(overtaking.pop())
        return found

    operator.rebuilt = rebuilt_and_be_overtaken  # type: ignore[method-assign] # what happens between two moments
    (row,) = await RebuildSessions(session="1", apply=True, reason="all").run(operator)
    assert (row.state, (await csms.session())["energy_wh"]) == ("decided", 5)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, UsageProblem),
        ({"session": "1", "apply": True}, UsageProblem),
        ({"since": "soon"}, UsageProblem),
        ({"session": "9"}, NotFound),
        ({"charger": "CP-9"}, NotFound),
    ],
)
async def test_what_cannot_be_meant_is_refused(csms: Csms, given: dict[str, Any], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        await rebuilt(csms, **given)
