"""The local list of a charger: its version, and our tags in it, in as many parts as it takes."""

import asyncio
from typing import Any

import pytest

from cpoctl.errors import ChargerOffline, Conflict, NotFound, Refused
from cpoctl.ocpp import Version
from cpoctl.operations.authlist import changed, changes, push
from cpoctl.operations.authlist.diff import CompareList
from cpoctl.operations.authlist.push import PushList
from cpoctl.operations.authlist.show import ShowList
from cpoctl.operations.authlist.version import AskVersion
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.csms.conftest import Make
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected; the only tag is ANNA."""
    return await csms.booted("HQ-07")


def takes(most: Any) -> dict[str, Any]:
    """The answer of a charger that takes so many tags at once."""
    return {"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": True, "value": most}]}


async def pushed(charger: RawCharger, status: str = "Accepted") -> dict[str, Any]:
    """The next part of a list, answered."""
    call = await charger.reply({"status": status})
    assert call[2] == "SendLocalList"
    return dict(call[3])


@pytest.mark.parametrize(
    ("answer", "version", "says"),
    [(7, 7, "has a local list"), (0, 0, "empty"), (-1, -1, "does not support"), ("?", None, "names no version")],
)
async def test_a_version_is_told_with_its_meaning(
    csms: Csms, charger: RawCharger, answer: Any, version: int | None, says: str
) -> None:
    act = asyncio.create_task(csms.do(AskVersion(charger="HQ-07")))
    assert (await charger.reply({"listVersion": answer}))[2:] == ["GetLocalListVersion", {}]
    row = await act
    assert row.version == version
    assert says in row.meaning


async def test_a_charger_without_local_lists_refuses_to_tell(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(AskVersion(charger="HQ-07")))
    await charger.refuse("NotImplemented", "no lists")
    with pytest.raises(Refused, match="no lists"):
        await act


async def test_twenty_five_tags_go_to_a_charger_that_takes_ten_in_one_full_and_two_differential_parts(
    csms: Csms, charger: RawCharger
) -> None:
    await csms.tag(*(f"T{number:02}" for number in range(24)))
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07")))
    await charger.reply({"listVersion": 4})
    assert (await charger.reply(takes("10")))[3] == {"key": ["SendLocalListMaxLength"]}
    parts = [await pushed(charger) for _ in range(3)]
    assert [(part["updateType"], part["listVersion"], len(part["localAuthorizationList"])) for part in parts] == [
        ("Full", 5, 10), ("Differential", 6, 10), ("Differential", 7, 5),
    ]  # fmt: skip
    sent = [entry["idTag"] for part in parts for entry in part["localAuthorizationList"]]
    assert sent == ["ANNA", *(f"T{number:02}" for number in range(24))]
    outcome = await act
    assert (outcome.ok, outcome.version, outcome.tags, outcome.parts) == (True, 7, 25, 3)


async def test_tags_go_with_what_they_are_worth_now(csms: Csms, charger: RawCharger) -> None:
    await csms.do(AddTag(tag="AN-OLD", expires="2001-01-01T00:00:00Z", parent="CLUB"))
    await csms.tag("B-GONE", "C-GOOD")
    await csms.do(BlockTag(tag="B-GONE"))
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=3)))
    await charger.reply(takes(100))
    part = await pushed(charger)
    await act
    assert list(part) == ["listVersion", "localAuthorizationList", "updateType"]
    assert part["listVersion"] == 3
    assert part["localAuthorizationList"] == [
        {"idTag": "AN-OLD",
         "idTagInfo": {"expiryDate": "2001-01-01T00:00:00Z", "parentIdTag": "CLUB", "status": "Expired"}},
        {"idTag": "ANNA", "idTagInfo": {"status": "Accepted"}},
        {"idTag": "B-GONE", "idTagInfo": {"status": "Blocked"}},
        {"idTag": "C-GOOD", "idTagInfo": {"status": "Accepted"}},
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [{"unknownKey": ["SendLocalListMaxLength"]}, takes("lots"), takes("0"), {}])
async def test_a_charger_that_does_not_say_what_it_takes_gets_the_list_at_once(
    csms: Csms, charger: RawCharger, answer: dict[str, Any]
) -> None:
    await csms.tag(*(f"T{number:02}" for number in range(24)))
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=9)))
    await charger.reply(answer)
    part = await pushed(charger)
    assert (part["updateType"], len(part["localAuthorizationList"])) == ("Full", 25)
    assert (await act).parts == 1


async def test_a_part_that_is_refused_ends_the_push_and_tells_how_much_arrived(csms: Csms, charger: RawCharger) -> None:
    await csms.tag("B", "C")
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=1)))
    await charger.reply(takes("1"))
    await pushed(charger)
    await pushed(charger, "VersionMismatch")
    with pytest.raises(Refused, match="VersionMismatch") as refused:
        await act
    assert any("1 of 3 parts arrived" in hint for hint in refused.value.hints)
    assert any(hint.startswith("cpoctl authlist version HQ-07") for hint in refused.value.hints)
    assert charger.unasked == 0


async def test_a_charger_that_keeps_no_list_gets_none(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07")))
    await charger.reply({"listVersion": -1})
    with pytest.raises(Refused, match="keeps no local list") as refused:
        await act
    assert any("LocalAuthListEnabled" in hint for hint in refused.value.hints)
    assert charger.unasked == 0


async def test_no_tags_clear_a_list(make_csms: Make) -> None:
    csms: Csms = await make_csms()
    charger = await csms.booted("HQ-07")
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=1)))
    await charger.reply(takes("10"))
    assert (await pushed(charger))["localAuthorizationList"] == []
    assert (await act).tags == 0


async def given(csms: Csms, charger: RawCharger, version: int = 4) -> None:
    """Push the whole list to a charger that has this version."""
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07")))
    await charger.reply({"listVersion": version})
    await charger.reply(takes("10"))
    await pushed(charger)
    await act


async def test_only_what_changed_since_the_last_push_is_sent(csms: Csms, charger: RawCharger) -> None:
    await csms.tag("BERT", "CARL")
    await given(csms, charger)
    await csms.do(BlockTag(tag="BERT"))
    await csms.tag("DORA")
    found = await csms.do(CompareList(charger="HQ-07"))
    assert [(row.tag_id, row.change, row.has, row.wanted) for row in found] == [
        ("BERT", "changed", "Accepted", "Blocked"), ("DORA", "added", None, "Accepted"),
    ]  # fmt: skip
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", diff=True)))
    await charger.reply({"listVersion": 5})
    await charger.reply(takes("10"))
    assert await pushed(charger) == {
        "listVersion": 6,
        "localAuthorizationList": [
            {"idTag": "BERT", "idTagInfo": {"status": "Blocked"}}, {"idTag": "DORA", "idTagInfo": {"status": "Accepted"}},
        ],
        "updateType": "Differential",
    }  # fmt: skip
    assert ((await act).version, (await act).tags) == (6, 2)
    assert await csms.do(CompareList(charger="HQ-07")) == []


def test_a_tag_that_is_gone_is_taken_away_without_saying_what_it_was_worth() -> None:
    one, two = {"idTag": "A", "idTagInfo": {"status": "Accepted"}}, {"idTag": "B", "idTagInfo": {"status": "Blocked"}}
    assert changes([one, two], [two]) == [{"idTag": "A"}]
    assert changed([one, two], [{"idTag": "a"}]) == [two]


async def test_a_push_of_changes_without_any_sends_nothing(csms: Csms, charger: RawCharger) -> None:
    await given(csms, charger)
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", diff=True)))
    await charger.reply({"listVersion": 5})
    outcome = await act
    assert (outcome.ok, outcome.status, outcome.version) == (True, "Unchanged", 5)
    assert charger.unasked == 0


async def test_a_charger_that_was_given_nothing_or_has_another_version_needs_the_whole_list(
    csms: Csms, charger: RawCharger
) -> None:
    for version, why in ((0, "nothing was pushed"), (3, "it has version 3 and was given 5")):
        act = asyncio.create_task(csms.do(PushList(charger="HQ-07", diff=True)))
        await charger.reply({"listVersion": version})
        with pytest.raises(Conflict, match=why) as needs:
            await act
        assert needs.value.hints[0].startswith("cpoctl authlist push HQ-07 --yes")
        assert charger.unasked == 0
        if not version:
            await given(csms, charger)


@pytest.mark.parametrize("status", ["VersionMismatch", "Failed"])
async def test_after_changes_that_were_refused_the_whole_list_is_needed(
    csms: Csms, charger: RawCharger, status: str
) -> None:
    await given(csms, charger)
    await csms.tag("BERT")
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", diff=True)))
    await charger.reply({"listVersion": 5})
    await charger.reply(takes("10"))
    await pushed(charger, status)
    with pytest.raises(Refused, match=status) as refused:
        await act
    assert any(hint.startswith("cpoctl authlist push HQ-07 --yes") for hint in refused.value.hints)
    with pytest.raises(Conflict, match="did not come to its end"):
        await csms.do(CompareList(charger="HQ-07"))
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", diff=True)))
    await charger.reply({"listVersion": 5})
    with pytest.raises(Conflict, match="needs the whole list"):
        await act


async def test_a_version_is_never_used_again_also_after_a_restart(csms: Csms, charger: RawCharger) -> None:
    await given(csms, charger, version=41)
    await csms.restart()
    charger = await csms.booted("HQ-07")
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07")))
    await charger.reply({"listVersion": 0})  # it has lost its list
    await charger.reply(takes("10"))
    assert (await pushed(charger))["listVersion"] == 43
    await act


async def test_what_a_charger_was_given_is_shown(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="no local list yet"):
        await csms.store.reading(ShowList(charger="HQ-07").select)
    await csms.do(AddTag(tag="BERT", parent="CLUB", expires="2001-01-01T00:00:00Z"))
    await given(csms, charger)
    (row,) = await csms.store.reading(ShowList(charger="hq-07").select)
    assert (row.charger_id, row.version, row.certain) == ("HQ-07", 5, True)
    assert [(tag.tag_id, tag.status, tag.parent_id, tag.expires_at) for tag in row.tags] == [
        ("ANNA", "Accepted", None, None), ("BERT", "Expired", "CLUB", "2001-01-01T00:00:00Z"),
    ]  # fmt: skip


@pytest.mark.parametrize("act", [AskVersion(charger="HQ-07"), PushList(charger="HQ-07")])
async def test_an_offline_charger_has_no_list_to_ask_for(csms: Csms, act: Any) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline):
        await csms.do(act)


async def test_a_simulated_charger_knows_our_tags_after_a_push(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.tag("BERT")
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        for version in (1, 2):
            assert (await csms.do(PushList(charger="CP-1"))).version == version
        assert (await csms.do(AskVersion(charger="CP-1"))).version == 2


async def test_a_charger_that_wants_tag_by_tag_is_not_given_a_long_list(
    csms: Csms, charger: RawCharger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "PARTS_MOST", 2)
    await csms.tag("BEN", "CARLA")
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=1)))
    await charger.reply(takes("1"))
    with pytest.raises(Refused, match="takes 1 tags at a time: 3 parts"):
        await act
    assert await csms.count("local_list") == 0


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
async def test_a_tag_of_some_evses_is_listed_with_them_where_the_list_can_say_it(csms: Csms, version: Version) -> None:
    charger = await csms.booted("HQ-07", version=version)
    await csms.do(AddCharger(charger="HQ-08"))
    await csms.do(AddTag(tag="LIMITED", place=("HQ-07:2", "HQ-08")))
    await csms.do(AddTag(tag="NOWHERE", place=("HQ-08",)))
    act = asyncio.create_task(csms.do(PushList(charger="HQ-07", version=1)))
    await charger.reply({})
    listed = (await pushed(charger))["localAuthorizationList"]
    await act
    if version is Version.V16:  # it has to ask
        assert [(entry["idTag"], entry["idTagInfo"]["status"]) for entry in listed] == [
            ("ANNA", "Accepted"), ("NOWHERE", "Invalid"),
        ]  # fmt: skip
    else:
        assert {entry["idToken"]["idToken"]: entry["idTokenInfo"] for entry in listed} == {
            "ANNA": {"status": "Accepted"},
            "LIMITED": {"status": "Accepted", "evseId": [2]},
            "NOWHERE": {"status": "Invalid"},
        }
