"""What reports need of places: owners with their shares, and what the operator knows of sites and EVSEs."""

from typing import Any

import pytest

from cpoctl.clock import stored
from cpoctl.csms.operator import Face
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.names import Names
from cpoctl.operations import Act, Danger, Query
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.show import ShowCharger
from cpoctl.operations.owner.add import AddOwner
from cpoctl.operations.owner.edit import EditOwner
from cpoctl.operations.owner.list import ListOwners
from cpoctl.operations.owner.rm import RemoveOwner
from cpoctl.operations.owner.show import ShowOwner
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.edit import EditSite
from cpoctl.operations.site.rm import RemoveSite
from cpoctl.operations.site.show import ShowSite
from cpoctl.store import rows
from tests.support.csms import Csms


@pytest.fixture
async def yard(csms: Csms) -> Csms:
    """A charger CP-1 at the site HQ of the owner ACME."""
    for act in (
        AddOwner(owner="ACME", share="70", name="Acme Parking"),
        AddSite(site="HQ", time_zone="Europe/Berlin", owner="acme", currency="eur", opening="mon-fri 6:00-22:00"),
        AddCharger(charger="CP-1"),
        EditCharger(charger="CP-1", site="HQ"),
    ):
        await csms.do(act)
    return csms


async def asked(csms: Csms, query: Query) -> Any:
    (row,) = await Face(csms.central).query(query)
    return row


async def test_a_site_tells_its_money_people_supply_and_hours(yard: Csms) -> None:
    await yard.do(
        EditSite(site="HQ", contact="A. Kern", phone="+49 30 1", email="a@acme.example", city="Berlin", country="de",
                 postal_code="10115", coordinates="52.52,13.405", supply_kw=120, supply_a=173.2)
    )  # fmt: skip
    shown = await asked(yard, ShowSite(site="HQ"))
    assert (shown.currency, shown.owner_id, shown.opening) == ("EUR", "ACME", "Mon-Fri 06:00-22:00")
    assert (shown.contact, shown.phone, shown.email) == ("A. Kern", "+49 30 1", "a@acme.example")
    assert (shown.postal_code, shown.city, shown.country) == ("10115", "Berlin", "DE")
    assert (shown.latitude, shown.longitude, shown.supply_w, shown.supply_a) == (52.52, 13.405, 120_000, 173.2)


async def test_what_a_site_edit_does_not_name_stays_and_nothing_clears(yard: Csms) -> None:
    await yard.do(EditSite(site="HQ", supply_kw=120, coordinates="52.52,13.405"))
    await yard.do(EditSite(site="HQ", supply_kw=0, coordinates="", opening="", owner=""))
    shown = await asked(yard, ShowSite(site="HQ"))
    assert (shown.supply_w, shown.latitude, shown.opening, shown.owner_id) == (None, None, None, None)
    assert (shown.currency, shown.time_zone) == ("EUR", "Europe/Berlin")


async def test_an_owner_is_shown_with_its_share_of_today_and_its_sites(yard: Csms) -> None:
    await yard.do(
        EditOwner(owner="acme", share="33.3333", since="2020-01-01", note="since the sale", reason="it was sold")
    )
    await yard.do(EditOwner(owner="acme", share="50", since="2999-01-01"))
    row, shown = await asked(yard, ListOwners()), await asked(yard, ShowOwner(owner="acme"))
    assert (row.name, row.percent, row.sites, row.note) == ("Acme Parking", "33.3333", 1, "since the sale")
    assert [(share.valid_from, share.percent) for share in shown.shares] == [
        ("0001-01-01", "70"),
        ("2020-01-01", "33.3333"),
        ("2999-01-01", "50"),
    ]
    assert [(site.site_id, site.chargers, site.valid_to) for site in shown.owned] == [("HQ", 1, None)]


async def test_a_share_of_a_month_that_is_over_wants_a_reason_and_a_yes(yard: Csms) -> None:
    past = EditOwner(owner="ACME", share="60", since="2020-01-15")
    assert past.danger_now() is Danger.DISRUPTS
    assert "what is said of 2020-01 to" in past.consequence()
    with pytest.raises(UsageProblem, match=r"2020-01 to .* are over") as refused:
        await yard.do(past)
    assert refused.value.hints == ("cpoctl owner edit ACME --share 60 --from 2020-01-15 --reason TEXT --yes",)
    await yard.do(EditOwner(owner="ACME", share="60", since="2020-01-15", reason="agreed with the owner"))
    (told,) = await yard.rows("SELECT data FROM event WHERE type = 'OwnerShareSet' ORDER BY seq DESC LIMIT 1")
    assert '"reason":"agreed with the owner"' in told["data"]


async def test_a_share_from_this_month_on_wants_neither(yard: Csms) -> None:
    await yard.do(EditOwner(owner="ACME", share="60"))
    assert EditOwner(owner="ACME", share="60").danger_now() is Danger.HARMLESS


