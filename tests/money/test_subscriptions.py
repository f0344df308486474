"""Subscriptions: the energy that is included goes to the sessions of a month in the order of their ends."""

from typing import Any

import pytest

from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Danger, Query
from cpoctl.operations.session.reprice import RepriceSessions
from cpoctl.operations.session.show import ShowSession
from cpoctl.operations.subscription.add import AddSubscription
from cpoctl.operations.subscription.list import ListSubscriptions
from cpoctl.operations.subscription.rm import EndSubscription
from cpoctl.operations.subscription.show import ShowSubscription
from cpoctl.operations.tag.edit import EditTag
from tests.money.charging import charged, priced, tariff
from tests.support.csms import Csms


async def rows(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query."""
    return await csms.store.reading(query.select)


async def test_included_energy_costs_nothing_until_it_is_used_up(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    added = await csms.do(AddSubscription(tag="ANNA", fee="19.90", currency="EUR", vat="19", included_kwh="10"))
    assert (added.fee, added.included_wh, added.first_month) == ("19.9000", 10_000, "2026-11")
    for second in range(3):
        await charged(charger, second=second)
    prices = await priced(csms, 3)
    assert [(price["net_e4"], price["included_wh"]) for price in prices] == [(0, 7000), (20_000, 3000), (35_000, 0)]
    (shown,) = await rows(csms, ShowSession(session="2", cost=True))
    assert [(line.dimension, line.quantity, line.net) for line in shown.lines] == [
        ("INCLUDED", "3000", "0"), ("ENERGY", "4000", "2"),
    ]  # fmt: skip
    assert [use.included_wh for use in (await rows(csms, ShowSubscription(subscription=1)))[0].uses] == [3000, 7000]


async def test_pricing_a_month_anew_uses_the_energy_once(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    for second in range(3):
        await charged(charger, second=second)
    await priced(csms, 3)
    await csms.do(AddSubscription(tag="anna", fee="0", currency="EUR", included_kwh="10", since="2026-10"))
    for _ in range(2):
        (row,) = await csms.do(RepriceSessions(since="2026-11", reason="subscribed since October"))
        assert row.after == "6.5450"


async def test_the_tags_of_a_group_share_and_an_own_subscription_comes_first(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    await csms.tag("BERT")
    for tag in ("ANNA", "BERT"):
        await csms.do(EditTag(tag=tag, parent="FLEET"))
    await csms.do(AddSubscription(group="fleet", fee="99", currency="EUR", included_kwh="10"))
    await csms.do(AddSubscription(tag="BERT", fee="9", currency="EUR", included_kwh="1"))
    for second, tag in enumerate(("ANNA", "BERT", "ANNA")):
        await charged(charger, tag=tag, second=second)
    prices = await priced(csms, 3)
    assert [(price["subscription_id"], price["included_wh"]) for price in prices] == [(1, 7000), (2, 1000), (1, 3000)]


async def test_a_subscription_that_has_ended_includes_nothing(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms)
    await csms.do(AddSubscription(tag="ANNA", fee="1", currency="EUR", included_kwh="10", since="2026-01"))
    await csms.do(EndSubscription(subscription=1, last="2026-10"))
    await charged(charger)
    assert [price["included_wh"] for price in await priced(csms)] == [0]
    assert await rows(csms, ListSubscriptions(month="2026-11")) == []
    assert len(await rows(csms, ListSubscriptions())) == 1


@pytest.mark.parametrize(
    ("act", "kind", "why"),
    [
        (AddSubscription(fee="1", currency="EUR"), UsageProblem, "--tag or --group"),
        (AddSubscription(tag="NOBODY", fee="1", currency="EUR"), NotFound, "no tag NOBODY"),
        (AddSubscription(group="ANNA", fee="1", currency="EUR"), NotFound, "no group ANNA"),
        (AddSubscription(tag="ANNA", fee="-1", currency="EUR"), UsageProblem, "--fee"),
        (AddSubscription(tag="ANNA", fee="1", currency="EUX"), UsageProblem, "no currency EUX"),
        (AddSubscription(tag="ANNA", fee="1", currency="EUR", since="May"), UsageProblem, "no month"),
        (
            AddSubscription(tag="ANNA", fee="1", currency="EUR", since="2027-01-15"),
            UsageProblem,
            "of whole months, such as 2027-01$",
        ),
        (
            AddSubscription(tag="ANNA", fee="1", currency="EUR", until="2027-01-15"),
            UsageProblem,
            "--to: '2027-01-15' is no month",
        ),
        (EndSubscription(subscription=1, last="2027-01-15"), UsageProblem, "--last: '2027-01-15' is no month"),
        (AddSubscription(tag="ANNA", fee="1", currency="EUR", until="2020-01"), UsageProblem, "before it begins"),
        (AddSubscription(tag="ANNA", fee="1", currency="EUR", since="2027-01"), Conflict, "has subscription 1"),
        (EndSubscription(subscription=7), NotFound, "no subscription 7"),
    ],
)
async def test_what_cannot_be_meant_is_said(csms: Csms, act: Any, kind: type[Exception], why: str) -> None:
    await csms.do(AddSubscription(tag="ANNA", fee="1", currency="EUR"))
    with pytest.raises(kind, match=why):
        await csms.do(act)


def test_fees_of_months_that_are_over_want_a_yes_that_says_which() -> None:
    told: Any = {"tag": "ANNA", "fee": "1", "currency": "EUR"}
    assert AddSubscription(**told).danger_now() is Danger.HARMLESS
    past = AddSubscription(**told, since="2020-01", until="2020-02")
    assert past.danger_now() is Danger.DISRUPTS
    assert past.consequence().endswith("fees of 2020-01 and 2020-02, which are over")
