"""What a charger is told about a tag: known, blocked, expired, its sites, its sessions, its group. OCPP 1.6 §4.1, §7.2"""

import pytest

from cpoctl.csms.operator import Face
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from cpoctl.operations.tag.check import CheckTag
from cpoctl.operations.tag.edit import EditTag
from cpoctl.operations.tag.rm import RemoveTag
from tests.csms.conftest import Make
from tests.support.csms import Csms, start, stop
from tests.support.raw_charger import RawCharger


async def authorized(charger: RawCharger, tag: str) -> str:
    """What an Authorize is answered."""
    return str((await charger.call("Authorize", {"idTag": tag}))["idTagInfo"]["status"])


async def started(
    charger: RawCharger, tag: str, connector: int = 1, at: str = "2026-11-22T13:00:00Z"
) -> tuple[str, int]:
    """What a StartTransaction is answered: the verdict and the transaction id."""
    answer = await charger.call("StartTransaction", start(connector, tag, at=at))
    return answer["idTagInfo"]["status"], answer["transactionId"]


async def test_a_tag_may_have_as_many_sessions_as_its_limit_says(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    first, second = await csms.booted("CP-1"), await csms.booted("CP-2")
    verdict, number = await started(first, "ONE")
    assert verdict == "Accepted"
    assert await authorized(second, "one") == "ConcurrentTx"
    verdict, other = await started(second, "ONE")
    assert (verdict, other > 0) == ("ConcurrentTx", True)  # DESIGN §6: always an id, always stored
    assert (await csms.session(2))["tag_status"] == "ConcurrentTx"
    await second.call("StopTransaction", stop(other))
    await first.call("StopTransaction", stop(number))
    assert await authorized(second, "ONE") == "Accepted"


async def test_a_tag_at_its_limit_may_end_its_session(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    charger = await csms.booted()
    _, number = await started(charger, "ONE")
    assert await authorized(charger, "ONE") == "Accepted"
    answer = await charger.call("StopTransaction", stop(number, idTag="ONE"))
    assert answer["idTagInfo"]["status"] == "Accepted"


async def test_a_second_start_on_the_same_evse_is_not_a_second_session_of_the_tag(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    charger = await csms.booted()
    await started(charger, "ONE")
    assert (await started(charger, "ONE", at="2026-11-22T13:30:00Z"))[0] == "Accepted"
    assert (await started(charger, "ONE", connector=2, at="2026-11-22T13:31:00Z"))[0] == "ConcurrentTx"


async def test_a_session_whose_stop_was_lost_does_not_count_once_another_began_on_its_evse(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    first, second = await csms.booted("CP-1"), await csms.booted("CP-2")
    await started(first, "ONE")
    await started(first, "ANNA", at="2026-11-22T13:30:00Z")
    (checked,) = await Face(csms.central).query(CheckTag(tag="ONE", charger="CP-2"))
    assert checked.verdict == "Accepted"
    assert (await started(second, "ONE"))[0] == "Accepted"


async def test_the_repeat_of_a_start_gets_its_first_verdict_also_at_the_limit(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    charger = await csms.booted()
    first = await started(charger, "ONE")
    assert await started(charger, "ONE") == first
    assert await csms.count("session") == 1


async def test_a_limit_survives_a_restart(csms: Csms) -> None:
    await csms.do(AddTag(tag="ONE", sessions_most=1))
    await started(await csms.booted("CP-1"), "ONE")
    await csms.restart()
    assert (await started(await csms.booted("CP-2"), "ONE"))[0] == "ConcurrentTx"


async def test_a_tag_of_a_site_may_charge_only_there(csms: Csms) -> None:
    await csms.do(AddSite(site="HQ", time_zone="UTC"))
    await csms.do(AddTag(tag="LOCAL", site=("hq",)))
    charger = await csms.booted()
    assert await authorized(charger, "LOCAL") == "Invalid"
    assert (await started(charger, "LOCAL"))[0] == "Invalid"
    await csms.do(EditCharger(charger="CP-1", site="HQ"))
    assert await authorized(charger, "LOCAL") == "Accepted"
    await csms.restart()
    assert await authorized(await csms.booted(), "LOCAL") == "Accepted"


async def test_the_group_goes_out_and_one_of_it_may_end_the_session_of_another(csms: Csms) -> None:
    for tag in ("BOSS", "CREW"):
        await csms.do(AddTag(tag=tag, parent="FLEET", sessions_most=1))
    charger = await csms.booted()
    answer = await charger.call("StartTransaction", start(tag="CREW"))
    assert answer["idTagInfo"]["parentIdTag"] == "FLEET"
    assert await authorized(charger, "BOSS") == "Accepted"
    stopped = await charger.call("StopTransaction", stop(answer["transactionId"], idTag="BOSS"))
    assert stopped["idTagInfo"] == {"parentIdTag": "FLEET", "status": "Accepted"}
    assert (await csms.session())["stop_tag_id"] == "BOSS"


@pytest.mark.parametrize(("parent", "ended"), [("FLEET", True), ("OTHER", False)])
async def test_a_stop_with_a_wrong_id_finds_the_session_of_its_group_only(csms: Csms, parent: str, ended: bool) -> None:
    await csms.do(AddTag(tag="CREW", parent="FLEET"))
    await csms.do(AddTag(tag="BOSS", parent=parent))
    charger = await csms.booted()
    await started(charger, "CREW")
    await charger.call("StopTransaction", stop(0, idTag="BOSS"))
    assert ((await csms.session())["stopped_at"] is not None) == ended


async def test_a_tag_that_nobody_knows_waits_in_the_inbox_until_it_is_added(csms: Csms) -> None:
    charger = await csms.booted()
    for tag in ("04A2B3", " 04a2b3 "):
        assert await authorized(charger, tag) == "Invalid"
    assert (await started(charger, "04A2B3"))[0] == "Invalid"
    (row,) = await csms.rows("SELECT tag_id, count, charger_id FROM unknown_tag")
    assert row == {"tag_id": "04A2B3", "count": 3, "charger_id": "CP-1"}
    await csms.do(AddTag(tag="04A2B3"))
    assert await authorized(charger, "04A2B3") == "Accepted"


async def test_the_inbox_keeps_the_five_hundred_that_came_last(csms: Csms) -> None:
    charger = await csms.booted()
    for number in range(505):
        csms.clock.move(0.1)
        await charger.call("Authorize", {"idTag": f"X{number}"})
    kept = {row["tag_id"] for row in await csms.rows("SELECT tag_id FROM unknown_tag")}
    assert len(kept) == 500
    assert {"X0", "X4"} & kept == set()
    assert {"X5", "X504"} <= kept


async def test_a_tag_that_is_refused_for_another_reason_is_not_unknown(csms: Csms) -> None:
    await csms.do(BlockTag(tag="ANNA"))
    assert await authorized(await csms.booted(), "ANNA") == "Blocked"
    assert await csms.count("unknown_tag") == 0


async def test_a_charger_that_nobody_accepted_fills_no_inbox(csms: Csms) -> None:
    stranger = await csms.dial("NEW-1")
    assert await authorized(stranger, "ANYTHING") == "Invalid"
    assert await csms.count("unknown_tag") == 0


async def test_a_server_that_accepts_every_tag_has_no_unknown_ones(make_csms: Make) -> None:
    csms = await make_csms(accept_all=True)
    assert await authorized(await csms.booted(), "ANYTHING") == "Accepted"
    assert await csms.count("unknown_tag") == 0


async def test_an_edited_and_a_removed_tag_are_judged_as_they_are_now(csms: Csms) -> None:
    charger = await csms.booted()
    await csms.do(EditTag(tag="anna", expires="2026-11-22T13:59:59Z"))
    assert await authorized(charger, "ANNA") == "Expired"
    await csms.do(EditTag(tag="ANNA", expires=""))
    assert await authorized(charger, "ANNA") == "Accepted"
    await csms.do(RemoveTag(tag="ANNA"))
    assert await authorized(charger, "ANNA") == "Invalid"
    await csms.restart()
    assert csms.central.ledger.live.tag("ANNA") is None
