"""The inbox of what needs a human: messages without a session, stuck and doubtful sessions, unknown tags.

RELIABILITY V-01 to V-06
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cpoctl.clock import wire
from cpoctl.csms.operator import Face
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations.session.accept import AcceptItem
from cpoctl.operations.session.close import CloseSession
from cpoctl.operations.session.correct import CorrectSession
from cpoctl.operations.session.review import ReviewRow, ReviewSessions
from cpoctl.operations.tag.add import AddTag
from tests.house.commands import commands_in, problem_with
from tests.support.csms import T0, T1, T2, Csms, start, stop
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


async def inbox(csms: Csms, **given: Any) -> dict[str, ReviewRow]:
    """What waits for somebody."""
    await csms.store.write([])
    return {row.item: row for row in await Face(csms.central).query(ReviewSessions(**given))}


async def session(charger: RawCharger, meter_stop: Any = 8000, **given: Any) -> None:
    """A whole session."""
    begun = await charger.call("StartTransaction", start(**given))
    await charger.call("StopTransaction", stop(begun["transactionId"], meter_stop))


def accepting(item: str, note: str = "looked at it") -> AcceptItem:
    """Somebody accepts an item."""
    return AcceptItem(item=item, reason=note)


async def test_sessions_that_are_in_order_need_nobody(csms: Csms, charger: RawCharger) -> None:
    await session(charger)
    assert await inbox(csms) == {}


async def test_a_doubtful_session_is_told_with_what_is_doubtful(csms: Csms, charger: RawCharger) -> None:
    await session(charger, -1)
    row = (await inbox(csms))["session-1"]
    assert (row.kind, row.charger_id) == ("doubtful session", "CP-1")
    assert row.evidence == ["its energy is unknown: no reading of its start or its end"]
    assert row.ways == [
        "cpoctl session show 1",
        "cpoctl session correct 1 --reason TEXT --yes    say its energy, its times, its tag",
        "cpoctl session accept session-1 --reason TEXT",
        "cpoctl session drop session-1 --reason TEXT",
    ]


async def test_a_session_that_ends_before_it_begins_needs_somebody(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start(at=T2))
    await charger.call("StopTransaction", stop(begun["transactionId"], at=T0))
    row = (await inbox(csms))["session-1"]
    assert row.evidence == ["by its charger's clock it ended before it began"]
    assert json.loads((await csms.session())["flags"]) == ["ended_before_begin"]
    await csms.do(CorrectSession(session="1", reason="its clock was set", started_at=T0, stopped_at=T2))
    assert "session-1" not in await inbox(csms)


async def test_a_stuck_session_can_be_closed_or_stopped(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StartTransaction", start(at=T0))
    await charger.call("StartTransaction", start(at=T1))
    row = (await inbox(csms))["session-1"]
    assert row.kind == "stuck session"
    assert "session 2 began on its EVSE" in row.evidence
    assert row.ways[:2] == ["cpoctl session close 1 --reason TEXT --yes", "cpoctl session stop 1 --yes"]


async def test_a_second_stop_that_says_something_else_needs_somebody(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start())
    for meter in (8000, 9000):
        await charger.call("StopTransaction", stop(begun["transactionId"], meter))
    row = (await inbox(csms))["session-1"]
    assert row.evidence == [f"1 more message says something else of it: timestamp {T2}, meterStop 9000"]
    assert "cpoctl log list CP-1" in row.ways


async def test_a_message_without_a_session_needs_somebody(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StopTransaction", stop(4711))
    row = (await inbox(csms))["orphan-1"]
    assert (row.kind, row.evidence[0]) == ("orphan", "StopTransaction of transaction 4711: unknown transaction")
    assert row.ways[0] == "cpoctl log list CP-1 --action StopTransaction"


async def test_an_unknown_tag_needs_somebody_and_its_session_too(csms: Csms, charger: RawCharger) -> None:
    await session(charger, tag="NOBODY")
    found = await inbox(csms)
    assert found["session-1"].evidence == ["tag NOBODY is Invalid"]
    assert found["session-1"].ways[1] == "cpoctl tag check NOBODY --charger CP-1:1"
    assert found["tag-NOBODY"].ways[0] == "cpoctl tag add NOBODY"
    await csms.do(AddTag(tag="NOBODY"))
    assert "tag-NOBODY" not in await inbox(csms)


async def test_every_way_out_is_a_command(csms: Csms, charger: RawCharger) -> None:
    for number, at in enumerate((T0, T1)):
        await charger.call("StartTransaction", start(at=at, tag=f"NOBODY-{number}"))
    for meter in (-1, 8000):
        begun = await charger.call("StartTransaction", start(at=T2))
        await charger.call("StopTransaction", stop(begun["transactionId"], meter))
    await charger.call("StopTransaction", stop(4711))
    ways = [way for row in (await inbox(csms)).values() for way in row.ways]
    assert len(ways) > 10
    assert [wrong for way in ways for words in commands_in(way) if (wrong := problem_with(words))] == []


async def test_no_way_out_runs_what_somebody_wrote_on_a_card(csms: Csms, charger: RawCharger) -> None:
    await charger.call("Authorize", {"idTag": "$(reboot) 'x"})
    (row,) = (await inbox(csms)).values()
    assert row.ways[0] == """cpoctl tag add '$(reboot) '"'"'x'"""


async def test_a_session_that_was_closed_by_hand_has_been_looked_at(csms: Csms, charger: RawCharger) -> None:
    begun = await charger.call("StartTransaction", start())
    await csms.do(CloseSession(session="1", reason="burnt", energy_wh=0.0))
    assert await inbox(csms) == {}
    await charger.call("StopTransaction", stop(begun["transactionId"], 1000, T0))  # the charger says so too
    assert await inbox(csms) == {}


@pytest.mark.parametrize("item", ["session-1", "SESSION-1", "orphan-1", "tag-nobody"])
async def test_what_somebody_accepts_is_off_the_list_and_can_be_read_again(
    csms: Csms, charger: RawCharger, item: str
) -> None:
    await session(charger, tag="NOBODY")
    await charger.call("StopTransaction", stop(4711))
    assert len(await inbox(csms)) == 3
    name = (await csms.do(accepting(item))).target
    assert name.casefold() == item.casefold()
    assert name not in await inbox(csms)
    (row,) = (await inbox(csms, accepted=True)).values()
    assert (row.item, row.accepted_by, row.note) == (name, "test", "looked at it")
    assert await csms.count("event WHERE type = 'ItemReviewed'") == 1


async def test_other_evidence_brings_it_back(csms: Csms, charger: RawCharger) -> None:
    csms.clock.jump((datetime.now(UTC) - csms.clock.now()).total_seconds())  # by which a list is made
    begun = await charger.call("StartTransaction", start(tag="NOBODY", at=wire(csms.clock.now())))
    await csms.do(accepting("session-1"))
    await csms.do(accepting("tag-NOBODY"))
    assert await inbox(csms) == {}
    await charger.call("StopTransaction", stop(begun["transactionId"], 1, idTag="NOBODY"))
    assert list(await inbox(csms)) == ["session-1"]


@pytest.mark.parametrize("item", ["session-1", "session-9", "session-x", "orphan-1", "tag-ANNA", "42", ""])
async def test_what_needs_no_review_cannot_be_accepted(csms: Csms, charger: RawCharger, item: str) -> None:
    await session(charger)
    with pytest.raises(NotFound, match="is nothing that needs a review"):
        await csms.do(accepting(item))


async def test_nobody_accepts_without_a_word(csms: Csms, charger: RawCharger) -> None:
    await session(charger, -1)
    with pytest.raises(UsageProblem, match="--reason is empty"):
        await csms.do(accepting("session-1", " "))


async def test_the_list_can_be_that_of_one_charger_and_begins_with_the_newest(csms: Csms, charger: RawCharger) -> None:
    other = await csms.booted("CP-2")
    for each, at in ((charger, T0), (charger, T1), (other, T2)):
        await session(each, -1, at=at)
    assert list(await inbox(csms)) == ["session-3", "session-2", "session-1"]
    assert list(await inbox(csms, charger="cp-2")) == ["session-3"]
    with pytest.raises(NotFound, match="no charger CP-3"):
        await inbox(csms, charger="CP-3")
