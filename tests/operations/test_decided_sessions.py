"""What somebody has decided of a session stands: what its charger tells late is kept beside it, and nothing is billed twice.

RELIABILITY §2.2 · OCPP 1.6 §4.7, §4.10 · OCPP 2.0.1 E06, E07
"""

import json
import sqlite3
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict
from cpoctl.ocpp import Version
from cpoctl.operations.session._correcting import RECORD, correct
from cpoctl.operations.session.accept import AcceptItem
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.drop import DropItem
from cpoctl.operations.session.rebuild import RebuildSessions
from cpoctl.operations.session.review import ReviewRow, ReviewSessions
from tests.csms.test_transaction_event import ENDED, STARTED, UPDATED, step
from tests.csms.test_transaction_event import metered as readings
from tests.support.csms import T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger

WHY = "read on site"
LATE = "its charger says otherwise, and late"
AT = "2026-11-22T13:45:00.000Z"


async def inbox(csms: Csms) -> dict[str, ReviewRow]:
    """What waits for somebody."""
    await csms.store.write([])
    return {row.item: row for row in await Face(csms.central).query(ReviewSessions())}


async def late(csms: Csms) -> list[str]:
    """What the review says of session 1."""
    found = (await inbox(csms)).get("session-1")
    return found.evidence if found else []


async def corrected(csms: Csms, **given: Any) -> Any:
    """Somebody says what session 1 was."""
    return await csms.do(CorrectSession(session="1", reason=WHY, **given))


async def test_figures_given_at_the_closing_stand_against_a_late_stop(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, at=T1, reason=WHY))
    told = stop(transaction, 13_300, reason="PowerLoss")
    assert await charger.call("StopTransaction", told) == await charger.call("StopTransaction", told) == {}
    kept = await csms.session()
    assert (kept["energy_wh"], kept["stopped_at"]) == (10_000, "2026-11-22T13:30:00.000Z")
    assert (kept["stopped_raw"], kept["meter_stop_raw"], kept["stop_reason"]) == (T2, "13300", "PowerLoss")
    assert json.loads(kept["flags"]) == ["closed_by_hand", "stop_came_later"]
    row = (await inbox(csms))["session-1"]
    assert row.evidence == [f"{LATE}: 12.3 kWh instead of 10 kWh, ended {AT} instead of 2026-11-22T13:30:00.000Z"]
    assert row.ways[0].startswith("cpoctl session correct 1 --as-told --reason TEXT --yes")
    assert "cpoctl session accept session-1 --reason TEXT" in row.ways


async def test_the_chargers_word_can_be_taken_over(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, reason=WHY))
    with pytest.raises(Conflict, match="nothing else"):
        await corrected(csms, as_told=True)
    await charger.call("StopTransaction", stop(transaction, 13_300))
    outcome = await corrected(csms, as_told=True)
    assert (outcome.energy_wh, outcome.stopped_at) == (12_300, AT)
    kept = await csms.session()
    assert (kept["energy_wh"], kept["meter_stop_wh"], kept["decided"]) == (12_300, 13_300, 2)
    assert await inbox(csms) == {}
    with pytest.raises(Conflict, match="nothing else"):
        await corrected(csms, as_told=True)


async def test_the_decision_can_be_kept(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, reason=WHY))
    await charger.call("StopTransaction", stop(transaction, 13_300))
    await csms.do(AcceptItem(item="session-1", reason="the meter was changed"))
    assert await inbox(csms) == {}
    assert (await csms.session())["energy_wh"] == 10_000


async def test_whoever_decides_again_has_seen_what_was_told_before(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, reason=WHY))
    await charger.call("StopTransaction", stop(transaction, 13_300))
    await corrected(csms, energy_wh=11_000.0)
    assert (await csms.session())["energy_wh"] == 11_000
    assert await inbox(csms) == {}


