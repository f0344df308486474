"""Refusals of what was written: each names the option, and says what to write instead. UX §4.8"""

from typing import Any

import pytest

from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations.owner.add import AddOwner
from cpoctl.operations.price_series.add import AddSeries
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.site.edit import EditSite
from cpoctl.operations.subscription.add import AddSubscription
from cpoctl.operations.tariff.add import AddTariff
from tests.support.csms import Csms

PRICES = "start,end,price EUR/MWh\n2026-11-22T13:00:00Z,2026-11-22T13:30:00Z,100\n"


def tariff(**more: Any) -> AddTariff:
    """A plain tariff."""
    return AddTariff(**{"id": "day", "currency": "EUR", "energy": "0.5", **more})


def whole(least: str, most: str) -> AddTariff:
    """A whole tariff with limits."""
    return AddTariff(
        tariff='{"id": "day", "currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": -0.1}]}],'
        f' "min_price": {{"excl_vat": {least}}}, "max_price": {{"excl_vat": {most}}}}}'
    )


@pytest.mark.parametrize(
    ("act", "says", "hint"),
    [
        (tariff(energy="abc"), "--energy: 'abc' is no amount: write it as 0.25", "tariff add --id day --energy 0.50"),
        (tariff(vat="abc"), "--vat: 'abc' is no amount", "tariff add --id day --energy 0.50"),
        (tariff(vat="150"), "vat: 150 is over 100 percent", "--vat 19"),
        (tariff(least="x"), "--min: 'x' is no amount", "tariff add"),
        (tariff(series="spot", markup="x"), "--markup: 'x' is no amount", "tariff add"),
        (tariff(currency="EURO"), "--currency: no currency EURO (did you mean EUR?)", "--currency EUR"),
        (tariff(least="5", most="3"), "--min 5 lies above --max 3", "--min 3 --max 5"),
        (whole("5", "3"), "--min 5 lies above --max 3 (min_price and max_price of a whole tariff)", "--min 3 --max 5"),
        (tariff(energy="-0.5"), "--energy: -0.5 lies below 0", "tariff add @tariff.json"),
        (tariff(start_fee="-1"), "--start-fee: -1 lies below 0", "tariff add @tariff.json"),
        (AddSubscription(tag="ANNA", fee="x", currency="EUR"), "--fee: 'x' is no amount", "--fee 19.90"),
        (AddSubscription(tag="ANNA", fee="1", currency="EUX"), "--currency: no currency EUX", "--currency EUR"),
        (AddSite(site="YARD", time_zone="UTC", currency="EURO"), "--currency: no currency EURO",
         "cpoctl site add YARD --time-zone UTC --currency EUR"),
        (AddSite(site="YARD", time_zone="UTC", opening="x"), "--open: ", "site add YARD --time-zone UTC --open 'Mon"),
        (EditSite(site="HQ", currency="EURO"), "--currency: no currency EURO", "cpoctl site edit HQ --currency EUR"),
        (AddOwner(owner="NEW", share="101"), "--share: '101' is no percentage", "cpoctl owner add NEW --share 70"),
        (AddOwner(owner="NEW", share="1", since="x"), "--from: 'x' is no day", "cpoctl owner add NEW --share 1 --from 2"),
        (AddSeries(series="spot", prices=PRICES, currency="EURO"), "--currency: no currency EURO", "--currency EUR"),
    ],
)  # fmt: skip
async def test_a_slip_names_its_option_and_what_to_write(csms: Csms, act: Any, says: str, hint: str) -> None:
    await csms.do(AddSite(site="HQ", time_zone="UTC"))
    with pytest.raises(UsageProblem) as problem:
        await csms.do(act)
    assert says in problem.value.message
    assert any(hint in told for told in problem.value.hints), problem.value.hints


async def test_prices_in_another_currency_than_their_series_say_where_they_belong(csms: Csms) -> None:
    await csms.do(AddSeries(series="spot", prices=PRICES))
    with pytest.raises(Conflict) as problem:
        await csms.do(AddSeries(series="spot", prices=PRICES.replace("EUR/", ""), unit="MWh", currency="USD"))
    assert problem.value.message == "--currency: price series spot is in EUR, not in USD"
    assert "--currency EUR" in problem.value.hints[0]


async def test_a_whole_tariff_may_pay_the_driver(csms: Csms) -> None:
    """OCPI 2.2.1 §11.4.2: a price is any number."""
    kept = await csms.do(whole("1", "1"))
    assert kept.concerns == ["element 1: ENERGY has the price -0.1, below 0"]
