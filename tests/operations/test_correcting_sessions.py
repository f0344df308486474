"""Ways out of the review: what a session really was, and what shall not be billed. Both audited, both to be undone."""

import json
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.drop import DropItem
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.review import ReviewRow, ReviewSessions
from tests.support.csms import T2, Csms, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


@pytest.fixture
async def doubtful(csms: Csms, charger: RawCharger) -> None:
    """A session whose meter went back."""
    begun = await charger.call("StartTransaction", start())
    await charger.call("StopTransaction", stop(begun["transactionId"], 500))


async def inbox(csms: Csms, **given: Any) -> dict[str, ReviewRow]:
    """What waits for somebody."""
    return {row.item: row for row in await Face(csms.central).query(ReviewSessions(**given))}


@pytest.mark.usefixtures("doubtful")
async def test_a_meter_that_went_back_is_told_with_its_figures(csms: Csms) -> None:
    assert (await inbox(csms))["session-1"].evidence == [
        "its energy is unknown: the meter went back",
        "meter 1000 Wh to 500 Wh, counted unknown",
    ]


@pytest.mark.usefixtures("doubtful")
async def test_a_correction_settles_the_doubt_and_keeps_what_was(csms: Csms) -> None:
    correction = CorrectSession(
        session="1", energy_wh=6400, stopped_at="2026-11-22T13:40:00Z", tag="BERTA", reason="read on site"
    )
    outcome = await csms.do(correction)
    assert (outcome.status, outcome.energy_wh, outcome.stopped_at) == ("Corrected", 6400, "2026-11-22T13:40:00.000Z")
    session = await csms.session()
    assert (session["energy_wh"], session["tag_id"], json.loads(session["flags"])) == (6400, "BERTA", ["corrected"])
    assert await inbox(csms) == {}
    (kept,) = await csms.rows("SELECT actor, reason, was, became FROM session_correction")
    assert (kept["actor"], kept["reason"]) == ("test", "read on site")
    assert json.loads(kept["was"]) == {
        "stopped_at": "2026-11-22T13:45:00.000Z", "energy_wh": None, "tag_id": "ANNA", "flags": '["meter_regressed"]',
    }  # fmt: skip
    (told,) = await csms.rows("SELECT data FROM event WHERE type = 'SessionCorrected'")
    assert json.loads(told["data"])["actor"] == "test"


@pytest.mark.usefixtures("doubtful")
@pytest.mark.parametrize(
    "given",
    [
        {"reason": " ", "energy_wh": 1},
        {},
        {"energy_wh": -1},
        {"energy_wh": float("nan")},
        {"energy_wh": 999_999_999_999},
        {"stopped_at": "2026-11-22T12:00:00Z"},
        {"stopped_at": "2027-11-22T12:00:00Z"},
        {"started_at": "yesterday"},
        {"tag": " "},
    ],
)
async def test_what_cannot_be_meant_corrects_nothing(csms: Csms, given: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem):
        await csms.do(CorrectSession(**{"session": "1", "reason": "why", **given}))
    assert await csms.rows("SELECT * FROM session_correction") == []


async def test_a_session_that_runs_is_closed_and_not_corrected(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start())
    with pytest.raises(Conflict):
        await csms.do(CorrectSession(session="1", energy_wh=1, reason="why"))
    with pytest.raises(NotFound):
        await csms.do(CorrectSession(session="2", energy_wh=1, reason="why"))


@pytest.mark.usefixtures("doubtful")
async def test_a_dropped_session_leaves_the_review_and_comes_back_when_that_is_undone(csms: Csms) -> None:
    assert (await csms.do(DropItem(item="session-1", reason="a test"))).status == "Dropped"
    assert await inbox(csms) == {}
    (row,) = (await inbox(csms, dropped=True)).values()
    assert (row.item, row.accepted_by, row.note) == ("session-1", "test", "a test")
    assert row.ways == ["cpoctl session drop session-1 --undo --reason TEXT"]
    (listed,) = await csms.store.reading(ListSessions().select)
    assert listed.dropped_at is not None
    with pytest.raises(Conflict):
        await csms.do(DropItem(item="1", reason="once more"))
    await csms.do(DropItem(item="1", reason="no test", undo=True))
    assert list(await inbox(csms)) == ["session-1"]
    ledger = await csms.rows("SELECT item, dropped, reason FROM item_drop")
    assert [tuple(entry.values()) for entry in ledger] == [("session-1", 1, "a test"), ("session-1", 0, "no test")]


async def test_an_orphan_tells_what_it_says_and_can_be_dropped(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StopTransaction", stop(4711, 8000, idTag="ANNA"))
    row = (await inbox(csms))["orphan-1"]
    assert row.evidence[1] == f"timestamp {T2}, idTag ANNA, meterStop 8000"
    await csms.do(DropItem(item="orphan-1", reason="billed by hand"))
    assert await inbox(csms) == {}
    assert list(await inbox(csms, dropped=True)) == ["orphan-1"]


@pytest.mark.parametrize("item", ["session-9", "orphan-9", "tag-X", "x"])
async def test_what_is_not_there_cannot_be_dropped(csms: Csms, item: str) -> None:
    with pytest.raises(NotFound):
        await csms.do(DropItem(item=item, reason="why"))
