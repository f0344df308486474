"""What the operator writes about chargers: name, note, labels and the site that they belong to."""

from typing import Any

import pytest

from cpoctl import events
from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Act, Danger
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.charger.show import ShowCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.edit import EditSite
from cpoctl.operations.site.list import ListSites
from cpoctl.operations.site.rm import RemoveSite
from cpoctl.operations.site.show import ShowSite
from cpoctl.operations.tag.add import AddTag
from tests.support.csms import Csms

HQ = AddSite(site="HQ", name="Head office", time_zone="Europe/Berlin")


@pytest.fixture
async def yard(csms: Csms) -> Csms:
    """A charger CP-1 at the site HQ."""
    for act in (
        AddCharger(charger="CP-1"),
        HQ,
        EditCharger(charger="cp-1", site="hq", label=("floor=2", "owner=acme")),
    ):
        await csms.do(act)
    return csms


async def listed(csms: Csms) -> Any:
    """The only charger of the list."""
    (row,) = await Face(csms.central).query(ListChargers())
    return row


async def test_what_is_written_about_a_charger_is_listed_and_shown(yard: Csms) -> None:
    await yard.do(EditCharger(charger="CP-1", name="Gate", note="key at reception"))
    row = await listed(yard)
    (shown,) = await Face(yard.central).query(ShowCharger(charger="CP-1"))
    for told in (row, shown):
        assert (told.name, told.note, told.site_id) == ("Gate", "key at reception", "HQ")
        assert told.labels == {"floor": "2", "owner": "acme"}


async def test_what_an_edit_does_not_name_stays_and_an_empty_text_clears(yard: Csms) -> None:
    await yard.do(EditCharger(charger="CP-1", name="Gate", note="old"))
    await yard.do(EditCharger(charger="CP-1", note="", no_label=("owner", "absent")))
    row = await listed(yard)
    assert (row.name, row.note, row.site_id, row.labels) == ("Gate", None, "HQ", {"floor": "2"})


async def test_labels_and_site_are_live_and_survive_a_restart(yard: Csms) -> None:
    for _ in range(2):
        assert (yard.known().site_id, yard.known().labels) == ("HQ", {"floor": "2", "owner": "acme"})
        await yard.restart()
    await yard.do(EditCharger(charger="CP-1", no_site=True))
    assert yard.known().site_id is None


async def test_a_charger_that_was_removed_starts_afresh(yard: Csms) -> None:
    await yard.do(RemoveCharger(charger="CP-1"))
    await yard.do(AddCharger(charger="CP-1"))
    row = await listed(yard)
    assert (row.site_id, row.labels, yard.known().labels) == (None, {}, {})


async def test_an_edit_can_decide_about_the_registration(yard: Csms) -> None:
    act = EditCharger(charger="CP-1", registration="Rejected")
    assert act.danger_now() is Danger.DISRUPTS
    await yard.do(act)
    assert yard.known().registration == "Rejected"


async def test_an_edit_is_told_to_whoever_listens_without_the_note(yard: Csms) -> None:
    told: list[events.Event] = []
    yard.central.ledger.bus.listen(lambda _, event: told.append(event), events.ChargerEdited)
    await yard.do(EditCharger(charger="CP-1", note="the alarm code is 1234", label=("floor=3",)))
    assert [event.type for event in told] == ["ChargerEdited"]
    assert "1234" not in str(told)
    assert "1234" not in str(await yard.rows("SELECT data FROM event"))


@pytest.mark.parametrize(
    "act",
    [
        EditCharger(charger="CP-1"),
        EditCharger(charger="CP-1", site="HQ", no_site=True),
        EditCharger(charger="CP-1", label=("floor",)),
        EditCharger(charger="CP-1", label=("=2",)),
        EditCharger(charger="CP-1", label=("a=1,b=2",)),
        EditCharger(charger="CP-1", label=tuple(f"k{number}=v" for number in range(51))),
        EditCharger(charger="CP-1", note="x" * 201),
        AddSite(site="a b", time_zone="UTC"),
        AddSite(site="..", time_zone="UTC"),
        AddSite(site="NEW", time_zone="Europe"),
        AddSite(site="NEW", time_zone="../etc/passwd"),
        EditSite(site="HQ", time_zone="Mars/Olympus"),
        EditSite(site="HQ"),
    ],
)
async def test_what_cannot_be_meant_changes_nothing(yard: Csms, act: Act) -> None:
    before = await yard.rows("SELECT * FROM charger, site")
    with pytest.raises(UsageProblem):
        await yard.do(act)
    assert await yard.rows("SELECT * FROM charger, site") == before


async def test_an_unknown_site_is_told_with_the_nearest(yard: Csms) -> None:
    await yard.do(AddSite(site="NORTH", time_zone="UTC"))
    with pytest.raises(NotFound, match=r"no site NORHT \(did you mean NORTH\?\)"):
        await yard.do(EditCharger(charger="CP-1", site="NORHT"))


async def test_a_site_is_listed_with_its_chargers(yard: Csms) -> None:
    await yard.booted("CP-1")
    await yard.do(EditSite(site="hq", address="Main Street 1", name="Office"))
    (row,) = await Face(yard.central).query(ListSites())
    assert (row.site_id, row.name, row.time_zone, row.address) == ("HQ", "Office", "Europe/Berlin", "Main Street 1")
    assert (row.chargers, row.online) == (1, 1)
    (shown,) = await Face(yard.central).query(ShowSite(site="hq"))
    assert [(member.charger_id, member.connected) for member in shown.members] == [("CP-1", True)]


async def test_a_site_id_is_taken_whatever_its_case(yard: Csms) -> None:
    with pytest.raises(Conflict, match="site HQ exists already"):
        await yard.do(AddSite(site="hq", time_zone="UTC"))


async def test_a_site_stays_while_somebody_belongs_to_it(yard: Csms) -> None:
    await yard.do(AddTag(tag="LOCAL", site=("HQ",)))
    with pytest.raises(Conflict, match="1 charger belongs to site HQ: CP-1") as refused:
        await yard.do(RemoveSite(site="HQ"))
    assert refused.value.exit_code == 10
    assert refused.value.hints == ("cpoctl charger edit CP-1 --no-site",)
    await yard.do(EditCharger(charger="CP-1", no_site=True))
    with pytest.raises(Conflict, match="1 tag belongs to site HQ: LOCAL"):
        await yard.do(RemoveSite(site="HQ"))


async def test_a_site_that_nobody_needs_can_go(yard: Csms) -> None:
    await yard.do(EditCharger(charger="CP-1", no_site=True))
    await yard.do(RemoveSite(site="HQ"))
    await yard.restart()
    assert yard.central.ledger.live.sites == {}
    with pytest.raises(NotFound):
        await yard.do(RemoveSite(site="HQ"))
