"""Our records of tags, and what is said about one before anybody holds it to a reader."""

from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.domain.tags import RULES
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Query
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tag import doubt
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from cpoctl.operations.tag.check import CheckTag
from cpoctl.operations.tag.edit import EditTag
from cpoctl.operations.tag.groups import ListGroups
from cpoctl.operations.tag.list import ListTags
from cpoctl.operations.tag.rm import RemoveTag
from cpoctl.operations.tag.show import ShowTag
from cpoctl.operations.tag.unblock import UnblockTag
from cpoctl.operations.tag.unknown import ListUnknownTags
from tests.support.csms import Csms, start


async def ask(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query."""
    return await Face(csms.central).query(query)


@pytest.fixture
async def crew(csms: Csms) -> Csms:
    """Two tags of a group beside ANNA, a site, and a charger there with a session of CREW."""
    for act in (
        AddSite(site="HQ", time_zone="UTC"),
        AddTag(tag="CREW", parent="FLEET", sessions_most=1, site=("HQ",), note="van 3"),
        AddTag(tag="BOSS", parent="fleet"),
    ):
        await csms.do(act)
    charger = await csms.booted()
    await csms.do(EditCharger(charger="CP-1", site="HQ"))
    await charger.call("StartTransaction", start(tag="CREW"))
    return csms


async def test_an_edit_changes_what_it_names_and_nothing_else(crew: Csms) -> None:
    await crew.do(EditTag(tag="crew", note="van 4"))
    (row,) = [row for row in await ask(crew, ListTags()) if row.tag_id == "CREW"]
    assert (row.note, row.parent_id, row.sessions_most, row.sites) == ("van 4", "FLEET", 1, ["HQ"])
    await crew.do(EditTag(tag="CREW", parent="", sessions_most=0, no_site=("hq",), note=""))
    (row,) = [row for row in await ask(crew, ListTags()) if row.tag_id == "CREW"]
    assert (row.note, row.parent_id, row.sessions_most, row.sites) == (None, None, None, [])


async def test_a_tag_gets_places_and_loses_a_charger_with_all_its_evses(crew: Csms) -> None:
    await crew.do(EditTag(tag="BOSS", place=("cp-1", "CP-1:2", "CP-1:3")))
    (boss,) = await ask(crew, ShowTag(tag="BOSS"))
    assert boss.places == ["CP-1", "CP-1:2", "CP-1:3"]
    await crew.do(EditTag(tag="BOSS", no_place=("cp-1:3",)))
    await crew.do(BlockTag(tag="BOSS"))
    tag = crew.central.ledger.live.tag("BOSS")
    assert (tag and tag.places) == ("CP-1", "CP-1:2")
    await crew.restart()
    tag = crew.central.ledger.live.tag("BOSS")
    assert (tag and tag.places) == ("CP-1", "CP-1:2")
    await crew.do(EditTag(tag="BOSS", no_place=("CP-1",)))
    (boss,) = await ask(crew, ShowTag(tag="BOSS"))
    assert boss.places == []


@pytest.mark.parametrize("place", ["CP-1:0", "CP-1:1.2"])
async def test_a_place_is_a_charger_or_an_evse(crew: Csms, place: str) -> None:
    with pytest.raises(UsageProblem):
        await crew.do(EditTag(tag="BOSS", place=(place,)))


@pytest.mark.parametrize(
    ("charger", "verdict", "told"),
    [
        ("CP-1", "Accepted", "it may charge at CP-1:2 only"),
        ("cp-1:2", "Accepted", "it may charge at CP-1:2 only"),
        ("CP-1:1", "Invalid", "it may charge at CP-1:2 only, not at CP-1:1"),
    ],
)
async def test_a_check_tells_at_which_evse_a_tag_may_charge(crew: Csms, charger: str, verdict: str, told: str) -> None:
    await crew.do(EditTag(tag="BOSS", place=("CP-1:2",)))
    (row,) = await ask(crew, CheckTag(tag="BOSS", charger=charger))
    assert (row.charger_id, row.verdict) == ("CP-1", verdict)
    assert row.mend == (None if verdict == "Accepted" else "cpoctl tag edit BOSS --place CP-1:1")
    assert told in [rule.told for rule in row.rules]


async def test_a_start_at_an_evse_that_is_not_the_tags_is_doubted_beforehand(crew: Csms) -> None:
    live, now = crew.central.ledger.live, crew.clock.now()
    await crew.do(EditTag(tag="BOSS", place=("CP-1:2",)))
    assert doubt("BOSS", crew.known(), live, now, 2) is None
    assert doubt("BOSS", crew.known(), live, now, 1) == (
        "tag BOSS would be answered Invalid at CP-1:1: it may charge at CP-1:2 only, not at CP-1:1"
    )


async def test_a_check_at_an_evse_does_not_count_the_session_that_a_start_there_replaces(crew: Csms) -> None:
    told = [(await ask(crew, CheckTag(tag="CREW", charger=at)))[0].verdict for at in ("CP-1:1", "CP-1:2")]
    assert told == ["Accepted", "ConcurrentTx"]


async def test_blocking_keeps_everything_else(crew: Csms) -> None:
    for act in (BlockTag(tag="CREW"), UnblockTag(tag="CREW")):
        await crew.do(act)
        tag = crew.central.ledger.live.tag("CREW")
        assert tag is not None
        assert (tag.parent_id, tag.sessions_most, tag.sites) == ("FLEET", 1, ("HQ",))
    assert (await crew.rows("SELECT note FROM tag WHERE tag_id = 'CREW'")) == [{"note": "van 3"}]


async def test_a_tag_is_shown_with_what_it_did(crew: Csms) -> None:
    (shown,) = await ask(crew, ShowTag(tag="crew"))
    assert (shown.tag_id, shown.sessions_open, shown.sessions_count) == ("CREW", 1, 1)
    assert [(session.session_id, session.charger_id) for session in shown.sessions] == [("1", "CP-1")]


async def test_groups_are_listed_whatever_the_case_of_their_name(crew: Csms) -> None:
    await crew.do(BlockTag(tag="BOSS"))
    (group,) = await ask(crew, ListGroups())
    assert (group.parent_id.upper(), group.tags, group.blocked, group.sessions_open) == ("FLEET", 2, 1, 1)
    assert [row.tag_id for row in await ask(crew, ListTags(parent="Fleet"))] == ["BOSS", "CREW"]


async def test_the_inbox_lists_who_is_unknown_still(crew: Csms) -> None:
    charger = await crew.booted("CP-2")
    for tag in ("X1", "X2"):
        await charger.call("Authorize", {"idTag": tag})
    await crew.do(AddTag(tag="x1"))
    assert [(row.tag_id, row.count, row.charger_id) for row in await ask(crew, ListUnknownTags())] == [
        ("X2", 1, "CP-2")
    ]


@pytest.mark.parametrize(
    ("tag", "charger", "verdict", "decided_by", "told"),
    [
        ("ANNA", None, "Accepted", None, "ANNA is known"),
        ("ANNA", "CP-1", "Accepted", None, "CP-1 is Accepted"),
        ("NOBODY", "CP-1", "Invalid", "known", "nobody knows it"),
        ("BLOCKED", None, "Blocked", "blocked", "it is blocked"),
        ("OLD", None, "Expired", "expiry", "it expired 2020-01-01T00:00:00Z"),
        ("YARDER", "CP-1", "Invalid", "place", "it may charge at YARD only; CP-1 belongs to HQ"),
        ("YARDER", None, "Accepted", None, "it may charge at YARD only"),
        ("CREW", "CP-1", "ConcurrentTx", "sessions", "1 of at most 1 sessions open: session 1 at CP-1:1"),
        ("ANNA", "CP-2", "Invalid", "charger", "CP-2 is Rejected"),
    ],
)
async def test_a_check_says_what_would_be_answered_and_why(
    crew: Csms, tag: str, charger: str | None, verdict: str, decided_by: str | None, told: str
) -> None:
    await crew.booted("CP-2")
    for act in (
        AddSite(site="YARD", time_zone="UTC"),
        AddTag(tag="BLOCKED"),
        BlockTag(tag="BLOCKED"),
        AddTag(tag="OLD", expires="2020-01-01T00:00:00Z"),
        AddTag(tag="YARDER", site=("YARD",)),
        EditCharger(charger="CP-2", registration="Rejected"),
    ):
        await crew.do(act)
    (row,) = await ask(crew, CheckTag(tag=tag, charger=charger))
    assert (row.verdict, row.decided_by) == (verdict, decided_by)
    assert told in [rule.told for rule in row.rules]
    assert [rule.rule for rule in row.rules] == [rule.name for rule in RULES]


async def test_a_check_names_what_makes_the_tag_fit(crew: Csms) -> None:
    await crew.do(AddTag(tag="BLOCKED"))
    await crew.do(BlockTag(tag="BLOCKED"))
    mending = [(await ask(crew, CheckTag(tag=tag)))[0].mend for tag in ("ANNA", "NOBODY", "BLOCKED")]
    assert mending == [None, "cpoctl tag add NOBODY", "cpoctl tag unblock BLOCKED"]


async def test_a_check_of_a_charger_that_is_not_there_says_so(crew: Csms) -> None:
    with pytest.raises(NotFound, match="no charger CP-9"):
        await ask(crew, CheckTag(tag="ANNA", charger="CP-9"))


async def test_a_start_that_would_be_refused_is_doubted_beforehand(crew: Csms) -> None:
    live, now = crew.central.ledger.live, crew.clock.now()
    assert doubt("ANNA", crew.known(), live, now) is None
    assert doubt("NOBODY", crew.known(), live, now) == ("tag NOBODY would be answered Invalid at CP-1: nobody knows it")
    assert "ConcurrentTx" in (doubt("crew", crew.known(), live, now, 2) or "")
    assert doubt("crew", crew.known(), live, now, 1) is None


@pytest.mark.parametrize(
    "act",
    [
        AddTag(tag=""),
        AddTag(tag="\x01"),
        AddTag(tag="x" * 256),
        AddTag(tag="NEW", expires="tomorrow"),
        AddTag(tag="NEW", parent="x" * 21),
        AddTag(tag="NEW", sessions_most=-1),
        AddTag(tag="NEW", note="x" * 201),
        EditTag(tag="ANNA"),
        EditTag(tag="ANNA", sessions_most=1001),
    ],
)
async def test_what_cannot_be_meant_changes_nothing(csms: Csms, act: Act) -> None:
    before = await csms.rows("SELECT * FROM tag")
    with pytest.raises(UsageProblem):
        await csms.do(act)
    assert await csms.rows("SELECT * FROM tag") == before


async def test_a_tag_exists_once_whatever_its_case(csms: Csms) -> None:
    with pytest.raises(Conflict, match="tag ANNA exists already"):
        await csms.do(AddTag(tag=" anna "))


@pytest.mark.parametrize("act", [EditTag(tag="ANN", note="x"), RemoveTag(tag="ANN"), AddTag(tag="NEW", site=("HQ",))])
async def test_what_is_not_there_is_told(csms: Csms, act: Act) -> None:
    with pytest.raises(NotFound):
        await csms.do(act)
