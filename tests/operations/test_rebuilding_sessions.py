"""Sessions once more, out of the journal: the same, or with the difference, which is only stored when somebody says so."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.rebuild import RebuildSessions, RebuiltRow
from tests.csms.test_transaction_event import WHOLE
from tests.support.csms import T0, T1, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


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