async def test_an_owner_goes_only_when_no_site_ever_was_its_own_and_takes_its_shares_along(yard: Csms) -> None:
    await yard.do(EditSite(site="HQ", owner=""))  # from today on: what it earned before stays
    with pytest.raises(Conflict, match="1 site is, or was, of owner ACME: HQ") as refused:
        await yard.do(RemoveOwner(owner="acme"))
    assert refused.value.hints[0].startswith("cpoctl site edit HQ --owner '' --from always --reason TEXT --yes")
    await yard.do(EditSite(site="HQ", owner="", since="always", reason="it never was"))
    await yard.do(RemoveOwner(owner="acme"))
    await yard.do(AddOwner(owner="ACME", share="5"))
    assert [share.percent for share in (await asked(yard, ShowOwner(owner="ACME"))).shares] == ["5"]


async def test_a_site_stays_while_a_tariff_holds_there(yard: Csms) -> None:
    await yard.do(EditCharger(charger="CP-1", no_site=True))
    now = stored(yard.clock.now())
    assigned = rows.TariffAssignment(1, "DAY", "v1", "site", "hq", now, None, now, "test")
    await yard.central.store.write([assigned])
    with pytest.raises(Conflict, match="site HQ has DAY as its tariff") as refused:
        await yard.do(RemoveSite(site="HQ"))
    assert refused.value.hints == ("cpoctl tariff unassign --site HQ --yes",)
    await yard.central.store.write([rows.TariffAssignmentEnded(now, now, "test", 1)])
    await yard.do(RemoveSite(site="HQ"))


async def test_owners_are_completed_and_a_wrong_one_is_told_with_the_nearest(yard: Csms) -> None:
    assert (await asked(yard, Names(kind="owner", prefix="ac"))).name == "ACME"
    with pytest.raises(NotFound, match=r"no owner ACNE \(did you mean ACME\?\)"):
        await yard.do(EditSite(site="HQ", owner="ACNE"))
    with pytest.raises(Conflict, match="owner ACME exists already"):
        await yard.do(AddOwner(owner="acme", share="1"))


async def test_facts_of_a_charger_hold_for_its_evses_that_say_nothing_else(yard: Csms) -> None:
    charger = await yard.booted("CP-1")
    for evse in (1, 2):
        status = {"connectorId": evse, "status": "Available", "errorCode": "NoError"}
        await charger.call("StatusNotification", status)
    await yard.do(EditCharger(charger="CP-1", kw=22, connector="type2"))
    await yard.do(EditCharger(charger="CP-1:2", kw=50, in_service_from="2026-10-01"))
    (first,) = await yard.rows("SELECT opened_at FROM connection")
    evses = {evse.evse_id: evse for evse in (await asked(yard, ShowCharger(charger="CP-1"))).evses}
    assert (evses[1].rated_w, evses[1].connector_type) == (22_000, "type2")
    assert evses[1].in_service_from == first["opened_at"]  # its first contact, where nobody said anything
    assert (evses[2].rated_w, evses[2].connector_type) == (50_000, "type2")
    assert evses[2].in_service_from == "2026-09-30T22:00:00.000Z"  # midnight at the site
    await yard.do(EditCharger(charger="CP-1:2", kw=0))
    assert [evse.rated_w for evse in (await asked(yard, ShowCharger(charger="CP-1"))).evses if evse.evse_id] == [
        22_000
    ] * 2


@pytest.mark.parametrize(
    "act",
    [
        EditSite(site="HQ", currency="EURO"),
        EditSite(site="HQ", country="DEU"),
        EditSite(site="HQ", coordinates="91,0"),
        EditSite(site="HQ", coordinates="52.52"),
        EditSite(site="HQ", email="nobody"),
        EditSite(site="HQ", opening="Mon 25:00-26:00"),
        AddOwner(owner="a b", share="1"),
        AddOwner(owner="NEW", share="101"),
        AddOwner(owner="NEW", share="1", since="soon"),
        EditOwner(owner="ACME"),
        EditOwner(owner="ACME", since="2027-01-01"),
        EditSite(site="HQ", owner="", since="soon"),
        EditSite(site="HQ", since="2027-01-01"),
        EditCharger(charger="CP-1:2", name="Gate"),
        EditCharger(charger="CP-1:2.1", kw=11),
        EditCharger(charger="CP-1", in_service_from="soon"),
    ],
)
async def test_what_cannot_be_meant_changes_nothing(yard: Csms, act: Act) -> None:
    facts = "SELECT * FROM site, site_owner, owner, owner_share LEFT JOIN evse_record"
    before = await yard.rows(facts)
    with pytest.raises(UsageProblem):
        await yard.do(act)
    assert await yard.rows(facts) == before