async def test_a_correction_of_what_was_closed_stands_against_a_late_stop(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", reason=WHY))
    await corrected(csms, energy_wh=10_000.0)
    await charger.call("StopTransaction", stop(transaction, 13_300, at=T1))
    kept = await csms.session()
    assert (kept["energy_wh"], json.loads(kept["flags"])) == (
        10_000, ["closed_by_hand", "corrected", "stop_came_later"],
    )  # fmt: skip
    assert await late(csms) == [f"{LATE}: 12.3 kWh instead of 10 kWh"]


async def test_a_late_end_that_agrees_needs_nobody(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await csms.do(CloseSession(session="1", energy_wh=7000.0, at=T2, reason=WHY))
    await charger.call("StopTransaction", stop(transaction, 8000))
    assert await inbox(csms) == {}


async def test_a_late_end_that_cannot_be_right_is_shown_with_its_meter(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", energy_wh=7000.0, at=T2, reason=WHY))
    await charger.call("StopTransaction", stop(transaction, 500))
    assert await late(csms) == [f"{LATE}: an end at 0.5 kWh instead of unknown"]


async def test_what_stood_in_for_an_end_is_overtaken_by_it_and_that_is_said(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", reason="charger replaced"))
    await charger.call("StopTransaction", stop(transaction, 8000))
    assert (await csms.session())["energy_wh"] == 7000
    (said,) = await late(csms)
    assert said.startswith("its end came after it was closed by hand, and counts: 7 kWh instead of 3.5 kWh, ended")


async def test_closing_values_after_a_correction_are_kept_beside_it(csms: Csms, charger: RawCharger) -> None:
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("StopTransaction", stop(number, -1))
    await corrected(csms, energy_wh=10_000.0)
    await charger.call("MeterValues", metered(number, 9000, T2))
    assert (await csms.session())["energy_wh"] == 10_000
    assert await late(csms) == [f"{LATE}: 8 kWh instead of 10 kWh"]
    assert await csms.count("meter_value") == 1


async def test_a_meter_that_is_told_on_under_an_old_number_says_nothing_of_a_corrected_session(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await charger.call("StopTransaction", stop(transaction, 8000))
    await corrected(csms, energy_wh=6000.0)
    await charger.call("MeterValues", metered(transaction, 20_000, T2))  # evcc#14673
    assert await inbox(csms) == {}


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
async def test_steps_that_come_late_leave_a_corrected_session_alone(csms: Csms, version: Version) -> None:
    charger = await csms.booted(version=version)
    await charger.call("TransactionEvent", UPDATED)
    await charger.call("TransactionEvent", step("Ended", 3, 2, meterValue=readings(6000, 2, "Transaction.End")))
    await corrected(csms, energy_wh=10_000.0, tag="BERTA")
    await charger.call("TransactionEvent", STARTED)
    kept = await csms.session()
    assert (kept["energy_wh"], kept["tag_id"], kept["evse_id"]) == (10_000, "BERTA", 2)
    (said,) = [text for text in await late(csms) if text.startswith(LATE)]
    assert said.startswith(f"{LATE}: 5 kWh instead of 10 kWh, begun ") and said.endswith("tag ANNA instead of BERTA")


async def test_a_late_end_of_2_is_kept_beside_what_was_decided(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    for told in (STARTED, UPDATED):
        await charger.call("TransactionEvent", told)
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, reason=WHY))
    await charger.call("TransactionEvent", ENDED)
    assert (await csms.session())["energy_wh"] == 10_000
    assert (await late(csms))[0].startswith(f"{LATE}: 5 kWh instead of 10 kWh")


async def test_another_stop_says_what_it_says(csms: Csms, charger: RawCharger, transaction: int) -> None:
    await charger.call("StopTransaction", stop(transaction, 8000))
    await corrected(csms, energy_wh=6000.0)
    await charger.call("StopTransaction", stop(transaction, 9000))
    assert (await csms.session())["energy_wh"] == 6000
    assert await late(csms) == [f"1 more message says something else of it: timestamp {T2}, meterStop 9000"]


async def test_what_was_left_out_comes_back_when_its_end_does(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", reason="charger replaced"))
    await csms.do(DropItem(item="session-1", reason="a test"))
    assert await inbox(csms) == {}
    csms.clock.move(60)
    await charger.call("StopTransaction", stop(transaction, 46_000))
    row = (await inbox(csms))["session-1"]
    assert row.evidence[0].startswith("its end came after it was closed by hand, and counts: 45 kWh instead of 3.5 kWh")
    assert row.evidence[1].startswith("it was left out of bills at ")
    assert row.ways[-1] == "cpoctl session drop session-1 --undo --reason TEXT"
    assert (await csms.session())["dropped_at"] is not None


async def test_nothing_but_a_person_changes_what_was_decided(csms: Csms, transaction: int) -> None:
    await csms.do(CloseSession(session="1", energy_wh=10_000.0, reason=WHY))
    for column in ("energy_wh", "meter_stop_wh", "stopped_at", "started_at", "tag_id"):
        with pytest.raises(sqlite3.IntegrityError, match="somebody has decided"), sqlite3.connect(csms.path) as file:
            file.execute(f"UPDATE session SET {column} = '1'")
    (row,) = await csms.do(RebuildSessions(session="1", apply=True, reason="all"))
    assert row.state == "decided"


async def test_a_record_that_has_changed_meanwhile_is_not_corrected_blindly(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", reason=WHY))
    (seen,) = await csms.rows(RECORD)
    await charger.call("StopTransaction", stop(transaction, 13_300))
    with pytest.raises(Conflict, match="session 1 has changed meanwhile"):
        await correct(seen, {"energy_wh": 1.0}, WHY, csms.operator())
    assert (await csms.session())["energy_wh"] == 12_300
    assert await csms.count("session_correction") == 0


async def test_a_stop_that_meets_a_correction_on_its_way_is_looked_at_once_more(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    await csms.do(CloseSession(session="1", reason=WHY))
    reading, overtaking = csms.store.read, [CorrectSession(session="1", energy_wh=10_000.0, reason=WHY)]

    async def read(sql: str, params: Any = ()) -> Any:
        found = await reading(sql, params)
        while "s.stop_received_at, s.stopped_at" in sql and overtaking:
            await csms.do(overtaking.pop())
        return found

    csms.store.read = read  # type: ignore[method-assign] # what happens between two moments
    assert await charger.call("StopTransaction", stop(transaction, 13_300, T1)) == {}
    kept = await csms.session()
    assert (kept["energy_wh"], kept["meter_stop_raw"]) == (10_000, "13300")
    assert (await late(csms))[0] == f"{LATE}: 12.3 kWh instead of 10 kWh"


async def test_a_begin_that_somebody_has_said_is_no_doubt_and_a_late_one_is_still_the_same_session(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    await charger.call("TransactionEvent", UPDATED)
    await charger.call("TransactionEvent", step("Ended", 3, 2, meterValue=readings(6000, 2, "Transaction.End")))
    assert {"its begin was never told", "its charger has not told all of it"} <= set(await late(csms))
    await corrected(csms, started_at="2026-11-22T13:01:00Z", energy_wh=10_000.0, tag="BERTA")
    assert await late(csms) == ["its charger did not say at which EVSE"]
    await charger.call("TransactionEvent", STARTED)
    assert await csms.count("session") == 1
    assert (await csms.session())["started_at"] == "2026-11-22T13:01:00.000Z"
    (said,) = await late(csms)
    assert "begun 2026-11-22T13:00:00.000Z instead of 2026-11-22T13:01:00.000Z" in said


async def test_whoever_says_when_a_session_ended_knows_that_another_one_began(
    csms: Csms, charger: RawCharger, transaction: int
) -> None:
    number = (await charger.call("StartTransaction", start(at=T2)))["transactionId"]
    await charger.call("StopTransaction", stop(transaction, 8000, at=T2))
    await charger.call("StopTransaction", stop(number, 9000, at=T2))
    assert await late(csms) == ["another session began on its EVSE before it ended"]
    await corrected(csms, energy_wh=7000.0)
    assert await late(csms) == ["another session began on its EVSE before it ended"]
    await corrected(csms, stopped_at=T2)
    assert await inbox(csms) == {}
