"""Whose a site is from which day on: who sells it keeps what it earned before, who buys it has what it earns from then on."""

from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import UsageProblem
from cpoctl.operations import Danger, Query
from cpoctl.operations.owner.add import AddOwner
from cpoctl.operations.owner.edit import EditOwner
from cpoctl.operations.owner.list import ListOwners
from cpoctl.operations.owner.show import ShowOwner
from cpoctl.operations.report.revenue import RevenueReport
from cpoctl.operations.report.sessions import SessionsReport
from cpoctl.operations.session.export import ExportSessions
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.edit import EditSite
from cpoctl.operations.site.list import ListSites
from cpoctl.operations.site.rm import RemoveSite
from cpoctl.operations.site.show import ShowSite
from tests.support.books import BEGAN, Books, owned, priced
from tests.support.csms import Csms


@pytest.fixture
async def sold(csms: Csms) -> Csms:
    """HQ has always been ACME's; BOLT is there to buy it."""
    for act in (
        AddOwner(owner="ACME", share="70"),
        AddOwner(owner="BOLT", share="10"),
        AddSite(site="HQ", time_zone="Europe/Berlin", owner="ACME"),
    ):
        await csms.do(act)
    return csms


async def asked(csms: Csms, query: Query) -> Any:
    return await Face(csms.central).query(query)


async def held(csms: Csms) -> list[tuple[Any, ...]]:
    (shown,) = await asked(csms, ShowSite(site="HQ"))
    return [(one.valid_from, one.owner_id) for one in shown.owners]


async def test_a_new_owner_without_a_day_has_the_site_from_today_on_and_no_question_is_asked(sold: Csms) -> None:
    act = EditSite(site="HQ", owner="bolt")
    assert act.danger_now() is Danger.HARMLESS
    await sold.do(act)
    (first, second) = await held(sold)
    assert first == ("0001-01-01", "ACME")
    assert second[1] == "BOLT" and second[0] >= "2026"
    (site,) = await asked(sold, ListSites())
    assert site.owner_id == "BOLT"
    assert {row.owner_id: row.sites for row in await asked(sold, ListOwners())} == {"ACME": 0, "BOLT": 1}


async def test_todays_owner_named_again_changes_nothing(sold: Csms) -> None:
    await sold.do(EditSite(site="HQ", owner="ACME", note="gate"))
    assert await held(sold) == [("0001-01-01", "ACME")]


async def test_a_day_in_a_month_that_is_over_wants_a_reason_and_a_yes_that_says_which_months(sold: Csms) -> None:
    past = EditSite(site="HQ", owner="BOLT", since="2020-01-15")
    assert past.danger_now() is Danger.DISRUPTS
    assert (
        "let site HQ be of owner BOLT from 2020-01-15 on, and with it what is said of 2020-01 to" in past.consequence()
    )
    with pytest.raises(UsageProblem, match=r"2020-01 to .* are over") as refused:
        await sold.do(past)
    assert refused.value.hints == ("cpoctl site edit HQ --owner BOLT --from 2020-01-15 --reason TEXT --yes",)
    assert await held(sold) == [("0001-01-01", "ACME")]
    await sold.do(EditSite(site="HQ", owner="BOLT", since="2020-01-15", reason="sold by contract"))
    (told,) = await sold.rows("SELECT data FROM event WHERE type = 'SiteOwnerSet' ORDER BY seq DESC LIMIT 1")
    assert '"valid_from":"2020-01-15"' in told["data"] and '"reason":"sold by contract"' in told["data"]


@pytest.mark.parametrize("since", ["always", " ALWAYS", "1900-01-01", " 2020-01-15"])
async def test_no_way_of_writing_the_past_passes_without_a_reason(sold: Csms, since: str) -> None:
    for act in (EditSite(site="HQ", owner="", since=since), EditOwner(owner="ACME", share="1", since=since)):
        assert act.danger_now() is Danger.DISRUPTS
        with pytest.raises(UsageProblem, match="over, and what reports say"):
            await sold.do(act)


async def test_an_owner_is_shown_with_the_time_for_which_each_site_is_its_own(sold: Csms) -> None:
    await sold.do(EditSite(site="HQ", owner="BOLT", since="2026-10-01", reason="sold"))
    await sold.do(EditSite(site="HQ", owner="", since="2999-01-01"))
    told = [
        [(site.site_id, site.valid_from, site.valid_to) for site in (await asked(sold, ShowOwner(owner=name)))[0].owned]
        for name in ("ACME", "BOLT")
    ]
    assert told == [[("HQ", "0001-01-01", "2026-10-01")], [("HQ", "2026-10-01", "2999-01-01")]]


async def test_a_day_stays_a_day_of_the_site_when_its_clock_becomes_another(sold: Csms) -> None:
    await sold.do(EditSite(site="HQ", owner="BOLT", since="2999-07-01"))
    await sold.do(EditSite(site="HQ", time_zone="America/New_York"))
    begins = [row["begins_at"] for row in await sold.rows("SELECT begins_at FROM site_owner ORDER BY 1")]
    assert begins == ["", "2999-07-01T04:00:00.000Z"]


async def test_another_site_of_the_same_name_starts_without_an_owner(sold: Csms) -> None:
    await sold.do(RemoveSite(site="HQ"))
    await sold.do(AddSite(site="HQ", time_zone="UTC"))
    assert await held(sold) == []


def test_a_session_is_of_the_owner_of_the_day_on_which_it_ended_by_the_clock_of_the_site(books: Books) -> None:
    owned(books, "hq", "ann")
    owned(books, "hq", "bob", "2026-10-01")  # in Berlin: from 22:00 UTC on
    for owner, percent in (("ann", "50"), ("bob", "10")):
        books.add("owner_share", owner_id=owner, percent=percent, valid_from="0001-01-01", set_at=BEGAN, actor="me")
    books.add("owner", owner_id="bob", name="Bob Ltd", added_at=BEGAN)
    priced(books, "hq", "2026-09-30", 100_000)
    priced(books, "hq", "2026-10-01", 100_000)
    for second in ("21:59:59.999", "22:00:00.000"):
        books.session("hq", "2026-09-30T21:00:00.000Z", f"2026-09-30T{second}Z", 1000)
    told = [
        (row.key, row.currency, row.sessions, row.owners_share)
        for row in RevenueReport(since="2026-09", until="2026-10", by="owner").select(books.read)
    ]
    assert told == [
        ("ann", "", 1, "0.0000"),
        ("ann", "EUR", 1, "5.0000"),
        ("bob", "", 1, "0.0000"),
        ("bob", "EUR", 1, "1.0000"),
    ]
    [row] = RevenueReport(since="2026-09", until="2026-10", site="hq").select(books.read)[1:]
    assert (row.currency, row.owners_share) == ("EUR", "6.0000")
    assert [
        (row.key, row.sessions)
        for row in SessionsReport(since="2026-09", until="2026-10", by="owner").select(books.read)
    ] == [
        ("ann", 2),
        ("bob", 2),
    ]
    export = ExportSessions(since="2026-09", until="2026-10", columns="end_utc,owner_id,owner").select(books.read)
    assert [(row.owner_id, row.owner) for row in export] == [("ann", None)] * 2 + [("bob", "Bob Ltd")] * 2


def test_of_two_owners_from_the_same_day_the_newest_has_the_site(books: Books) -> None:
    for name in ("ann", "bob", None, "cy"):
        owned(books, "hq", name, "2026-10-01")
    priced(books, "hq", "2026-09-30", 1)
    priced(books, "hq", "2026-10-01", 1)
    rows = RevenueReport(since="2026-09", until="2026-10", by="owner").select(books.read)
    assert [row.key for row in rows] == ["", "cy"]
